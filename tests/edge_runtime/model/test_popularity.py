"""What other readers made of an article: counts from a publisher, scored where the bundle knows how."""

from __future__ import annotations

import sqlite3
from dataclasses import astuple, replace
from datetime import timedelta
from math import log

import numpy as np
import pytest
from pytest import approx

from edge_runtime import Article, Popularity, Reader, parse_article, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.head import PopularityHead, head_bytes, head_from_bytes
from edge_runtime.model.scoring import popularity
from edge_runtime.storage.articles import m001_create_articles, m002_create_checks

WITH_COUNTS = PopularityHead(weight=0.5, usual_rate=0.1, trust=10)


def bundle_with(path, popularity_head):
    bundle = read_bundle(DEFAULT_BUNDLE)
    write_bundle(path, replace(bundle, head=replace(bundle.head, popularity=popularity_head)))
    return path


@pytest.fixture
def counting_bundle(tmp_path):
    return bundle_with(tmp_path / "counting.bundle", WITH_COUNTS)


@pytest.fixture
def plain_bundle(tmp_path):
    return bundle_with(tmp_path / "plain.bundle", None)


def test_the_score_of_counts_by_hand():
    head = replace(read_bundle(DEFAULT_BUNDLE).head, popularity=WITH_COUNTS)
    found = popularity(head, np.array([90.0, 0.0]), np.array([19.0, 0.0]))
    # (19 + 10 x 0.1) / (90 + 10) = 0.2, twice the usual rate; nothing known is the usual rate
    assert found[0] == approx(0.5 * log(2), abs=1e-6)
    assert found[1] == approx(0, abs=1e-7)


def test_a_head_comes_back_with_and_without_popularity():
    head = read_bundle(DEFAULT_BUNDLE).head
    for popularity_head in (None, WITH_COUNTS):
        data = head_bytes(replace(head, popularity=popularity_head))
        again = head_from_bytes(data, len(head.topic_bias), len(head.prior))
        assert (again.popularity is None) == (popularity_head is None)
    assert astuple(again.popularity) == approx(astuple(WITH_COUNTS), rel=1e-6)
    with pytest.raises(ValueError, match="usual rate"):
        bad = head_bytes(replace(head, popularity=PopularityHead(1.0, 1.5, 10.0)))
        head_from_bytes(bad, len(head.topic_bias), len(head.prior))


def test_popular_articles_rise_only_where_the_bundle_knows_counts(
    tmp_path, counting_bundle, plain_bundle, make_article, now
):
    twins = [
        replace(make_article(name, "Council meets"), popularity=Popularity(1000, clicks, now))
        for name, clicks in (("dull", 5), ("hit", 400))
    ]
    for bundle, first in ((counting_bundle, "hit"), (plain_bundle, "dull")):
        with Reader.open(tmp_path / first, bundle) as reader:
            reader.add(twins, now)
            feed = reader.feed(now)
            assert feed[0].article.article_id == first
            assert feed[0].article.popularity is not None
            assert (feed[0].parts["popularity"] != 0) == (first == "hit")
            assert reader.info()["uses_popularity"] == (first == "hit")


def test_without_counts_a_counting_bundle_scores_as_the_other(
    tmp_path, counting_bundle, plain_bundle, make_article, now
):
    articles = [make_article(f"a{n}", title) for n, title in enumerate(["Rain again", "Cup final", "New recipe"])]
    scores = []
    for name, bundle in (("with", counting_bundle), ("without", plain_bundle)):
        with Reader.open(tmp_path / name, bundle) as reader:
            reader.add(articles, now)
            scores.append([(scored.article.article_id, scored.score) for scored in reader.feed(now)])
    assert scores[0] == scores[1]


def test_newer_counts_are_kept_and_older_or_missing_ones_change_nothing(reader, make_article, now):
    article = make_article("a", "Rain again")
    reader.add([replace(article, popularity=Popularity(10, 1, now))], now)
    report = reader.add([replace(article, popularity=Popularity(20, 3, now + timedelta(hours=1)))], now)
    assert (report.added, report.updated, report.skipped) == (0, 0, 1)
    assert reader.article("a").popularity == Popularity(20, 3, now + timedelta(hours=1))
    reader.add([replace(article, popularity=Popularity(15, 2, now))], now)
    assert reader.article("a").popularity == Popularity(20, 3, now + timedelta(hours=1))
    reader.add([replace(article, title="Rain again and again")], now)
    assert reader.article("a").popularity == Popularity(20, 3, now + timedelta(hours=1))


def test_a_cache_from_before_there_were_counts_opens(tmp_path, now):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    db = sqlite3.connect(data / "cache.db")
    m001_create_articles(db)
    m002_create_checks(db)
    db.execute(
        "INSERT INTO articles VALUES (1, 'a', 'Rain again', '', '', '', '', '', NULL, 0, ?, 0.01, 'old')", (b"\1" * 48,)
    )
    db.execute("PRAGMA user_version = 2")
    db.commit()
    db.close()
    with Reader.open(data) as reader:
        assert [scored.article for scored in reader.feed(now)] == [Article("a", "Rain again")]


def test_counts_in_an_article_file():
    row = (
        '{"article_id": "a", "title": "t", "popularity": {"shown": %s, "clicked": %s, "as_of": "2026-11-24T12:00:00Z"}}'
    )
    article = parse_article(row % (1200, 85))
    assert article.popularity is not None
    assert (article.popularity.shown, article.popularity.clicked) == (1200, 85)
    for shown, clicked in ((1, 2), (-1, -1), (True, 0), ("10", 1), (1.5, 1), (10**13, 0)):
        with pytest.raises(ValueError, match="popularity"):
            parse_article(row % (f'"{shown}"' if isinstance(shown, str) else str(shown).lower(), clicked))
    with pytest.raises(ValueError, match="popularity"):
        parse_article('{"article_id": "a", "title": "t", "popularity": {"shown": 1}}')
    with pytest.raises(ValueError, match="time"):
        parse_article('{"article_id": "a", "title": "t", "popularity": {"shown": 1, "clicked": 1}}')
    own = parse_article('{"article_id": "a", "title": "t", "popularity": 0.7}')  # a field of the publisher's own
    assert own.popularity is None


def test_impossible_counts_are_refused(now):
    with pytest.raises(ValueError, match="5 clicked of 3 shown"):
        Popularity(3, 5, now)


def test_an_article_without_counts_is_not_called_popular(tmp_path, counting_bundle, make_article, now):
    dull = [replace(make_article(f"d{n}", f"Dull {n}"), popularity=Popularity(5000, 1, now)) for n in range(5)]
    with Reader.open(tmp_path / "data", counting_bundle) as reader:
        reader.add([*dull, make_article("u", "Uncounted")], now)
        (uncounted,) = (scored for scored in reader.feed(now) if scored.article.article_id == "u")
    assert uncounted.reason != "Many readers open it"
