"""The engine on real SQLite files with the default bundle."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from pytest import approx

from edge_runtime import (
    Article,
    BundleError,
    Reader,
    Signal,
    StorageError,
    UnknownArticleError,
    bring_back_bundle,
    demo_articles,
    install_bundle,
    is_bundle_installed,
    read_bundle,
    write_bundle,
)
from edge_runtime.errors import DamagedError
from edge_runtime.installation import DEFAULT_BUNDLE, bundle_of


def test_adding_counts_new_changed_and_same(reader, make_article, now):
    first = make_article("a", "Rain again")
    report = reader.add([first, make_article("b", "")], now)
    assert (report.added, report.updated, report.skipped) == (1, 0, 1)
    assert reader.add([first], now).skipped == 1
    assert reader.add([replace(first, title="Sun at last")], now).updated == 1
    assert reader.article("a").title == "Sun at last"


def test_the_parts_of_every_score_add_up_to_it(full, now):
    feed = full.feed(now)
    full.record(feed[3].article.article_id, Signal.LIKE, now)
    full.record(feed[9].article.article_id, Signal.DISLIKE, now)
    full.record(feed[5].article.article_id, Signal.OPEN, now)
    again = full.feed(now)
    assert len(again) == len(feed)
    for scored in again:
        assert sum(scored.parts.values()) == approx(scored.score, abs=1e-6)
    assert all(scored.reason for scored in again[:2])  # what a list has told often enough is left out


def test_opening_food_brings_food_up(full, now):
    food = [scored.article for scored in full.feed(now) if scored.article.category == "food"]
    rest = {article.article_id for article in food[2:]}

    def mean_place() -> float:
        places = [place for place, scored in enumerate(full.feed(now)) if scored.article.article_id in rest]
        return sum(places) / len(places)

    before = mean_place()
    for article in food[:2]:
        full.record(article.article_id, Signal.OPEN, now)
    assert mean_place() < before


def test_a_disliked_article_sinks_and_explains_it(full, now):
    top = full.feed(now)[0].article.article_id
    full.record(top, Signal.DISLIKE, now)
    assert full.feed(now)[0].article.article_id != top
    assert full.explain(top, now).scored.parts["disliked"] < 0


def test_an_explanation_names_the_read_that_drew_the_article_up(reader, make_article, now):
    reader.add(
        [
            make_article("soup", "How to cook soup with beans", category="food"),
            make_article("stew", "How to cook stew with beans", category="food"),
            make_article("vote", "Senate votes on the budget", category="politics"),
        ],
        now,
    )
    reader.record("soup", Signal.OPEN, now)
    reader.record("vote", Signal.OPEN, now)
    similar = reader.explain("stew", now).similar_reads
    assert similar[0].article.article_id == "soup"
    assert sum(read.share for read in similar) == approx(1, abs=1e-5)


def test_a_new_article_beats_the_same_one_when_old_and_the_future_is_not_newer_than_now(reader, make_article, now):
    for name, age_h in (("new", 0), ("old", 100), ("future", -10_000)):
        reader.add([make_article(name, "Rain again", age_h=age_h)], now)
    scores = {scored.article.article_id: scored.score for scored in reader.feed(now)}
    assert scores["new"] > scores["old"]
    assert scores["future"] == approx(scores["new"])


def test_what_was_recorded_is_there_after_opening_again(tmp_path, now):
    with Reader.open(tmp_path) as reader:
        reader.add(demo_articles(now), now)
        reader.record(reader.feed(now)[0].article.article_id, Signal.LIKE, now)
        feed = reader.feed(now)
    with Reader.open(tmp_path) as reader:
        again = reader.feed(now)
        assert [(one.article, one.reason, one.is_read) for one in again] == [
            (one.article, one.reason, one.is_read) for one in feed
        ]
        # Sums that are kept up are rounded otherwise than those that are made anew.
        assert [one.score for one in again] == approx([one.score for one in feed], abs=1e-5)
        assert reader.profile().events[0].signal is Signal.LIKE


def test_erasing_leaves_no_byte_of_the_profile(tmp_path, make_article, now):
    with Reader.open(tmp_path) as reader:
        reader.add([make_article("m", "Quetzalcoatlus sighted", category="weird")], now)
        reader.record("m", Signal.OPEN, now)
        assert b"Quetzalcoatlus" in (tmp_path / "profile.db").read_bytes()
        reader.erase()
        assert reader.profile().events == ()
        found = {path.name for path in tmp_path.iterdir() if b"Quetzalcoatlus" in path.read_bytes()}
        assert found == {"cache.db"}  # the cached article, which says nothing of who read it


@pytest.mark.usefixtures("slow")
def test_another_bundle_encodes_the_cache_anew_and_keeps_the_profile(tmp_path, now):
    other = tmp_path / "other.bundle"
    bundle = read_bundle(DEFAULT_BUNDLE)
    write_bundle(other, replace(bundle, head=replace(bundle.head, freshness=9.0)))
    with Reader.open(tmp_path / "data") as reader:
        reader.add(demo_articles(now), now)
        reader.record(reader.feed(now)[0].article.article_id, Signal.OPEN, now)
    install_bundle(tmp_path / "data", other)
    with Reader.open(tmp_path / "data") as reader:
        assert len(reader.profile().events) == 1
        assert max(scored.parts["freshness"] for scored in reader.feed(now)) > 4


def test_a_bad_bundle_is_not_installed(tmp_path):
    (tmp_path / "bad").write_bytes(b"EDGENEWS" + bytes(100))
    with pytest.raises(BundleError):
        install_bundle(tmp_path / "data", tmp_path / "bad")
    assert not (tmp_path / "data" / "news.bundle").exists()


def test_the_bundle_before_comes_back_and_at_last_that_of_the_package(tmp_path):
    data, versions = tmp_path / "data", []
    bundle = read_bundle(DEFAULT_BUNDLE)
    for name in ("one", "two"):
        write_bundle(tmp_path / name, replace(bundle, manifest=replace(bundle.manifest, model_version=name)))
        install_bundle(data, tmp_path / name)
    while is_bundle_installed(data):
        versions.append(read_bundle(bundle_of(data)).manifest.model_version)
        bring_back_bundle(data)
    assert versions == ["two", "one"]
    bring_back_bundle(data)
    assert bundle_of(data) == DEFAULT_BUNDLE


def test_a_damaged_bundle_can_be_replaced(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "news.bundle").write_bytes(b"EDGENEWS" + bytes(100))
    install_bundle(tmp_path / "data", DEFAULT_BUNDLE)
    assert read_bundle(tmp_path / "data" / "news.bundle").sha256 == read_bundle(DEFAULT_BUNDLE).sha256


def test_topics_are_those_that_the_profile_counts(tmp_path, now):
    with Reader.open(tmp_path) as reader:
        articles = demo_articles(now)[:20]
        reader.add(articles, now)
        for article in articles:
            reader.record(article.article_id, Signal.OPEN, now)
        topics = reader.topics_of(articles)
        shares = reader.profile().topic_shares
    named = [topic for topic in topics if topic]
    assert shares == {topic: named.count(topic) / len(named) for topic in shares} and set(shares) == set(named)


def test_an_unknown_article_and_a_damaged_database_are_typed_errors(tmp_path, now):
    with Reader.open(tmp_path) as reader, pytest.raises(UnknownArticleError):
        reader.record("nope", Signal.OPEN, now)
    (tmp_path / "profile.db").write_bytes(b"no database" * 500)
    with pytest.raises(StorageError):
        Reader.open(tmp_path)


@pytest.mark.parametrize("damage", ["head", "middle", "cut"])
@pytest.mark.usefixtures("slow")
def test_a_damaged_cache_is_put_aside_and_reading_goes_on(tmp_path, now, damage):
    articles = [Article(str(n), f"Headline {n} about the weather", published=now) for n in range(300)]
    with Reader.open(tmp_path) as reader:
        reader.add(articles, now)
        reader.feeds.subscribe("https://news.example/feed", "News", "", now)
        (feed,) = reader.feeds.feeds()
        reader.feeds.record(feed.url, replace(feed, etag='"1"', next_at=now))
        reader.record("7", Signal.SAVE, now)
        reader.record("8", Signal.LIKE, now)
    path = tmp_path / "cache.db"
    whole = path.read_bytes()
    path.write_bytes(
        {
            "head": b"no database" + whole[11:],
            "middle": whole[:8192] + b"\xff" * (len(whole) - 8192),
            "cut": whole[: len(whole) // 8192 * 4096],
        }[damage]
    )
    broken = path.read_bytes()
    with Reader.open(tmp_path) as reader:
        assert "damaged" in reader.notices[0].fact
        assert [scored.article.article_id for scored in reader.feed(now)] == ["7"]
        assert len(reader.profile().events) == 2 and reader.saved() == [articles[7]]
        assert [(feed.etag, feed.next_at) for feed in reader.feeds.feeds()] == [("", None)]
        assert reader.add(articles, now).added == 299
    assert (tmp_path / "cache.db.damaged").read_bytes() == broken
    with Reader.open(tmp_path) as reader:
        assert not reader.notices and len(reader.latest()) == 300


def test_a_damaged_cache_where_nothing_can_be_written_is_a_typed_error(tmp_path, monkeypatch):
    Reader.open(tmp_path).close()
    (tmp_path / "cache.db").write_bytes(b"no database" * 500)

    def refuse(*_):
        raise PermissionError(13, "read-only")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(DamagedError, match=r"cache\.db"):
        Reader.open(tmp_path)
    assert (tmp_path / "cache.db").read_bytes() == b"no database" * 500


def test_an_empty_cache_gives_an_empty_feed(reader, now):
    assert reader.feed(now + timedelta(days=1)) == []


def test_what_is_removed_is_gone_but_for_what_is_saved(tmp_path, make_article, now):
    with Reader.open(tmp_path) as reader:
        reader.add([make_article(name, f"Rain in {name}") for name in "abc"], now)
        reader.feed(now)
        reader.record("a", Signal.SAVE, now)
        assert reader.remove(["a", "b", "unknown"]) == 1
        assert {article.article_id for article in reader.latest()} == {"a", "c"}
