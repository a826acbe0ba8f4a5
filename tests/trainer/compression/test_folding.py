import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from tests.trainer.compression.graph_models import attention, cnn, mlp, outputs, text, with_random_weights
from trainer.compression.folding import folded
from trainer.compression.same_outputs import random_batch


def norms(model: keras.Model) -> list[str]:
    return [layer.name for layer in model.layers if isinstance(layer, layers.BatchNormalization)]


@pytest.mark.parametrize("make", [mlp, cnn, text, attention])
def test_a_folded_model_has_the_same_outputs(make):
    model = make()
    batch = random_batch(model)
    plain = folded(model)
    assert not norms(plain)
    assert_allclose(outputs(plain, batch), outputs(model, batch), atol=4e-6 * np.abs(outputs(model, batch)).max())


def test_batch_normalization_worked_by_hand():
    inputs = keras.Input((1,))
    model = keras.Model(
        inputs, layers.BatchNormalization(epsilon=0.0, name="norm")(layers.Dense(1, name="dense")(inputs))
    )
    model.get_layer("dense").set_weights([np.array([[2.0]]), np.array([1.0])])
    # gamma 3, beta 5, mean 7, variance 4: (2 x + 1 - 7) * 3 / 2 + 5 = 3 x - 4
    model.get_layer("norm").set_weights([np.array([value]) for value in (3.0, 5.0, 7.0, 4.0)])
    kernel, bias = folded(model).get_layer("dense").get_weights()
    assert kernel == pytest.approx(np.array([[3.0]]))
    assert bias == pytest.approx(np.array([-4.0]))


@pytest.mark.parametrize(
    "layer",
    [
        lambda: layers.Conv2D(4, 3, groups=2, use_bias=False),
        lambda: layers.Conv2DTranspose(3, 2),
        lambda: layers.DepthwiseConv2D(3, depth_multiplier=2),
        lambda: layers.SeparableConv2D(3, 2, depth_multiplier=2),
        lambda: layers.Dense(3),
    ],
)
def test_each_kind_of_convolution_takes_its_norm(layer):
    inputs = keras.Input((6, 6, 4))
    model = keras.Model(inputs, layers.ReLU()(layers.BatchNormalization(center=False)(layer()(inputs))))
    with_random_weights(model)
    plain = folded(model)
    batch = random_batch(model)
    assert not norms(plain)
    assert_allclose(outputs(plain, batch), outputs(model, batch), atol=4e-6 * np.abs(outputs(model, batch)).max())


def test_a_norm_stays_where_another_reads_what_it_reads():
    inputs = keras.Input((4,))
    hidden = layers.Dense(4, name="hidden")(inputs)
    model = keras.Model(inputs, layers.Add()([hidden, layers.BatchNormalization(name="norm")(hidden)]))
    assert norms(folded(with_random_weights(model))) == ["norm"]


def test_a_norm_stays_behind_an_activation_and_at_the_start_and_behind_what_is_put_out():
    inputs = keras.Input((4,))
    active = layers.Dense(4, activation="relu")(layers.BatchNormalization(name="first")(inputs))
    shown = layers.Dense(4)(layers.BatchNormalization(name="behind_relu")(active))
    model = keras.Model(inputs, [shown, layers.BatchNormalization(name="behind_output")(shown)])
    assert norms(folded(with_random_weights(model))) == ["first", "behind_relu", "behind_output"]


def test_softmax_becomes_a_layer_and_the_kernel_keeps_its_path():
    model = mlp()
    plain = folded(model)
    assert [layer.name for layer in plain.layers][-2:] == ["classes", "classes_softmax"]
    assert plain.get_layer("classes").activation is keras.activations.linear
    assert [weight.path for weight in plain.weights] == [weight.path for weight in model.weights]


def test_a_model_without_either_is_copied():
    model = attention()
    plain = folded(model)
    batch = random_batch(model)
    assert plain is not model
    assert np.array_equal(outputs(plain, batch), outputs(model, batch))
