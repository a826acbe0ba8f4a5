"""Cutting attention heads of NRMS: a head that says nothing goes first, and what read it reads the others as before."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from pytest import approx

from trainer.baselines.baseline import BaselineData, baseline_data
from trainer.baselines.naml import NamlNews, NamlSettings, NamlUsers
from trainer.baselines.nrms import NrmsNews, NrmsSettings, NrmsUsers
from trainer.baselines.prune_heads import head_importance, prune_heads
from trainer.baselines.two_towers import TowerTraining, TwoTowers, fit, score
from trainer.baselines.words import title_words
from trainer.data.batches import Batch, ClickBatches, published_seconds
from trainer.errors import CompressionError
from trainer.measure.quality import measure

TRAINING = TowerTraining(epochs=2, learning_rate=5e-3, history_length=20)
SETTINGS = NrmsSettings(heads=4, head_dim=8, query_dim=16, title_length=12, training=TRAINING)


@pytest.fixture(scope="module")
def data(small) -> BaselineData:
    dataset = small.run.dataset
    return baseline_data(dataset, np.zeros((len(dataset.articles), 1), np.float32))


@pytest.fixture(scope="module")
def batches(data) -> list[Batch]:
    dataset = data.dataset
    clicks = ClickBatches(dataset.train, published_seconds(dataset.articles), 20, TRAINING.negatives)
    return list(clicks.epoch(TRAINING.batch, np.random.default_rng(0)))


def untrained(data: BaselineData) -> TwoTowers:
    keras.utils.set_random_seed(0)
    articles, rows = data.dataset.articles, data.dataset.training_rows()
    words = title_words(articles, rows, SETTINGS.title_length, seed=0)
    return TwoTowers(NrmsNews(words, SETTINGS), NrmsUsers(SETTINGS), words.lengths())


@pytest.fixture(scope="module")
def trained(data, long) -> TwoTowers:
    model = untrained(data)
    fit(model, data, TRAINING, np.random.default_rng(0), "NRMS", print)
    return model


@pytest.fixture(scope="module")
def model(data, batches) -> TwoTowers:
    """For what holds of any weights: those that training begins with."""
    model = untrained(data)
    scores_of(model, batches[0])
    return model


def value_weights(model: TwoTowers) -> list[np.ndarray]:
    """(input_dim, 3, heads, head_dim) of news and users: queries, keys, and values, which make what a head writes."""
    layers = (model.news.attend, model.users.attend)
    return [layer.project.kernel.numpy().reshape(-1, 3, layer.heads, layer.head_dim) for layer in layers]


def set_gate(model: TwoTowers, head: int, gate: float) -> None:
    """Multiply what a head of both encoders writes."""
    for layer, weights in zip((model.news.attend, model.users.attend), value_weights(model), strict=True):
        weights[:, 2, head] *= gate
        layer.project.kernel.assign(weights.reshape(len(weights), -1))


def scores_of(model: TwoTowers, batch: Batch) -> np.ndarray:
    """(batch, candidates) float64, every place of the batch encoded for itself."""
    both = np.concatenate([batch.candidates, batch.history], axis=1)
    places = np.where(both >= 0, np.arange(both.size).reshape(both.shape), -1).astype(np.int32)
    candidates, history = np.split(places, [batch.candidates.shape[1]], axis=1)
    return model(np.maximum(both, 0).ravel(), candidates, history).numpy().astype(np.float64)


def mean_loss(model: TwoTowers, batch: Batch) -> float:
    scores = scores_of(model, batch)
    return float(np.mean(np.log(np.exp(scores - scores[:, :1]).sum(axis=1))))


def auc(model: TwoTowers, data: BaselineData) -> float:
    dev = data.dataset.dev
    return float(np.nanmean(measure(score(model, dev, 20), dev)["auc"]))


def test_importance_is_the_slope_of_the_loss_over_a_gate(model, batches):
    weights = model.get_weights()
    found = head_importance(model, batches[:1])
    losses = []
    for gate in (0.99, 1.01):
        set_gate(model, 2, gate)
        losses.append(mean_loss(model, batches[0]))
        model.set_weights(weights)
    assert found.shape == (4,)
    assert found[2] == approx(abs(losses[1] - losses[0]) / 0.02, rel=0.02)


def test_a_head_whose_gate_is_zero_goes_first_and_changes_no_score(model, batches):
    weights = model.get_weights()
    set_gate(model, 1, 0.0)
    closed = scores_of(model, batches[0])
    smaller = prune_heads(model, batches[:2], 3)
    model.set_weights(weights)
    (news, users), (fewer_news, fewer_users) = value_weights(model), value_weights(smaller)
    assert (fewer_news == np.delete(news, 1, axis=2)).all()
    # The user encoder reads what the news encoder writes: 8 columns less, those of head 1.
    assert (fewer_users == np.delete(np.delete(users, range(8, 16), axis=0), 1, axis=2)).all()
    assert scores_of(smaller, batches[0]) == approx(closed, abs=1e-4)


@pytest.mark.usefixtures("long")
def test_half_of_the_heads_are_fewer_parameters_that_still_rank(trained, data, batches):
    weights = trained.get_weights()
    smaller = prune_heads(trained, batches[:10], 2)
    word_dim = trained.news.table.shape[1]
    # Queries, keys and values of two heads of 8 columns: word_dim inputs in the news encoder; in the user encoder 32
    # inputs to 32 columns are 16 to 16 now. Both additive attentions, 16 wide, read 16 columns less.
    removed = 3 * 16 * word_dim + 3 * (32 * 32 - 16 * 16) + 2 * 16 * 16
    assert trained.count_params() - smaller.count_params() == removed
    assert smaller.news(np.arange(3, dtype=np.int32)).shape == (3, 16)
    assert all((now == before).all() for now, before in zip(trained.get_weights(), weights, strict=True))
    short = TowerTraining(epochs=1, learning_rate=1e-3, history_length=20)
    fit(smaller, data, short, np.random.default_rng(1), "NRMS", print)
    before, after = auc(trained, data), auc(smaller, data)
    assert before > 0.54  # readers of few words: the whole model is not far above chance either
    assert after > before - 0.03


def test_a_model_without_self_attention_is_refused(data, batches):
    settings = NamlSettings(filters=16, category_dim=4, query_dim=8, title_length=6, training=TRAINING)
    words = title_words(data.dataset.articles, data.dataset.training_rows(), 6, seed=0)
    naml = TwoTowers(NamlNews(words, data.topics, data.num_topics, settings), NamlUsers(settings), words.lengths())
    with pytest.raises(CompressionError, match="prune-heads: NamlNews has no self-attention; NRMS has"):
        prune_heads(naml, batches, 1)


@pytest.mark.parametrize("keep", [0, 5])
def test_heads_that_are_not_there_cannot_be_kept(model, batches, keep):
    with pytest.raises(CompressionError, match=f"cannot keep {keep} of 4 heads; choose 1 to 4"):
        prune_heads(model, batches, keep)
