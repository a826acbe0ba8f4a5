"""The simulated readers: a log that can be made again, obeys its own rules and has something to learn in it."""

import json
import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.types import Article
from trainer.data.corpus import load_corpus
from trainer.data.newsroom import REMEMBERED_CLICKS, Newsroom, open_newsroom
from trainer.data.readers import Readers
from trainer.data.simulate import (
    LogReport,
    SimulatorSettings,
    examination,
    impression_id,
    load_truth,
    simulate,
    simulate_to,
)

pytestmark = pytest.mark.usefixtures("slow")

SETTINGS = SimulatorSettings(readers=300, days=20, impressions_per_reader=25)


def make_articles(count: int) -> list[Article]:
    """Two topics; each of a hundred words stands in one title of a hundred."""
    words = [f"word{first}{second}" for first in "abcdefghij" for second in "abcdefghij"]
    return [
        Article(
            f"a{n}",
            f"The {words[n % 100]} of the day",
            category=("sports", "politics")[n // 100 % 2],
            published=datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=n),
        )
        for n in range(count)
    ]


def make_newsroom(count: int = 400, days: int = 10) -> Newsroom:
    return open_newsroom(make_articles(count), days, 5, np.random.default_rng(3))


def read_rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def mean_auc(scores: np.ndarray, clicked: np.ndarray) -> float:
    """Mean over impressions of the share of (click, no click) pairs in the right order; a tie is half right."""
    pairs = clicked[:, :, None] & ~clicked[:, None, :]
    gap = scores[:, :, None] - scores[:, None, :]
    counted = pairs.any(axis=(1, 2))
    right = (pairs * (0.5 + 0.5 * np.sign(gap))).sum(axis=(1, 2))
    return float((right[counted] / pairs.sum(axis=(1, 2))[counted]).mean())


@pytest.fixture(scope="module")
def log(tmp_path_factory, slow) -> tuple[Path, LogReport]:
    out = tmp_path_factory.mktemp("log")
    return out, simulate_to(out, SETTINGS)


@pytest.fixture(scope="module")
def rows(log) -> list[dict]:
    return read_rows(log[0] / "impressions.jsonl")


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path):
    small = SimulatorSettings(readers=20, days=3, impressions_per_reader=5)
    for name, settings in (("a", small), ("b", small), ("c", replace(small, seed=8))):
        simulate_to(tmp_path / name, settings, load_corpus()[:600])
    for file in ("articles.jsonl", "impressions.jsonl", "truth.npy", "simulator.json"):
        first, second, other = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert first == second != other


def test_the_report_counts_what_was_written(log, rows):
    out, report = log
    assert report.impressions == len(rows) == len(load_truth(out))
    assert report.clicks == sum(len(row["clicked"]) for row in rows)
    assert report.articles == len(read_rows(out / "articles.jsonl"))
    assert json.loads((out / "simulator.json").read_text())["readers"] == SETTINGS.readers


def test_categories_can_be_withheld_and_change_nothing_else(tmp_path):
    small = SimulatorSettings(readers=20, days=3, impressions_per_reader=5)
    simulate_to(tmp_path / "told", small, make_articles(600))
    simulate_to(tmp_path / "half", replace(small, withheld=0.5), make_articles(600))
    impressions = [(tmp_path / name / "impressions.jsonl").read_bytes() for name in ("told", "half")]
    assert impressions[0] == impressions[1]
    told, half = (read_rows(tmp_path / name / "articles.jsonl") for name in ("told", "half"))
    assert 0.4 < np.mean(["category" not in row for row in half]) < 0.6
    assert [row | {"category": ""} for row in half] == [row | {"category": ""} for row in told]


def test_readers_like_what_they_are_given_as_tastes():
    articles = make_articles(400)
    tastes = {article.article_id: ("odd", "even", "third")[n % 3] for n, article in enumerate(articles)}
    newsroom = open_newsroom(articles, 10, 5, np.random.default_rng(3), tastes)
    assert newsroom.topic_shares.shape == (3,)
    assert newsroom.topics.tolist() == [("even", "odd", "third").index(tastes[a.article_id]) for a in newsroom.articles]


def test_the_log_is_in_order_of_time_and_of_id(rows):
    keys = [(row["time"], row["impression_id"]) for row in rows]
    assert keys == sorted(keys)
    assert [row["impression_id"] for row in rows] == sorted({row["impression_id"] for row in rows})


def test_no_article_is_shown_before_it_is_published(log, rows):
    published = {row["article_id"]: row["published"] for row in read_rows(log[0] / "articles.jsonl")}
    assert all(published[article] < row["time"] for row in rows for article in row["shown"])


def test_articles_keep_their_order_in_time(log):
    out, _ = log
    shown = read_rows(out / "articles.jsonl")
    times = [row["published"] for row in shown]
    assert times == sorted(times)
    assert times[0] >= "2025-01-04" and times[-1] < "2025-01-26"  # two days before the 6th, then 20 days


def test_a_list_has_different_articles_and_never_one_the_reader_has_just_clicked(rows):
    clicked: dict[str, list[str]] = {}
    for row in rows:
        assert len(set(row["shown"])) == len(row["shown"]) == SETTINGS.shown
        assert set(row["clicked"]) <= set(row["shown"])
        earlier = clicked.setdefault(row["user_id"], [])
        assert not set(earlier[-REMEMBERED_CLICKS:]) & set(row["shown"])
        earlier.extend(row["clicked"])


def test_most_lists_have_a_click_and_some_have_none(log, rows):
    _, report = log
    assert 1.3 < report.clicks / report.impressions < 1.6
    assert 0.1 < np.mean([not row["clicked"] for row in rows]) < 0.4


def test_a_few_readers_read_most(rows):
    _, counts = np.unique([row["user_id"] for row in rows], return_counts=True)
    assert np.sort(counts)[-30:].sum() > 0.25 * counts.sum()  # one reader in ten


def test_clicks_fall_with_position(rows):
    rate = np.array([[article in row["clicked"] for article in row["shown"]] for row in rows]).mean(axis=0)
    assert rate[0] > 1.5 * rate[9] > 1.5 * rate[19]


def test_the_truth_beats_the_readers_topics_which_beat_popularity_which_beats_chance(log, rows):
    out, _ = log
    topic = {row["article_id"]: row["category"] for row in read_rows(out / "articles.jsonl")}
    number = {name: n for n, name in enumerate(sorted(set(topic.values())))}
    truth = load_truth(out)
    by_topic: dict[str, np.ndarray] = {}  # (2, num_topics): clicked, shown
    by_article: dict[str, list[int]] = {}
    scores: dict[str, list[object]] = {"topics": [], "popularity": [], "truth": []}
    clicked = np.array([[article in row["clicked"] for article in row["shown"]] for row in rows])
    for row, is_clicked in zip(rows, clicked, strict=True):
        topics = np.array([number[topic[article]] for article in row["shown"]])
        counts = by_topic.setdefault(row["user_id"], np.zeros((2, len(number))))
        seen = [by_article.setdefault(article, [0, 0]) for article in row["shown"]]
        # Both rates lean on the overall one, 7 %, as long as little was shown.
        scores["topics"].append(((counts[0] + 0.35) / (counts[1] + 5))[topics])
        scores["popularity"].append([(clicks + 0.7) / (shows + 10) for clicks, shows in seen])
        scores["truth"].append(truth[row["impression_id"]])
        np.add.at(counts, (1, topics), 1)
        np.add.at(counts, (0, topics[is_clicked]), 1)
        for count, click in zip(seen, is_clicked, strict=True):
            count[0] += int(click)
            count[1] += 1
    auc = {name: mean_auc(np.array(score), clicked) for name, score in scores.items()}
    assert auc["truth"] > auc["topics"] > auc["popularity"] > 0.52, auc
    assert 0.80 < auc["truth"] < 0.87, auc
    assert 0.49 < mean_auc(np.random.default_rng(0).random(clicked.shape), clicked) < 0.51


def test_progress_is_told_each_day():
    lines: list[str] = []
    small = SimulatorSettings(readers=5, days=3, impressions_per_reader=4, shown=5)
    simulation = simulate(small, make_articles(200), lines.append)
    assert sum(len(batch.readers) for batch in simulation.batches) == simulation.num_impressions
    assert len(lines) == 3 and lines[-1].startswith("day 3 of 3")


def test_drift_changes_tastes_and_no_drift_leaves_them():
    newsroom = make_newsroom()
    readers = Readers(50, newsroom, np.random.default_rng(0))
    topics, words = readers.topic_tastes.copy(), readers.word_tastes.copy()
    readers.drift(0.0, np.random.default_rng(1))
    assert np.allclose(readers.topic_tastes, topics) and np.array_equal(readers.word_tastes, words)
    distances = []
    for night in range(20):
        readers.drift(1.0, np.random.default_rng(night))
        distances.append(np.abs(readers.topic_tastes - topics).mean())
    assert 0 < distances[0] < distances[9] < distances[19]
    assert np.allclose(readers.topic_tastes.sum(axis=1), 1)
    assert not np.array_equal(readers.word_tastes, words)


def test_preference_adds_topic_word_quality_and_age():
    newsroom = make_newsroom()
    readers = Readers(1, newsroom, np.random.default_rng(0))
    readers.topic_tastes = np.array([[0.25, 0.75]])
    readers.word_tastes = np.zeros_like(readers.word_tastes)
    article = 100
    readers.word_tastes[0, newsroom.title_words[article, 0]] = -1
    one_day_later = newsroom.published_s[[article]] + 86_400
    (likes,) = readers.preference(np.array([0]), one_day_later, np.array([[article]]))
    taste = (0.25, 0.75)[newsroom.topics[article]]
    assert likes == pytest.approx(4.5 * taste**0.5 - 3.0 + newsroom.quality[article] - 0.4)


def test_the_oldest_remembered_clicks_give_way():
    readers = Readers(2, make_newsroom(), np.random.default_rng(0))
    for first in range(0, 70, 5):
        shown = np.arange(first, first + 5)[None]
        readers.remember(np.array([1]), shown, np.ones((1, 5), bool))
    assert set(readers.clicked[1]) == set(range(70 - REMEMBERED_CLICKS, 70))
    assert set(readers.clicked[0]) == {-1}


def test_a_list_can_be_filled_when_almost_everything_was_clicked():
    newsroom = make_newsroom(count=138, days=60)  # the least for 5: 69 before the first day
    clicked = np.arange(69 - REMEMBERED_CLICKS, 69)[None]
    shown = newsroom.draw_shown(np.array([0]), clicked, 5, np.random.default_rng(0))
    assert sorted(shown[0]) == [0, 1, 2, 3, 4]


def test_popular_articles_are_shown_more_often():
    newsroom = make_newsroom()
    times_s = np.full(4000, 5 * 86_400)
    nothing = np.full((4000, REMEMBERED_CLICKS), -1)
    shown = newsroom.draw_shown(times_s, nothing, 5, np.random.default_rng(0))
    counts = np.bincount(shown.ravel(), minlength=400)
    drawn = np.flatnonzero(counts)
    best = drawn[np.argsort(newsroom.quality[drawn])]
    assert counts[best[-10:]].sum() > 1.5 * counts[best[:10]].sum()


def test_examination_falls_from_certainty():
    # position 2: 2 ** -0.35
    assert examination(2) == pytest.approx([1.0, 0.7846], abs=1e-4)


def test_ids_sort_as_numbers_do():
    assert [impression_id(9), impression_id(10)] == ["i000000009", "i000000010"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"readers": 0}, "give a reader"),
        ({"drift": -1.0}, "no negative number"),
        ({"impressions_per_reader": math.nan}, "no negative number"),
        ({"drift": math.inf}, "no negative number"),
        ({"clicks_per_impression": 0.0}, "give a number between 0 and"),
        ({"clicks_per_impression": 20.0}, "give a number between 0 and"),
    ],
)
def test_settings_out_of_range_are_refused(change, message):
    with pytest.raises(ValueError, match=message):
        SimulatorSettings(**change)


def test_articles_that_cannot_be_used_are_refused():
    settings = SimulatorSettings(readers=5, days=3, impressions_per_reader=4, shown=5)
    with pytest.raises(ValueError, match="137 articles are too few to show 5 at a time; give at least 138"):
        simulate(settings, make_articles(137), print)
    with pytest.raises(ValueError, match="article a0: the simulator needs `published` and `category`"):
        simulate(settings, [replace(make_articles(1)[0], published=None), *make_articles(140)], print)
    with pytest.raises(ValueError, match="no word stands in"):
        simulate(settings, [replace(article, title="the same") for article in make_articles(140)], print)
