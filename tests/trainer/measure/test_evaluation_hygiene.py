"""Attempts to catch a leak: on a log whose clicks are drawn by lot, nothing that is honest ranks better than chance.

Every list of a simulated log keeps its number of clicks, but which articles get them is drawn anew. Histories and
counts are then made of the drawn clicks, so a model that saw the click it is to guess, in a history, in a count or in
training, would be better than 0.5; tests with a leak made on purpose show that it would be seen.
"""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import keras
import numpy as np
import pytest
from pytest import approx

from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.data.batches import ClickBatches, published_seconds
from trainer.data.dataset import ClickDataset, Impressions, Ragged, load_dataset
from trainer.data.popularity import Counts, causal_counts
from trainer.data.prepare import LogFiles, prepare
from trainer.data.simulate import SimulatorSettings, simulate_to
from trainer.data.topics import topic_names, topic_numbers
from trainer.errors import LogError
from trainer.intervals import Interval, bootstrap
from trainer.measure.evaluation import score_bundle
from trainer.measure.quality import measure
from trainer.measure.scores import score_impressions
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import EncoderSize, build_encoders
from trainer.models.text_input import FrozenVectors
from trainer.settings.config import TrainingSettings
from trainer.training.fit import train_on_clicks

HISTORY_LENGTH = 20


@pytest.fixture(scope="module")
def log(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    simulate_to(folder, SimulatorSettings(readers=150, seed=3))
    return folder


def prepared(log: Path, name: str) -> ClickDataset:
    files = LogFiles([log / "articles.jsonl"], [log / name], dev_share=0.3)
    prepare(files, log / f"dataset-{name}", "simulated", "CC BY 4.0", workers=1)
    return load_dataset(log / f"dataset-{name}")


@pytest.fixture(scope="module")
def honest(log) -> ClickDataset:
    return prepared(log, "impressions.jsonl")


@pytest.fixture(scope="module")
def by_lot(log) -> ClickDataset:
    rng = np.random.default_rng(0)
    with (log / "impressions.jsonl").open() as rows, (log / "lot.jsonl").open("w") as drawn:
        for row in map(json.loads, rows):
            row["clicked"] = rng.choice(row["shown"], len(row["clicked"]), replace=False).tolist()
            drawn.write(json.dumps(row) + "\n")
    return prepared(log, "lot.jsonl")


def trained(data: ClickDataset) -> ClickModel:
    """A small click model: topics and random text vectors are all it has."""
    keras.utils.set_random_seed(0)
    names, rng = topic_names(data.articles), np.random.default_rng(0)
    vectors = rng.normal(size=(len(data.articles), 16)).astype(np.float32)
    encoder, users = build_encoders(EncoderSize(16, 0, 16, 0), len(names))
    text, topics = FrozenVectors([vectors], data.training_rows()), topic_numbers(data.articles, names)
    model = ClickModel(text, encoder, users, Head(len(names), 16), topics, dropout=0.0)
    settings = TrainingSettings(click_epochs=1, click_rate=0.01, history_length=HISTORY_LENGTH, click_negatives=19)
    examples = ClickBatches(data.train, published_seconds(data.articles), HISTORY_LENGTH, settings.click_negatives)
    train_on_clicks(model, examples, settings, rng, lambda _: None)
    return model


@pytest.fixture(scope="module")
def honest_model(honest) -> ClickModel:
    return trained(honest)


def scores_of(model: ClickModel, data: ClickDataset, impressions: Impressions) -> np.ndarray:
    return score_impressions(model, impressions, published_seconds(data.articles), HISTORY_LENGTH)


def auc(scores: np.ndarray, impressions: Impressions) -> Interval:
    return bootstrap(measure(scores, impressions)["auc"], seed=0)


def is_chance(found: Interval) -> bool:
    return found.low < 0.5 < found.high and found.high - found.low < 0.06


def click_rate(counts: Counts) -> np.ndarray:
    return (counts.clicked + 1) / (counts.shown + 14)


def test_a_model_trained_on_true_clicks_is_better_than_chance(honest, honest_model):
    assert auc(scores_of(honest_model, honest, honest.dev), honest.dev).low > 0.54


def test_the_same_model_is_at_chance_on_shuffled_clicks(honest, honest_model):
    rng, dev = np.random.default_rng(1), honest.dev
    clicked = np.concatenate([rng.permutation(part) for part in np.split(dev.clicked, dev.candidates.offsets[1:-1])])
    assert is_chance(auc(scores_of(honest_model, honest, dev), dataclasses.replace(dev, clicked=clicked)))


def test_a_model_trained_on_clicks_drawn_by_lot_is_at_chance(by_lot):
    assert is_chance(auc(scores_of(trained(by_lot), by_lot, by_lot.dev), by_lot.dev))


def test_a_history_that_had_the_click_itself_would_be_seen(by_lot, honest_model):
    dev = by_lot.dev
    parts = [
        np.concatenate([dev.history[n], dev.candidates[n][dev.clicked[slice(*dev.candidates.offsets[n : n + 2])]]])
        for n in range(len(dev))
    ]
    offsets = np.concatenate([[0], np.cumsum([len(part) for part in parts])])
    leaky = dataclasses.replace(dev, history=Ragged(np.concatenate(parts), offsets))
    assert is_chance(auc(scores_of(honest_model, by_lot, dev), dev))
    assert auc(scores_of(honest_model, by_lot, leaky), leaky).low > 0.55


def test_popularity_counted_before_each_list_is_at_chance_on_clicks_drawn_by_lot(by_lot):
    counts = causal_counts(by_lot.dev, [by_lot.train])
    assert is_chance(auc(click_rate(counts), by_lot.dev))


def test_popularity_counted_with_the_list_itself_would_be_seen(by_lot):
    dev = by_lot.dev
    before = causal_counts(dev, [by_lot.train])
    leaky = Counts(before.shown + 1, before.clicked + dev.clicked, np.repeat(dev.times, dev.candidates.lengths()))
    assert auc(click_rate(leaky), dev).low > 0.6
    with pytest.raises(LogError, match="counts must come from before it"):
        score_bundle(DEFAULT_BUNDLE, by_lot.articles, dev, lambda _: None, counts=leaky)


def test_counts_of_one_impression_in_the_future_are_refused(honest):
    dev = honest.dev
    counts = causal_counts(dev, [honest.train])
    as_of_s = counts.as_of_s.copy()
    place = int(dev.candidates.offsets[7])
    as_of_s[place] = dev.times[7] + 1
    with pytest.raises(LogError, match=rf"impression '{dev.ids[7]}': .* as of second {dev.times[7] + 1}, but"):
        score_bundle(
            DEFAULT_BUNDLE, honest.articles, dev, lambda _: None, counts=dataclasses.replace(counts, as_of_s=as_of_s)
        )


def test_every_dev_impression_is_later_than_all_of_training(honest):
    assert honest.train.times.max() < honest.dev.times.min()
    assert len(honest.dev) / (len(honest.train) + len(honest.dev)) == approx(0.3, abs=0.01)


def test_a_history_has_the_clicks_of_earlier_seconds_and_no_later_one(log, honest):
    clicks: dict[str, list[tuple[str, str]]] = {}
    rows = [json.loads(line) for line in (log / "impressions.jsonl").read_text().splitlines()]
    for row in rows:
        clicks.setdefault(row["user_id"], []).extend((row["time"], article) for article in row["clicked"])
    by_id = {row["impression_id"]: row for row in rows}
    for part in (honest.train, honest.dev):
        for number, name in enumerate(part.ids):
            row = by_id[name]
            earlier = {article for time, article in clicks[row["user_id"]] if time < row["time"]}
            found = {honest.articles[place].article_id for place in part.history[number]}
            assert found <= earlier
            assert len(found) == min(len(earlier), 100)  # as many as a derived history holds
