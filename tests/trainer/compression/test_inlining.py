import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from tests.trainer.compression.graph_models import cnn, mlp, outputs, text, with_random_weights
from trainer.compression.cuts import cut_channels
from trainer.compression.folding import folded
from trainer.compression.graph import channel_groups
from trainer.compression.inlining import inlined
from trainer.compression.same_outputs import random_batch


def transfer() -> keras.Model:
    """A network in a Sequential, whose last layer has the name of an inner one."""
    model = keras.Sequential([keras.Input((6, 6, 2)), cnn(), layers.Dense(2, name="classes")], name="transfer")
    return with_random_weights(model)


def test_inner_layers_stand_among_the_outer_and_can_be_cut_and_folded():
    model = transfer()
    model.compile("sgd", "mse")
    flat = inlined(model)
    batch = random_batch(model)
    assert_allclose(outputs(flat, batch), outputs(model, batch), rtol=1e-5)
    assert not any(isinstance(layer, keras.Model) for layer in flat.layers)
    assert [layer.name for layer in flat.layers][-2:] == ["cnn_classes", "classes"]
    assert flat.compiled
    groups, _ = channel_groups(flat)
    assert [group.name for group in groups] == ["one+three", "two", "cnn_classes"]
    assert channel_groups(model)[0] == []
    small = cut_channels(folded(flat), {"two": np.array([0])})
    assert small.get_layer("two").filters == 1


def test_an_inner_model_used_twice_keeps_one_set_of_weights():
    left, right = keras.Input((7,)), keras.Input((7,))
    tower = text()
    model = keras.Model([left, right], layers.Subtract()([tower(left), tower(right)]))
    flat = inlined(model)
    assert flat.count_params() == model.count_params()
    batch = random_batch(model)
    assert_allclose(outputs(flat, batch), outputs(model, batch), atol=1e-6)


@pytest.mark.parametrize("inner", [{}, {"training": False}, {"training": True}])
@pytest.mark.parametrize("outer", [{}, {"training": False}, {"training": True}])
def test_inner_layers_are_called_in_training_whenever_they_were(inner, outer):
    inputs = keras.Input((6, 6, 2))
    model = with_random_weights(keras.Model(inputs, layers.Dense(2)(cnn()(inputs, **inner))))
    flat = inlined(model)
    batch = random_batch(model)
    assert_allclose(flat(batch, **outer), model(batch, **outer), rtol=1e-4, atol=1e-5)


def test_a_model_in_a_model_in_a_model():
    inner = keras.Sequential([keras.Input((4,)), layers.Dense(4, name="it")], name="inner")
    middle = keras.Sequential([keras.Input((4,)), inner, layers.Dense(4, name="it")], name="middle")
    inputs = keras.Input((4,))
    model = with_random_weights(keras.Model(inputs, layers.Dense(4, name="it")(middle(inputs))))
    flat = inlined(model)
    assert [layer.name for layer in flat.layers[1:]] == ["inner_it", "middle_it", "it"]


@pytest.mark.parametrize("make", [mlp, cnn])
def test_a_model_without_models_is_copied(make):
    model = make()
    assert [layer.name for layer in inlined(model).layers] == [layer.name for layer in model.layers]
