import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_array_equal

from tests.trainer.compression.digits import compiled, digits, fit, trained
from trainer.compression.gates import Fixed
from trainer.compression.rebuild import cloned
from trainer.compression.training import LAST_RATE, USUAL_RATE, FixedMasks, Training, learning_rate
from trainer.compression.weights import arrays
from trainer.errors import CompressionError, TrainingError

PATH = "mlp/one/kernel"


def rates(seen: list[float]):
    return lambda model: seen.append(learning_rate(model))


def test_the_rate_falls_linearly_to_a_tenth_and_is_given_back():
    model, seen = cloned(trained()), []
    Training(rates(seen)).rounds(model, 4, "test")
    # 0.01 (1 - 0.9 k / 3)
    assert seen == [pytest.approx(rate) for rate in (0.01, 0.007, 0.004, 0.01 * LAST_RATE)]
    assert learning_rate(model) == pytest.approx(0.01)


def test_a_higher_rate_falls_to_a_tenth_of_itself_and_the_models_own_is_given_back():
    model, seen = cloned(trained()), []
    Training(rates(seen), rate=3.0).rounds(model, 2, "test")
    assert seen == [pytest.approx(0.03), pytest.approx(0.03 * LAST_RATE)]
    assert learning_rate(model) == pytest.approx(0.01)


def test_one_round_has_the_whole_rate():
    seen = []
    Training(rates(seen)).rounds(cloned(trained()), 1, "test")
    assert seen == [pytest.approx(0.01)]


def test_a_schedule_is_left_alone():
    model = cloned(trained())
    model.compile(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.5, 10)), "mse")
    seen = []
    Training(rates(seen)).rounds(model, 2, "test")
    assert seen == [0.5, 0.5]


def test_without_an_optimizer_the_usual_rate_counts():
    assert learning_rate(keras.Sequential([keras.Input((1,)), layers.Dense(1)])) == USUAL_RATE


def test_what_is_told_and_when():
    told, between = [], []
    training = Training(lambda model: told.append("trained"), told=lambda *what: told.append(what))
    training.rounds(cloned(trained()), 2, "title", between=between.append)
    assert told == [("title", 0, 2), "trained", ("title", 1, 2), "trained", ("title", 2, 2)]
    assert between == [0, 1, 2]


def test_masked_weights_are_zero_and_the_others_have_moved():
    model = cloned(trained())
    mask = np.random.default_rng(0).random((64, 24)) < 0.3
    before = arrays(model)[PATH]
    Training(fit()).rounds(model, 1, "test", masks={PATH: mask})
    after = arrays(model)[PATH]
    assert not after[~mask].any()
    assert np.mean(after[mask] != before[mask]) > 0.5


def test_overlays_are_not_baked():
    model = cloned(trained())
    before = arrays(model)[PATH]
    Training(lambda model: None).rounds(model, 1, "test", [Fixed({PATH: np.full((64, 24), 3, np.float32)})])
    assert_array_equal(arrays(model)[PATH], before)


def own_loss(wanted, given):
    return keras.losses.sparse_categorical_crossentropy(wanted, given)


@pytest.mark.parametrize("loss", [own_loss, keras.losses.SparseCategoricalCrossentropy()])
def test_a_loss_of_ones_own_trains(loss):
    model = compiled(cloned(trained()), loss)
    before = model.evaluate(*digits(), verbose=0)
    Training(fit()).rounds(model, 2, "test")
    assert model.evaluate(*digits(), verbose=0) < before


def test_a_round_of_fit_is_one_epoch_unless_it_says_otherwise():
    epochs = []
    count = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: epochs.append(epoch))
    Training({**fit(), "callbacks": [count]}).rounds(cloned(trained()), 2, "test")
    assert epochs == [0, 0]


def test_the_optimizer_begins_anew():
    model = cloned(trained())
    first = model.optimizer
    Training(fit()).rounds(model, 1, "test")
    assert model.optimizer is not first
    assert int(model.optimizer.iterations) == 0


def test_the_same_seed_trains_the_same_whatever_was_drawn_before():
    made = []
    for drawn in (1, 2):
        keras.utils.set_random_seed(drawn)
        model = cloned(trained())
        Training(fit(), seed=3).rounds(model, 1, "test")
        made.append(arrays(model)[PATH])
    assert_array_equal(*made)
    Training(fit(), seed=4).rounds(model, 1, "test")
    assert not np.array_equal(arrays(model)[PATH], made[0])


def test_dropout_of_two_layers_draws_apart():
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((4,)), layers.Dropout(0.5, seed=1), layers.Dropout(0.5, seed=1)])
    Training(lambda model: None).rounds(model, 1, "test")
    one, two = (np.array(layer.seed_generator.state) for layer in model.layers)
    assert one[0] != two[0]


def test_arguments_of_fit_need_a_compiled_model():
    model = keras.Sequential([keras.Input((8, 8)), layers.Flatten(), layers.Dense(10)], name="plain")
    with pytest.raises(CompressionError, match="plain is not compiled, so train= cannot be arguments of fit; compile"):
        Training(fit()).rounds(model, 1, "test")


def test_a_function_may_train_a_model_that_is_not_compiled():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="d")], name="m")
    Training(lambda model: model.layers[0].kernel.assign(np.ones((2, 1)))).rounds(model, 1, "test")
    assert arrays(model)["m/d/kernel"].sum() == 2


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_a_weight_that_is_no_number_is_refused(value):
    model = cloned(trained())
    ruin = Training(lambda model: model.get_layer("one").kernel.assign(np.full((64, 24), value)))
    with pytest.raises(TrainingError, match=f"cutting: {PATH} is not finite after training; lower the learning rate"):
        ruin.rounds(model, 3, "cutting")
    assert all("call" not in layer.__dict__ for layer in model._flatten_layers())


def test_masks_add_nothing_to_the_loss():
    assert FixedMasks({PATH: np.ones((1, 1), bool)}).penalty(PATH, None) is None


class OwnCompile(keras.Model):
    def compile(self, optimizer, judge):
        super().compile(optimizer)
        self.judge = judge

    def get_compile_config(self):
        return {"optimizer": self.optimizer, "judge": self.judge}

    def compile_from_config(self, config):
        raise TypeError("cannot be read back")


def test_a_compile_of_ones_own_that_cannot_be_copied():
    inputs = keras.Input((2,))
    model = OwnCompile(inputs, layers.Dense(1)(inputs), name="own")
    model.compile("sgd", judge=object())
    with pytest.raises(CompressionError, match="own: what its own compile was given cannot be copied; register"):
        Training(lambda model: None).rounds(model, 1, "test")
