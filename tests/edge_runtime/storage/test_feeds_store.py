"""Subscriptions: one a feed, kept with the state of their fetching, and nothing left of them when erased."""

from __future__ import annotations

import sqlite3
import stat
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime.errors import FeedError, StorageError, UnknownFeedError
from edge_runtime.storage.database import open_database
from edge_runtime.storage.feeds import MIGRATIONS, Feed, FeedStore

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
URL = "https://news.example/feed"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "feeds.db"


@pytest.fixture
def store(path):
    opened = FeedStore(path)
    yield opened
    opened.close()


def test_a_subscription_is_kept_when_the_file_is_opened_again(store, path):
    assert store.subscribe(URL, "Example News", "science", NOW)
    store.close()
    again = FeedStore(path)
    assert again.feeds() == [Feed(URL, "Example News", "science", NOW)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again.close()


def test_subscribing_twice_in_any_spelling_changes_nothing(store):
    assert store.subscribe(URL, "Mine", "science", NOW)
    assert not store.subscribe(" HTTPS://News.Example:443/feed#top ", "Other", "sport", NOW + timedelta(days=1))
    assert store.feeds() == [Feed(URL, "Mine", "science", NOW)]


def test_feeds_are_in_the_order_of_subscribing(store):
    urls = [f"https://{name}.example/" for name in "cab"]
    for url in urls:
        store.subscribe(url, "", "", NOW)
    assert [feed.url for feed in store.feeds()] == urls


@pytest.mark.parametrize("url", ["news.example/feed", "feed://news.example/", "file:///etc/passwd", "", "https://"])
def test_what_is_no_web_address_is_refused_with_a_hint(store, url):
    with pytest.raises(FeedError, match=r"put one of them in front|typing mistake"):
        store.subscribe(url, "", "", NOW)
    assert store.feeds() == []


def test_a_feed_can_be_renamed_given_a_topic_and_forgotten(store):
    store.subscribe(URL, "", "", NOW)
    store.rename(URL, "Mine")
    store.set_topic("HTTPS://news.example/feed", "science")
    assert store.feeds() == [Feed(URL, "Mine", "science", NOW)]
    store.unsubscribe(URL)
    assert store.feeds() == []


def test_a_feed_lies_in_a_folder_whatever_its_topic(store):
    store.subscribe(URL, "", "science", NOW, " News // Europe/")
    assert store.feeds() == [Feed(URL, "", "science", NOW, folder="News/Europe")]
    store.set_folder(URL, "/Later")
    assert store.feeds()[0].folder == "Later"
    store.set_folder(URL, "")
    assert store.feeds() == [Feed(URL, "", "science", NOW)]


def test_many_feeds_come_in_at_once_or_not_at_all(store):
    with pytest.raises(FeedError):
        store.subscribe_all([(URL, "", "", ""), ("ftp://news.example/", "", "", "")], NOW)
    assert store.feeds() == []
    assert store.subscribe_all([(URL, "A", "", ""), ("https://b.example/", "", "", "F"), (URL, "B", "", "")], NOW) == [
        True,
        True,
        False,
    ]
    assert [(feed.title, feed.folder) for feed in store.feeds()] == [("A", ""), ("", "F")]


def test_what_was_a_topic_and_a_folder_in_one_is_both(path):
    old = open_database(path, MIGRATIONS[:3])
    old.execute("INSERT INTO feeds (url, title, topic, added) VALUES (?, 'Old', 'TV/Radio', 0)", (URL,))
    old.close()
    store = FeedStore(path)
    assert [(feed.topic, feed.folder) for feed in store.feeds()] == [("TV/Radio", "TV／Radio")]
    store.close()


def test_a_feed_that_is_not_there_is_named_without_its_credentials(store):
    for change in (
        store.unsubscribe,
        lambda url: store.rename(url, "x"),
        lambda url: store.set_topic(url, "x"),
        lambda url: store.set_folder(url, "x"),
    ):
        with pytest.raises(UnknownFeedError, match=r"^https://news\.example/feed: not subscribed to") as caught:
            change("https://me:canary@news.example/feed")
        assert "canary" not in str(caught.value)


def test_credentials_are_kept_for_asking_and_not_shown(store):
    store.subscribe("https://me:se%40cret@news.example/feed?key=1", "", "", NOW)
    (feed,) = store.feeds()
    assert feed.url == "https://me:se%40cret@news.example/feed?key=1"
    assert feed.shown_url == "https://news.example/feed?…"


def test_what_a_fetch_left_comes_back_as_it_was(store):
    store.subscribe(URL, "", "", NOW)
    after = Feed(
        URL,
        "Example News",
        "",
        NOW,
        etag='"1"',
        last_modified="Tue, 24 Nov 2026 10:00:00 GMT",
        next_at=NOW + timedelta(minutes=15),
        is_told_to_wait=True,
        last_ok=NOW,
        last_error="slow",
        failures=3,
        is_gone=True,
        is_unreached=True,
        last_full=NOW - timedelta(days=1),
    )
    store.record(URL, after)
    assert store.feeds() == [after]


def test_titles_and_topics_of_the_reader_are_not_overwritten(store):
    store.subscribe(URL, "Mine", "science", NOW)
    (feed,) = store.feeds()
    store.record(URL, replace(feed, title="Theirs", topic="sport", failures=1))
    assert store.feeds() == [replace(feed, failures=1)]


def test_a_feed_that_moved_to_another_subscription_becomes_one_with_it(store):
    for path in "abc":
        store.subscribe(f"https://news.example/{path}", path, "", NOW)
    first, second, third = store.feeds()
    store.record(first.url, replace(first, url="https://news.example/new"))
    store.record(second.url, replace(second, url="https://news.example/new"))
    assert [(feed.url, feed.title) for feed in store.feeds()] == [("https://news.example/new", "a"), (third.url, "c")]


def test_a_feed_that_was_unsubscribed_meanwhile_stays_so(store):
    store.subscribe(URL, "", "", NOW)
    (feed,) = store.feeds()
    store.unsubscribe(URL)
    store.record(URL, replace(feed, failures=1))
    assert store.feeds() == []


def test_a_feed_that_had_gone_is_asked_again_after_subscribing_again(store):
    store.subscribe(URL, "", "", NOW)
    (feed,) = store.feeds()
    store.record(URL, replace(feed, is_gone=True))
    assert not store.subscribe(URL, "", "", NOW)
    assert store.feeds() == [feed]


def test_erasing_leaves_no_byte_of_a_feed(store, path):
    for number in range(50):
        store.subscribe(f"https://canary.example/{number}", "canary title", "canary topic", NOW)
    assert b"canary" in path.read_bytes()
    store.unsubscribe("https://canary.example/7")
    assert b"canary.example/7\0" not in path.read_bytes()
    store.erase()
    assert store.feeds() == [] and b"canary" not in path.read_bytes()
    assert store.subscribe(URL, "", "", NOW)


def test_a_full_disk_is_an_error_and_changes_nothing(store):
    store.subscribe(URL, "", "", NOW)
    (pages,) = store._db.execute("PRAGMA page_count").fetchone()
    store._db.execute(f"PRAGMA max_page_count={pages}")
    with pytest.raises(StorageError, match="the disk is full"):
        store.subscribe("https://other.example/" + "x" * 3000, "x" * 9000, "", NOW)
    assert [feed.url for feed in store.feeds()] == [URL]


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_files_of_every_earlier_release_are_opened(path, version):
    old = open_database(path, MIGRATIONS[:version])
    old.execute("INSERT INTO feeds (url, title, topic, added) VALUES (?, 'Old', '', 0)", (URL,))
    old.close()
    store = FeedStore(path)
    assert store.feeds() == [Feed(URL, "Old", "", datetime.fromtimestamp(0, UTC))]
    assert version > 2 or store.feeds()[0].identity == URL
    store.close()


def test_a_feed_that_moves_is_the_same_subscription(store):
    store.subscribe(URL, "", "", NOW)
    (feed,) = store.feeds()
    store.record(URL, replace(feed, url="https://elsewhere.example/feed"))
    assert [(one.url, one.identity) for one in store.feeds()] == [("https://elsewhere.example/feed", URL)]


def test_a_file_of_a_newer_release_is_refused(path):
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version=99")
    db.close()
    with pytest.raises(StorageError, match="newer release"):
        FeedStore(path)
