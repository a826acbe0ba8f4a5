import keras
import numpy as np
import pytest
from keras import layers
from numpy.testing import assert_allclose

from tests.trainer.compression.digits import task, trained
from tests.trainer.compression.graph_models import outputs, with_random_weights
from tests.trainer.compression.test_cut import Subclassed
from trainer.compression.low_rank import LowRank, kernel_matrices
from trainer.compression.step import Candidate, Task
from trainer.errors import CompressionError


def of_rank_two(*, trainable: bool = True) -> keras.Model:
    rng = np.random.default_rng(0)
    model = keras.Sequential(
        [keras.Input((20,)), layers.Dense(30, name="wide"), layers.Dense(2, name="last")], name="m"
    )
    model.get_layer("wide").set_weights([rng.normal(size=(20, 2)) @ rng.normal(size=(2, 30)), rng.normal(size=30)])
    model.get_layer("wide").trainable = trainable
    return model


@pytest.mark.parametrize("trainable", [True, False])
@pytest.mark.parametrize("settings", [{"rank": 2}, {"energy": 0.9999}])
def test_what_has_a_rank_is_the_same_in_two_layers(settings, trainable):
    model = of_rank_two(trainable=trainable)
    rows = np.random.default_rng(1).normal(size=(8, 20)).astype(np.float32)
    made = LowRank(**settings, epochs=0)(Candidate(model, ranges={"wide": (0, 1)}), Task(None, None, model))
    assert_allclose(outputs(made.model, rows), outputs(model, rows), atol=1e-3)
    # 2 (20 + 30) + 30 instead of 20 * 30 + 30, and 30 * 2 + 2 of the last.
    assert made.model.count_params() == 130 + 62
    assert model.count_params() == 630 + 62
    assert made.skipped == {"last": "rank 2 of 30 x 2 would not be smaller"}
    assert not made.ranges


@pytest.mark.usefixtures("slow")
def test_factors_are_trained():
    made = LowRank(rank=4, epochs=2)(Candidate(trained()), task(trained()))
    images, labels = task(trained()).training.train["x"], task(trained()).training.train["y"]
    assert np.mean(outputs(made.model, images).argmax(1) == labels) > 0.8


def test_pruned_layers_are_left_alone():
    model = of_rank_two()
    masked = Candidate(model, masks={"m/wide/kernel": np.ones((20, 30), bool)})
    with pytest.raises(CompressionError, match="wide: its weights are pruned, and factors would fill their places"):
        LowRank(rank=2, epochs=0)(masked, Task(None, None, model))


def test_what_cannot_be_two_layers_is_told():
    inputs = keras.Input((6,), dtype="int32")
    model = keras.Model(inputs, layers.GRU(3, name="cells")(layers.Embedding(50, 20, name="words")(inputs)))
    matrices, skipped = kernel_matrices(with_random_weights(model))
    assert list(matrices) == ["words"]
    assert matrices["words"][0] == "words/embeddings"
    assert matrices["words"][1].shape == (50, 20)
    assert skipped == {"cells": "a GRU cannot be put as two layers"}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"energy": 0.0}, "low-rank: energy is 0.0; give more than 0 and at most 1"),
        ({"rank": -1}, "low-rank: rank is -1; give 0 or more"),
        ({"epochs": -1}, "low-rank: epochs is -1"),
        ({"layers": "none"}, r"nothing of m was factored \(no layer passes the filter\)"),
        ({"rank": 20}, r"nothing of m was factored \(wide: rank 20 of 20 x 30 would not be smaller"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(CompressionError, match=message):
        LowRank(**settings)(Candidate(of_rank_two()), Task(None, None, of_rank_two()))


def test_a_model_without_a_graph_is_refused():
    model = Subclassed(name="own")
    model(np.zeros((1, 3), np.float32))
    with pytest.raises(CompressionError, match="own: a model with its own call has no graph"):
        LowRank()(Candidate(model), Task(None, None, model))
