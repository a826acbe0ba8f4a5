import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from tests.trainer.compression.graph_models import cnn, mlp, outputs, text, with_random_weights
from trainer.compression.factors import factored
from trainer.compression.same_outputs import random_batch
from trainer.errors import CompressionError


@pytest.mark.parametrize(
    ("make", "ranks"),
    [
        (mlp, {"one": 6, "two": 5}),
        (cnn, {"one": 4, "three": 4, "classes": 3}),
        (text, {"words": 6, "hidden": 4}),
    ],
)
def test_at_full_rank_the_outputs_are_the_same(make, ranks):
    model = make()
    batch = random_batch(model)
    assert_allclose(outputs(factored(model, ranks), batch), outputs(model, batch), rtol=1e-4, atol=1e-5)


def test_a_dense_layer_becomes_two_and_the_second_keeps_name_bias_and_activation():
    model = mlp()
    thin = factored(model, {"one": 2})
    assert [layer.name for layer in thin.layers] == ["one_in", "one", "dropout", "two", "classes"]
    assert [weight.shape for weight in thin.get_layer("one_in").weights] == [(6, 2)]
    assert [weight.shape for weight in thin.get_layer("one").weights] == [(2, 8), (8,)]
    assert np.array_equal(thin.get_layer("one").get_weights()[1], model.get_layer("one").get_weights()[1])
    assert thin.get_layer("one_in").activation is keras.activations.linear
    assert thin.get_layer("one").activation is keras.activations.relu


def test_a_convolution_keeps_its_stride_and_dilation_in_the_first_of_two():
    inputs = keras.Input((9, 9, 2))
    strided = layers.Conv2D(6, 3, strides=2, padding="same", activation="relu", name="strided")(inputs)
    model = keras.Model(inputs, layers.Conv2D(5, (2, 1), dilation_rate=2, name="dilated")(strided))
    with_random_weights(model)
    thin = factored(model, {"strided": 6, "dilated": 5})
    assert thin.get_layer("strided_in").kernel.shape == (3, 3, 2, 6)
    assert thin.get_layer("strided").kernel.shape == (1, 1, 6, 6)
    batch = random_batch(model)
    assert_allclose(outputs(thin, batch), outputs(model, batch), rtol=1e-4, atol=1e-5)


def test_the_mask_of_a_table_passes_its_second_half():
    model = text()
    thin = factored(model, {"words": 6})
    assert thin.get_layer("words").embeddings.shape == (20, 6)
    assert thin.get_layer("words_out").kernel.shape == (6, 6)
    padded, longer = np.array([[3, 4, 0, 0, 0, 0, 0]]), np.array([[3, 4, 3, 4, 0, 0, 0]])
    assert_allclose(outputs(thin, padded), outputs(thin, longer), rtol=1e-5)
    assert_allclose(outputs(thin, padded), outputs(model, padded), rtol=1e-4)


def test_a_layer_used_twice_stays_one_pair():
    inputs = keras.Input((4,))
    twice = layers.Dense(4, activation="tanh", name="twice")
    model = with_random_weights(keras.Model(inputs, twice(twice(inputs))))
    thin = factored(model, {"twice": 4})
    assert len(thin.layers) == 3
    batch = random_batch(model)
    assert_allclose(outputs(thin, batch), outputs(model, batch), rtol=1e-4, atol=1e-5)


def test_a_factored_layer_is_factored_again():
    thin = factored(factored(mlp(), {"one": 4}), {"one": 2})
    assert [layer.name for layer in thin.layers[:3]] == ["one_in", "one_in_in", "one"]


@pytest.mark.parametrize(
    ("ranks", "message"),
    [
        ({"one": 0}, "rank 0 of one; give 1 to 6"),
        ({"one": 7}, "rank 7 of one; give 1 to 6"),
        ({"nowhere": 1}, "there is no layer 'nowhere'; name some of one, two, classes"),
        ({"dropout": 1}, "dropout is a Dropout; only Dense"),
    ],
)
def test_what_cannot_be_factored_is_named(ranks, message):
    with pytest.raises(CompressionError, match=message):
        factored(mlp(), ranks)


def test_groups_and_constraints_are_refused():
    inputs = keras.Input((6, 6, 4))
    grouped = layers.Conv2D(4, 1, groups=2, name="grouped")(inputs)
    model = keras.Model(inputs, layers.Conv2D(4, 1, kernel_constraint="non_neg", name="bound")(grouped))
    with pytest.raises(CompressionError, match="grouped is a grouped convolution"):
        factored(model, {"grouped": 1})
    with pytest.raises(CompressionError, match="bound has a constraint on its kernel"):
        factored(model, {"bound": 1})
