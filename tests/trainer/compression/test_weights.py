import keras
import numpy as np
import pytest
from keras import layers

from trainer.compression.weights import arrays, owned_weights, passes, select
from trainer.errors import CompressionError


def recurrent() -> keras.Model:
    inputs = keras.Input((5, 3))
    both = layers.Bidirectional(layers.LSTM(2, name="inner"), name="both")(inputs)
    stacked = layers.RNN([layers.GRUCell(2, name="low"), layers.GRUCell(2, name="high")], name="stack")(inputs)
    return keras.Model(inputs, layers.Dense(2, name="classes")(layers.Concatenate()([both, stacked])))


def test_the_weights_of_a_cell_belong_to_the_layer_that_runs_it():
    owners = {path: type(owned.layer).__name__ for path, owned in owned_weights(recurrent()).items()}
    assert owners.pop("classes/kernel") == "Dense"
    assert owners.pop("classes/bias") == "Dense"
    assert {owners.pop(path) for path in list(owners) if path.startswith("both/")} == {"LSTM"}
    assert set(owners.values()) == {"RNN"}
    assert len(owners) == 6


def test_every_weight_of_a_model_is_owned_by_the_variable_itself():
    model = recurrent()
    owned = owned_weights(model)
    assert {id(each.variable) for each in owned.values()} == {id(v) for v in model.trainable_variables}


def test_one_path_for_two_weights_is_refused():
    inputs = keras.Input((3,))
    inner = [keras.Sequential([keras.Input((3,)), layers.Dense(3, name="same")], name="again") for _ in range(2)]
    outer = keras.Model(inputs, inner[0](inputs))

    class Both(keras.Model):
        def __init__(self):
            super().__init__(name="twice")
            self.first, self.second = outer, inner[1]

        def call(self, x):
            return self.second(self.first(x))

    model = Both()
    model(np.zeros((1, 3), np.float32))
    with pytest.raises(CompressionError, match="two weights of twice are called again/same/kernel; give their layers"):
        owned_weights(model)


def test_a_layer_called_twice_has_its_weights_once():
    inputs = keras.Input((3,))
    shared = layers.Dense(3, name="shared")
    assert list(owned_weights(keras.Model(inputs, shared(shared(inputs))))) == ["shared/kernel", "shared/bias"]


def test_arrays_are_copies():
    model = keras.Sequential([keras.Input((2,)), layers.Dense(1, name="d")], name="m")
    arrays(model)["m/d/kernel"][:] = 7
    assert not np.any(np.array(model.layers[0].kernel) == 7)


@pytest.mark.parametrize(
    ("layers_of", "chosen"),
    [
        ("*", ["both/forward_inner/lstm_cell/kernel", "both/forward_inner/lstm_cell/recurrent_kernel"]),
        ("*/recurrent_kernel", ["both/forward_inner/lstm_cell/recurrent_kernel"]),
        (["nothing", "*cell/kernel"], ["both/forward_inner/lstm_cell/kernel"]),
        (lambda path: path.endswith("/kernel"), ["both/forward_inner/lstm_cell/kernel"]),
    ],
)
def test_a_filter_is_a_pattern_several_or_a_question(layers_of, chosen):
    found = [path for path in select(recurrent(), layers_of, "prune") if path.startswith("both/forward")]
    assert found == chosen


def test_vectors_are_never_chosen():
    assert not any("bias" in path for path in select(recurrent(), "*", "prune"))


def test_a_filter_that_lets_nothing_through_names_what_there_is():
    with pytest.raises(
        CompressionError, match=r"prune: no weight passes layers='none'; choose among both/backward_inn"
    ):
        select(recurrent(), "none", "prune")


def test_a_model_of_vectors_alone_says_so():
    model = keras.Sequential([keras.Input((2,)), layers.BatchNormalization()])
    with pytest.raises(CompressionError, match="choose among none: every weight is a vector"):
        select(model, "*", "prune")


def test_a_pattern_minds_capitals():
    assert passes("dense/kernel", "dense*")
    assert not passes("Dense/kernel", "dense*")
