"""Baselines: small logs by hand for those that count, simulated readers for those that learn."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from math import exp, log
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from edge_runtime import Article
from tests.cluster.job import divided
from tests.trainer.data.test_prepare import random_log, write_articles, write_rows
from trainer.baselines.attention import AdditiveAttention, SelfAttention
from trainer.baselines.baseline import BaselineData, BaselineResult, baseline_data
from trainer.baselines.features import candidate_features
from trainer.baselines.interests import pooled_similarities, topic_shares
from trainer.baselines.naml import NamlNews, NamlSettings, NamlUsers, naml
from trainer.baselines.nrms import NrmsNews, NrmsSettings, NrmsUsers, nrms
from trainer.baselines.rates import PRIOR_SHOWN, START_RATE, article_rates, topic_rates
from trainer.baselines.suite import BASELINES, run_baselines
from trainer.baselines.two_towers import TowerTraining, TwoTowers, fit, score
from trainer.baselines.words import TitleWords, title_words
from trainer.data.dataset import ClickDataset, Impressions, Ragged, load_dataset, open_stream
from trainer.data.prepare import LogFiles, prepare
from trainer.data.translations import TRANSLATION_SCHEMA
from trainer.errors import TrainingError
from trainer.measure.quality import measure

TRAINING = TowerTraining(epochs=2, learning_rate=5e-3, batch=16, history_length=10)
SMALL_NRMS = NrmsSettings(heads=2, head_dim=8, query_dim=8, title_length=6, training=TRAINING)
SMALL_NAML = NamlSettings(filters=16, category_dim=4, query_dim=8, title_length=6, training=TRAINING)


def ragged(rows) -> Ragged:
    offsets = np.concatenate([[0], np.cumsum([len(row) for row in rows])]).astype(np.int64)
    return Ragged(np.array([value for row in rows for value in row], np.int32), offsets)


def impressions(rows) -> Impressions:
    """From rows of (second, history, shown, clicked or not)."""
    return Impressions(
        ids=[str(number) for number in range(len(rows))],
        users=np.arange(len(rows), dtype=np.int32),
        times=np.array([row[0] for row in rows], np.int64),
        history=ragged([row[1] for row in rows]),
        candidates=ragged([row[2] for row in rows]),
        clicked=np.array([flag for row in rows for flag in row[3]], bool),
    )


def articles(titles, categories) -> list[Article]:
    return [
        Article(str(n), title, category=topic) for n, (title, topic) in enumerate(zip(titles, categories, strict=True))
    ]


def small_log(num_train=160, num_dev=60, seed=0) -> ClickDataset:
    """Readers of one of two topics, told by every word of a title, who click what is of their topic."""
    rng = np.random.default_rng(seed)
    topics = rng.integers(0, 2, 60)
    titles = [" ".join(rng.choice([f"word{topic}{n}" for n in range(8)], 4)) for topic in topics]

    def lists(number, begin) -> Impressions:
        rows = []
        for second in range(begin, begin + number):
            likes = rng.integers(0, 2)
            history = rng.choice(np.flatnonzero(topics == likes), rng.integers(1, 6))
            shown = np.concatenate([rng.choice(np.flatnonzero(topics == side), 3, replace=False) for side in (0, 1)])
            rows.append((second, history, shown, topics[shown] == likes))
        return impressions(rows)

    listed = articles(titles, [f"topic{topic}" for topic in topics])
    return ClickDataset(listed, lists(num_train, 0), lists(num_dev, num_train), {}, TRANSLATION_SCHEMA.empty_table())


def vectors_of(dataset: ClickDataset, seed=0) -> np.ndarray:
    """Text vectors that tell the topics apart, with some noise."""
    sides = np.array([float(article.category[-1]) for article in dataset.articles])
    noise = np.random.default_rng(seed).normal(scale=0.5, size=(len(sides), 12))
    noise[:, 0] += 2 * sides
    return noise.astype(np.float32)


@pytest.fixture(scope="module")
def simulated() -> BaselineData:
    dataset = small_log()
    return baseline_data(dataset, vectors_of(dataset))


def auc(scores, part) -> float:
    return float(np.nanmean(measure(scores, part)["auc"]))


def test_popularity_of_three_lists():
    # Articles 0 and 1 are shown at second 10, 0 is clicked; 0 again at 20, not clicked; both at 30.
    log_rows = impressions([(10, [], [0, 1], [1, 0]), (20, [], [0], [0]), (30, [], [0, 1], [0, 1])])
    found = article_rates(log_rows, [])
    after_two = (1 + PRIOR_SHOWN * START_RATE) / (2 + PRIOR_SHOWN)  # all articles: one click of two
    after_three = (1 + PRIOR_SHOWN * START_RATE) / (3 + PRIOR_SHOWN)
    assert found.overall == approx([START_RATE, START_RATE, after_two, after_three, after_three])
    assert found.shown == approx([0, 0, 1, 2, 1])
    assert found.rates[2] == approx((1 + PRIOR_SHOWN * after_two) / (1 + PRIOR_SHOWN))
    assert found.rates[3] == approx((1 + PRIOR_SHOWN * after_three) / (2 + PRIOR_SHOWN))
    assert found.rates[4] == approx((0 + PRIOR_SHOWN * after_three) / (1 + PRIOR_SHOWN))


def test_a_list_one_half_life_ago_counts_half():
    log_rows = impressions([(0, [], [0, 1], [1, 0]), (100, [], [0, 1], [0, 0])])
    assert article_rates(log_rows, [], half_life_s=100.0).shown[2:] == approx([0.5, 0.5])


def test_a_topic_shares_the_clicks_of_its_articles():
    # Articles 0 and 1 are of topic 1, article 2 is of topic 2: at second 20 topic 1 has one click of two.
    log_rows = impressions([(10, [], [0, 1, 2], [1, 0, 0]), (20, [], [1, 2], [0, 1])])
    overall = article_rates(log_rows, []).overall
    rates = topic_rates(log_rows, [], np.array([1, 1, 2]), overall)
    assert rates[3] == approx((1 + PRIOR_SHOWN * overall[3]) / (2 + PRIOR_SHOWN))
    assert rates[4] == approx((0 + PRIOR_SHOWN * overall[4]) / (1 + PRIOR_SHOWN))


def test_similarities_are_pooled_over_the_past_clicks():
    vectors = np.array([[1, 0], [0, 1], [0.6, 0.8]], np.float32)
    found = pooled_similarities(impressions([(0, [0, 1], [2], [1]), (1, [], [2], [1])]), vectors)
    assert found.mean == approx([0.7, 0.0])  # (0.6 + 0.8) / 2; no click, no similarity
    assert found.top == approx([0.8, 0.0])
    assert found.nearest == approx([0.1 * log((exp(6) + exp(8)) / 2), 0.0])  # temperature 0.1


def test_topic_shares_count_past_clicks():
    # Three past clicks, two of topic 1.
    log_rows = impressions([(0, [0, 1, 2], [0, 2], [1, 0]), (1, [], [0], [1])])
    assert topic_shares(log_rows, np.array([1, 1, 2])) == approx([2 / 3, 1 / 3, 0])


def test_popularity_decides_between_articles_of_one_category(simulated):
    dataset = small_log()
    scores = run_baselines(dataset, vectors_of(dataset), 0, ["category-affinity"], print)[0].scores
    assert len(np.unique(scores[:6])) > 2
    assert auc(scores, dataset.dev) > 0.95  # these readers click by category


@pytest.mark.parametrize("name", sorted({*BASELINES} - {"nrms", "naml"}))
def test_a_log_that_is_read_in_parts_gives_the_scores_of_a_log_in_memory(name, folder, monkeypatch):
    whole = load_dataset(folder)
    (expected,) = run_baselines(whole, vectors_of_any(whole), 0, [name], print)
    monkeypatch.setattr("trainer.data.dataset.PART", 50)
    streamed = open_stream(folder, with_dev=True)
    assert not len(streamed.train) and len(list(streamed.in_time())) > 5
    (found,) = run_baselines(streamed, vectors_of_any(whole), 0, [name], print)
    assert (found.scores == expected.scores).all()
    assert (found.parameters, found.size_bytes) == (expected.parameters, expected.size_bytes)


def vectors_of_any(dataset: ClickDataset) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(len(dataset.articles), 12)).astype(np.float32)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A log of 400 lists of 12 readers, prepared in three shards."""
    place = tmp_path_factory.mktemp("log")
    files = LogFiles([write_articles(place / "articles.jsonl")], [write_rows(place / "log.jsonl", random_log(11, 400))])
    with divided(3):
        prepare(files, place / "out", "made up", "CC0", workers=1)
    return place / "out"


def test_a_sample_of_a_log_is_no_log_to_compare_on(folder):
    sample = load_dataset(folder, 100)
    with pytest.raises(ValueError, match="its dev a sample; open it with open_stream, with dev"):
        run_baselines(sample, vectors_of_any(sample), 0, ["random"], print)


@pytest.mark.parametrize("name", ["popularity", "decayed-popularity", "category-affinity"])
def test_later_clicks_do_not_change_an_earlier_score(name):
    dataset = small_log()
    middle = len(dataset.dev.clicked) // 2  # the lists before it are earlier, one a second
    changed = dataset.dev.clicked.copy()
    changed[middle:] = ~changed[middle:]
    other = dataclasses.replace(dataset, dev=dataclasses.replace(dataset.dev, clicked=changed))
    before, after = (run_baselines(part, vectors_of(part), 0, [name], print)[0].scores for part in (dataset, other))
    assert (before[: middle + 6] == after[: middle + 6]).all()  # the list at `middle` knows none of its own clicks
    assert (before[middle + 6 :] != after[middle + 6 :]).any()


def test_features_of_a_training_list_know_nothing_of_later_clicks(simulated):
    train = simulated.dataset.train
    middle = len(train.clicked) // 2
    changed = train.clicked.copy()
    changed[middle:] = ~changed[middle:]
    before, after = (
        candidate_features(simulated, part, [], with_popularity=True).values
        for part in (train, dataclasses.replace(train, clicked=changed))
    )
    assert (before[: middle + 6] == after[: middle + 6]).all()
    assert (before[middle + 6 :] != after[middle + 6 :]).any()


def test_features_without_popularity_know_no_click_of_the_lists(simulated):
    dev = simulated.dataset.dev
    before, after = (
        candidate_features(simulated, part, [simulated.dataset.train], with_popularity=False).values
        for part in (dev, dataclasses.replace(dev, clicked=~dev.clicked))
    )
    assert (before == after).all()


@pytest.mark.parametrize("name", ["text-mean", "text-nearest", "logistic", "logistic-popularity", "boosting"])
def test_what_reads_titles_finds_the_readers_topic(name):
    dataset = small_log(num_train=300)
    result = run_baselines(dataset, vectors_of(dataset), 0, [name], print)[0]
    assert result.scores.shape == dataset.dev.clicked.shape
    assert auc(result.scores, dataset.dev) > 0.9


def test_the_logistic_mix_costs_four_bytes_a_weight_beside_its_text_encoder():
    dataset = small_log()
    result = run_baselines(dataset, vectors_of(dataset), 0, ["logistic"], print, encoder_parameters=1000)[0]
    assert result.parameters == 7 + 10 + 4  # content, directions, interest times history length
    assert result.size_bytes == 4 * (1000 + 21)


@pytest.fixture(scope="module", params=["nrms", pytest.param("naml", marks=pytest.mark.long)])
def trained(request, simulated) -> tuple[BaselineResult, list[str], Callable[[], BaselineResult]]:
    """A neural baseline's result, the lines it told, and a way to train it once more."""
    baseline, settings = {"nrms": (nrms, SMALL_NRMS), "naml": (naml, SMALL_NAML)}[request.param]
    lines: list[str] = []
    return baseline(simulated, 1, lines.append, settings), lines, lambda: baseline(simulated, 1, print, settings)


def test_neural_baselines_learn_topics_from_words(simulated, trained):
    result, lines, _ = trained
    losses = [float(line.rsplit(" ", 1)[1]) for line in lines]
    assert len(losses) == 2
    assert losses[1] < losses[0]
    assert auc(result.scores, simulated.dataset.dev) > 0.9
    assert result.size_bytes == 4 * result.parameters


@pytest.mark.usefixtures("long")
def test_the_same_seed_gives_the_same_scores(trained):
    result, _, again = trained
    assert again().scores == approx(result.scores, abs=1e-3)


def towers(settings, words: TitleWords) -> TwoTowers:
    if isinstance(settings, NrmsSettings):
        return TwoTowers(NrmsNews(words, settings), NrmsUsers(settings), words.lengths())
    topics = np.zeros(len(words.ids), np.int64)
    return TwoTowers(NamlNews(words, topics, 2, settings), NamlUsers(settings), words.lengths())


def some_words(width: int) -> TitleWords:
    """Four titles of one to three words, padded to a width."""
    rng = np.random.default_rng(3)
    ids = np.zeros((4, width), np.int32)
    for row, title in zip(ids, [[1, 2, 3], [4], [2, 5], [3, 1]], strict=True):
        row[: len(title)] = title
    return TitleWords(ids, rng.normal(size=(6, 8)).astype(np.float32))


@pytest.mark.parametrize("settings", [SMALL_NRMS, SMALL_NAML])
def test_padding_does_not_change_a_score(settings):
    rows, candidates = np.arange(4, dtype=np.int32), np.array([[0, 1]], np.int32)
    short, wide = towers(settings, some_words(3)), towers(settings, some_words(9))
    plain = short(rows, candidates, np.array([[2, 3]], np.int32)).numpy()
    wide(rows, candidates, np.array([[2, 3]], np.int32))
    wide.set_weights(short.get_weights())
    padded = wide(rows, np.array([[0, 1, -1]], np.int32), np.array([[2, 3, -1, -1]], np.int32)).numpy()
    assert padded[0, :2] == approx(plain[0], abs=1e-5)
    assert padded[0, 2] < -1e8  # no article


@pytest.mark.parametrize("settings", [SMALL_NRMS, SMALL_NAML])
def test_articles_encoded_once_give_the_scores_of_training(settings):
    model = towers(settings, some_words(3))
    in_one = model(np.arange(4, dtype=np.int32), np.array([[3, 1]], np.int32), np.array([[0, 2]], np.int32)).numpy()
    lists = impressions([(0, [], [2], [1]), (1, [0, 2], [3, 1], [1, 0])])
    assert score(model, lists, history_length=10) == approx([0, *in_one[0]], abs=1e-5)


@pytest.mark.parametrize("settings", [SMALL_NRMS, SMALL_NAML])
def test_a_reader_without_a_click_likes_all_articles_alike(settings):
    model = towers(settings, some_words(3))
    scores = model(np.arange(4, dtype=np.int32), np.array([[0, 1]], np.int32), np.array([[-1, -1]], np.int32)).numpy()
    assert scores == approx(np.zeros((1, 2)))


def test_padding_filled_with_rubbish_leaves_attention_as_it_is():
    x = np.random.default_rng(0).normal(size=(1, 3, 4)).astype(np.float32)
    mask = np.array([[1, 1, 0]], np.float32)
    rubbish = x.copy()
    rubbish[0, 2] = 100
    for layer in (AdditiveAttention(5), SelfAttention(2, 3)):
        first, second = layer(x, mask).numpy(), layer(rubbish, mask).numpy()
        assert first[0, :2] == approx(second[0, :2], abs=1e-5)


def test_words_of_later_days_are_not_in_the_vocabulary():
    listed = articles(["red sun red sun", "sun moon", "moon moon"], ["a", "a", "a"])
    words = title_words(listed, np.array([0, 1], np.int32), 3, seed=0)
    # "moon" comes once in the titles of the training days: too rare. Titles are cut after three known words.
    assert words.ids.tolist() == [[1, 2, 1], [2, 0, 0], [0, 0, 0]]
    assert words.lengths().tolist() == [3, 1, 0]
    assert len(words.table) == 3


def test_an_empty_training_log_is_refused():
    dataset = small_log()
    empty = dataclasses.replace(dataset, train=impressions([]))
    with pytest.raises(TrainingError, match="training log is empty"):
        run_baselines(empty, vectors_of(empty), 0, ["random"], print)


@pytest.mark.parametrize("name", ["logistic", "boosting", "nrms", "naml"])
def test_a_log_without_a_choice_is_refused(name):
    dataset = small_log()
    nothing_clicked = dataclasses.replace(dataset.train, clicked=np.zeros(len(dataset.train.clicked), bool))
    with pytest.raises(TrainingError, match="no impression has both a click"):
        run_baselines(dataclasses.replace(dataset, train=nothing_clicked), vectors_of(dataset), 0, [name], print)


@pytest.mark.usefixtures("eagerly")
def test_a_loss_that_is_not_finite_is_named():
    dataset = small_log(num_train=8)
    words = title_words(dataset.articles, dataset.training_rows(), 6, seed=0)
    words.table[1:] = np.nan
    data = baseline_data(dataset, vectors_of(dataset))
    with pytest.raises(TrainingError, match="sample: the loss became nan"):
        fit(towers(SMALL_NRMS, words), data, TRAINING, np.random.default_rng(0), "sample", print)


def test_vectors_of_other_articles_are_refused():
    dataset = small_log()
    with pytest.raises(ValueError, match="59 text vectors for 60 articles"):
        run_baselines(dataset, vectors_of(dataset)[1:], 0, ["random"], print)


def test_an_unknown_baseline_is_refused_with_the_known_ones():
    dataset = small_log()
    with pytest.raises(ValueError, match="'best': no such one; choose from random, popularity"):
        run_baselines(dataset, vectors_of(dataset), 0, ["best"], print)
    assert len(BASELINES) == 12
