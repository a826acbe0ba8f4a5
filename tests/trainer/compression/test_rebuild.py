import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from tests.trainer.compression.graph_models import attention, cnn, mlp, outputs, recurrent, text, with_random_weights
from trainer.compression.rebuild import cloned, rebuilt
from trainer.compression.same_outputs import random_batch, require_same_outputs
from trainer.errors import CompressionError


@pytest.mark.parametrize("make", [mlp, cnn, text, attention, lambda: recurrent(layers.LSTM)])
def test_a_copy_has_the_same_paths_and_outputs_and_weights_of_its_own(make):
    model = make()
    copy = cloned(model)
    batch = random_batch(model)
    before = outputs(model, batch)
    assert type(copy) is type(model)
    assert [weight.path for weight in copy.weights] == [weight.path for weight in model.weights]
    assert np.array_equal(outputs(copy, batch), before)
    for weight in copy.weights:
        weight.assign(keras.ops.zeros(weight.shape))
    assert np.array_equal(outputs(model, batch), before)


def test_a_layer_inside_another_keeps_its_path():
    inputs = keras.Input((5, 3))
    model = keras.Model(inputs, layers.Bidirectional(layers.LSTM(2, name="inner"), name="both")(inputs))
    assert [weight.path for weight in cloned(model).weights] == [weight.path for weight in model.weights]


def test_layers_without_settings_that_can_be_read_back():
    inputs = keras.Input((4,))
    hidden = layers.Lambda(lambda x: 2 * x)(layers.Dense(3)(inputs))
    nested = keras.Sequential([keras.Input((3,)), layers.Dense(3), layers.Dense(2)])
    model = with_random_weights(keras.Model(inputs, keras.ops.exp(nested(hidden))))
    batch = random_batch(model)
    assert np.array_equal(outputs(cloned(model), batch), outputs(model, batch))


def test_a_normalization_normalizes_as_before():
    inputs = keras.Input((2,))
    scaled = layers.Normalization()
    scaled.adapt(np.array([[1.0, 2.0], [3.0, 6.0]]))
    model = keras.Model(inputs, scaled(inputs))
    # Means 2 and 4, deviations 1 and 2.
    assert_allclose(outputs(cloned(model), np.array([[3.0, 8.0]])), [[1, 2]], rtol=1e-5)


def test_half_precision_is_held_to_its_own_rounding():
    inputs = keras.Input((6,))
    hidden = layers.Dense(64, activation="relu", dtype="mixed_float16", name="hidden")(inputs)
    model = with_random_weights(keras.Model(inputs, layers.Dense(3)(hidden)))
    other = rebuilt(model)
    other.get_layer("hidden").bias.assign(model.get_layer("hidden").bias + 1e-3)
    require_same_outputs(other, model, "nothing")
    other.get_layer("hidden").bias.assign(model.get_layer("hidden").bias + 1.0)
    with pytest.raises(CompressionError, match="nothing moved"):
        require_same_outputs(other, model, "nothing")


def test_inputs_keep_their_names():
    one, two = keras.Input((3,), name="one"), keras.Input((2,), name="two")
    joined = layers.Concatenate()([two, one])
    model = with_random_weights(keras.Model({"one": one, "two": two}, {"sum": layers.Dense(2)(joined)}))
    batch = {"two": np.ones((1, 2)), "one": np.zeros((1, 3))}
    assert np.array_equal(cloned(model)(batch)["sum"], model(batch)["sum"])


class Averaged(keras.Model):
    """A functional model with a training step of its own."""

    def train_step(self, data):
        return {"own": 1.0}


def test_a_functional_model_keeps_its_class():
    inputs = keras.Input((3,))
    model = Averaged(inputs, layers.Dense(2)(inputs))
    copy = cloned(model)
    assert isinstance(copy, Averaged)
    assert copy.train_step(None) == {"own": 1.0}


@pytest.mark.usefixtures("slow")
def test_a_copy_is_compiled_alike_with_an_optimizer_and_metrics_of_its_own():
    model = mlp()

    def own_loss(wanted, given):
        return keras.ops.mean((wanted - given) ** 2, axis=-1)

    model.compile(
        keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.25, 10)),
        own_loss,
        metrics=["mae", keras.metrics.MeanSquaredError(name="squares")],
    )
    inputs, targets = np.ones((4, 6)), np.zeros((4, 3))
    before = model.evaluate(inputs, targets, verbose=0, return_dict=True)
    copy = cloned(model)
    assert copy.optimizer is not model.optimizer
    assert copy.optimizer.get_config() == model.optimizer.get_config()
    assert copy.evaluate(inputs, targets, verbose=0, return_dict=True) == before
    copy.fit(inputs, targets, verbose=0)
    assert model.evaluate(inputs, targets, verbose=0, return_dict=True) == before


def test_a_copy_of_a_model_that_was_never_compiled_is_not():
    assert not cloned(mlp()).compiled


@pytest.mark.usefixtures("slow")
def test_losses_by_name_follow_an_output_layer_that_is_renamed():
    inputs = keras.Input((3,))
    shared = layers.Dense(4, name="shared")(inputs)
    model = keras.Model(inputs, [layers.Dense(2, name="one")(shared), layers.Dense(1, name="two")(shared)])
    model.compile("sgd", loss={"one": "mse", "two": "mae"})
    copy = rebuilt(model, {"one": [layers.Dense(2, name="new")]})
    copy.fit(np.ones((2, 3)), [np.ones((2, 2)), np.ones((2, 1))], verbose=0)


def test_layers_are_exchanged_for_several_or_none():
    model = mlp()
    wider = rebuilt(model, {"one": [layers.Dense(9, name="a"), layers.Dense(8, name="b")], "dropout": []})
    names = [layer.name for layer in wider.layers]
    assert names[:2] == ["a", "b"]
    assert names[-2:] == ["two", "classes"]
    assert np.array_equal(wider.get_layer("two").get_weights()[0], model.get_layer("two").get_weights()[0])


@keras.saving.register_keras_serializable("tests")
class Subclassed(keras.Model):
    def __init__(self, units=3, **settings):
        super().__init__(**settings)
        self.units = units
        self.hidden = layers.Dense(units)
        self.out = layers.Dense(2)

    def call(self, x):
        return self.out(keras.ops.relu(self.hidden(x)))

    def get_config(self):
        return super().get_config() | {"units": self.units}


def test_a_model_with_its_own_call_is_copied_by_its_config():
    model = Subclassed(5)
    model(np.zeros((1, 4)))
    with_random_weights(model)
    model.compile("adam", "mse")
    copy = cloned(model)
    inputs = np.ones((2, 4), np.float32)
    assert_allclose(outputs(copy, inputs), outputs(model, inputs))
    assert copy.compiled
    assert copy.optimizer is not model.optimizer


def test_what_cannot_be_copied_is_named():
    class NoConfig(layers.Layer):
        def __init__(self, table):
            super().__init__(name="unreadable")
            self.table = table

        def call(self, x):
            return x

    class NoConfigModel(keras.Model):
        def __init__(self, table):
            super().__init__(name="unreadable")

        def call(self, x):
            return x

    inputs = keras.Input((3,))
    with pytest.raises(CompressionError, match="unreadable: NoConfig cannot be copied; give it a get_config"):
        cloned(keras.Model(inputs, NoConfig(object())(inputs)))
    with pytest.raises(CompressionError, match="unreadable: NoConfigModel cannot be copied; give it a get_config"):
        cloned(NoConfigModel(object()))
