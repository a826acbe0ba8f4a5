"""Warm articles: the table comes back as it was, new articles stay as they were, and the explanation says why."""

from __future__ import annotations

import struct
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from pytest import approx

from edge_runtime import Article, BundleError, Event, NewsModel, Reader, Signal, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.scoring import co_clicks
from edge_runtime.model.warm_articles import (
    WarmArticles,
    article_hash,
    co_click_similarity,
    warm_articles,
    warm_articles_from_bytes,
)
from edge_runtime.personal.similar_reads import also_opened

COLLIDING = ("plumless", "buckeroo")  # two words of one CRC-32


def unit(rows) -> np.ndarray:
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def random_table(num_warm=50, dim=12, bits=8) -> tuple[list[str], np.ndarray, WarmArticles]:
    ids = [f"N{number}" for number in range(num_warm)]
    vectors = unit(np.random.default_rng(0).normal(size=(num_warm, dim)))
    return ids, vectors, warm_articles(ids, vectors, weight=2.5, usual=0.25, bits=bits)


@pytest.fixture
def football_bundle(tmp_path):
    """Whoever reads "cup" opens "odd" too, and not "far", although no text says so."""
    vectors = unit(np.array([[1.0, 0.0], [0.9, 0.1], [-1.0, 0.1]]))
    table = warm_articles(["cup", "odd", "far"], vectors, weight=9.0, usual=0.0, bits=8)
    path = tmp_path / "warm.bundle"
    write_bundle(path, replace(read_bundle(DEFAULT_BUNDLE), warm_articles=table))
    return path


@pytest.fixture
def three(make_article) -> list[Article]:
    return [
        make_article("cup", "Cup final goes to penalties"),
        make_article("odd", "Recipe for a winter stew"),
        make_article("far", "Recipe for a summer salad"),
        make_article("new", "Recipe for an autumn pie"),
    ]


# ------------------------------------------------------------------------------------------------------- the table


@pytest.mark.parametrize("bits, most_off", [(8, 0.005), (4, 0.09)])
def test_a_table_comes_back_with_every_row_under_its_id(bits, most_off):
    ids, vectors, table = random_table(bits=bits)
    data = table.to_bytes()
    again = warm_articles_from_bytes(data)
    assert len(data) == 16 + 50 * (4 + 2 + 12 * bits // 8)
    assert (again.weight, again.usual) == (2.5, 0.25)
    found = again.vectors([*ids[::-1], "unknown"])
    assert np.abs(found[:-1] - vectors[::-1]).max() < most_off
    assert not found[-1].any()
    assert again.to_bytes() == data


def test_ids_of_one_hash_are_left_out_and_cannot_be_taken_for_each_other():
    assert article_hash(COLLIDING[0]) == article_hash(COLLIDING[1])
    table = warm_articles([COLLIDING[0], "alone", COLLIDING[1]], np.eye(3, dtype=np.float32), 1.0, 0.0, 8)
    found = warm_articles_from_bytes(table.to_bytes()).vectors([*COLLIDING, "alone"])
    assert found == approx(np.array([[0, 0, 0], [0, 0, 0], [0, 1, 0]]), abs=0.01)


def test_ids_in_any_script_and_no_ids_at_all():
    table = warm_articles(["新闻", "н-1"], np.eye(2, dtype=np.float32), 1.0, 0.0, 8)
    assert table.vectors(["н-1", "новость", "新闻"]) == approx(np.array([[0, 1], [0, 0], [1, 0]]), abs=0.01)
    assert table.vectors([]).shape == (0, 2)


@pytest.mark.parametrize(
    "change, said",
    [
        (lambda data: data[:10], "too few"),
        (lambda data: data[:30], "before the hashes"),
        (lambda data: data[:-1], "bytes, but 50 rows"),
        (lambda data: data + b"\0", "bytes, but 50 rows"),
        (lambda data: data[:16] + data[20:24] + data[16:20] + data[24:], "ascending"),
        (lambda data: data[:16] + data[16:20] * 2 + data[24:], "ascending"),
        (lambda data: struct.pack("<IHHff", 50, 12, 5, 2.5, 0.25) + data[16:], "5 bits"),
        (lambda data: struct.pack("<IHHff", 0, 12, 8, 2.5, 0.25) + data[16:], "0 warm articles"),
        (lambda data: struct.pack("<IHHff", 50, 12, 8, float("nan"), 0.25) + data[16:], "weight nan"),
        (lambda data: struct.pack("<IHHff", 50, 12, 8, -1.0, 0.25) + data[16:], "weight -1"),
        (lambda data: struct.pack("<IHHff", 50, 12, 8, 2.5, 1.5) + data[16:], "usual similarity 1.5"),
    ],
)
def test_a_damaged_table_is_refused(change, said):
    with pytest.raises(ValueError, match=said):
        warm_articles_from_bytes(change(random_table()[2].to_bytes()))


# ------------------------------------------------------------------------------------------------------ the bundle


def test_a_bundle_has_the_table_as_a_member_or_not_at_all(tmp_path):
    plain = read_bundle(DEFAULT_BUNDLE)
    assert plain.warm_articles is None and "warm_articles" not in plain.member_bytes
    _, _, table = random_table()
    write_bundle(tmp_path / "warm", replace(plain, warm_articles=table))
    warm = read_bundle(tmp_path / "warm")
    assert set(warm.member_bytes) == {*plain.member_bytes, "warm_articles"}
    assert warm.warm_articles.to_bytes() == table.to_bytes()
    write_bundle(tmp_path / "again", warm)
    assert (tmp_path / "again").read_bytes() == (tmp_path / "warm").read_bytes()
    write_bundle(tmp_path / "plain", replace(warm, warm_articles=None))
    assert (tmp_path / "plain").read_bytes() == DEFAULT_BUNDLE.read_bytes()


def test_a_bundle_with_a_damaged_table_is_refused_by_name(tmp_path):
    _, _, table = random_table()
    crooked = replace(table, hashes=table.hashes[::-1])
    write_bundle(tmp_path / "b", replace(read_bundle(DEFAULT_BUNDLE), warm_articles=crooked))
    with pytest.raises(BundleError, match=r"member warm_articles .*ascending.*get the bundle again"):
        read_bundle(tmp_path / "b")


# ------------------------------------------------------------------------------------------------------- the score


def test_similarity_is_the_mean_cosine_to_the_warm_clicks_by_hand():
    clicks = np.array([[1, 0], [0, 0], [0, 1]], np.float32)  # the second one is not warm
    candidates = np.array([[0.6, 0.8], [0, 0], [1, 0]], np.float32)
    found = co_click_similarity(clicks, candidates)
    assert found[[0, 2]] == approx([(0.6 + 0.8) / 2, 1 / 2])
    assert np.isnan(found[1])
    assert np.isnan(co_click_similarity(np.zeros((2, 2), np.float32), candidates)).all()
    assert np.isnan(co_click_similarity(np.zeros((0, 2), np.float32), candidates)).all()


def test_the_part_is_weight_times_what_is_above_the_usual_and_zero_where_nothing_is_known(football_bundle, three):
    news = NewsModel(read_bundle(football_bundle))
    table = replace(news.bundle.warm_articles, weight=2.0, usual=0.25)
    rows = news.warm_vectors([article.article_id for article in three])
    state = news.read_clicks(news.encode(three[:1]), np.zeros(1, np.int64), warm=rows[:1])
    found = co_clicks(table, state, rows)
    cosines = [1, 0.9 / np.hypot(0.9, 0.1), -1 / np.hypot(1, 0.1)]
    assert found == approx([*(2 * (cosine - 0.25) for cosine in cosines), 0], abs=0.02)
    assert found[3] == 0
    assert (co_clicks(None, state, rows) == 0).all()
    new_reader = news.read_clicks(news.encode([]), np.zeros(0, np.int64))
    assert (co_clicks(table, new_reader, rows) == 0).all()


def test_only_the_last_clicks_of_a_long_history_count(football_bundle):
    news = NewsModel(read_bundle(football_bundle))
    length = news.bundle.manifest.history_length
    rows = np.arange(2 * (length + 3), dtype=np.float32).reshape(-1, 2)
    vectors = np.zeros((length + 3, news.bundle.manifest.dim), np.float32)
    state = news.read_clicks(vectors, np.zeros(length + 3, np.int64), warm=rows)
    assert (state.warm == rows[3:]).all()


def test_new_articles_and_cold_readers_get_the_same_scores_bit_for_bit(tmp_path, football_bundle, three, now):
    found = {}
    for name, bundle in (("plain", DEFAULT_BUNDLE), ("warm", football_bundle)):
        for clicked in ("cup", "new"):
            with Reader.open(tmp_path / f"{name}-{clicked}", bundle) as reader:
                reader.add(three, now)
                reader.record(clicked, Signal.OPEN, now)
                found[name, clicked] = {scored.article.article_id: scored for scored in reader.feed(now)}
    for article_id in ("cup", "odd", "far", "new"):
        assert found["warm", "new"][article_id].score == found["plain", "new"][article_id].score
        assert found["plain", "cup"][article_id].parts["co_clicks"] == 0
    assert found["warm", "cup"]["new"].score == found["plain", "cup"]["new"].score
    assert found["warm", "cup"]["odd"].score > found["plain", "cup"]["odd"].score
    assert found["warm", "cup"]["far"].score < found["plain", "cup"]["far"].score


# -------------------------------------------------------------------------------------------------- the explanation


def test_what_readers_of_a_read_opened_too_rises_and_says_so(tmp_path, football_bundle, three, now):
    with Reader.open(tmp_path / "data", football_bundle) as reader:
        reader.add(three, now)
        reader.record("cup", Signal.OPEN, now - timedelta(hours=1))
        feed = reader.feed(now)
        assert reader.info()["warm_articles"] == 3
        assert [scored.article.article_id for scored in feed] == ["odd", "new", "far", "cup"]
        assert feed[0].reason == "Readers of “Cup final goes to penalties” opened it too"
        for scored in feed:
            assert sum(scored.parts.values()) == scored.score
            assert "opened it too" not in scored.reason or scored.parts["co_clicks"] > 0
        explained = reader.explain("odd", now).scored
        assert explained.reason == feed[0].reason and explained.parts == feed[0].parts


def test_the_read_that_is_named_is_the_one_with_the_most_shared_readers(football_bundle, three, now):
    news = NewsModel(read_bundle(football_bundle))
    cup, odd, far, new = three
    events = [Event(article, Signal.OPEN, now) for article in (far, cup, new)]
    rows = news.warm_vectors([event.article.article_id for event in events])
    state = news.read_clicks(news.encode([far, cup, new]), np.zeros(3, np.int64), warm=rows)

    def named(article):
        return also_opened(state, events, article, news.warm_vectors([article.article_id])[0])

    assert named(odd) == cup
    assert named(new) is None  # not warm
    assert named(cup) is None  # not by itself, and "far" lies on the other side
