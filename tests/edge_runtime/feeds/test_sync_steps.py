"""A sync in steps: how far it is, an end on the way, and fetching in another thread than the databases' own."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Reader, Signal
from edge_runtime.errors import StorageError
from edge_runtime.feeds.arriving import Asking
from edge_runtime.feeds.outcome import FeedStatus, SyncOptions
from edge_runtime.feeds.sync import SyncRun
from edge_runtime.types import AddReport
from tests.edge_runtime.feeds.hostile_server import response, rss, slowly

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCAL = SyncOptions(allow_private=True, time_limit_s=5)
STOPPED = FeedStatus.STOPPED


@pytest.fixture
def subscribed(server, store):
    """Five feeds of one host, which is asked for one after the other."""
    for number in range(5):
        server.answers[f"/{number}"] = response(body=rss(f"News {number}"))
        store.subscribe(server.url(f"/{number}", "news.example"), "", "", NOW)
    return store


@pytest.fixture
def begin(store):
    def run(now=NOW, take=lambda feed, parsed: AddReport(1, 0, 0, ()), **more):
        return SyncRun(store, take, now, LOCAL, asking=Asking(lambda host, port: ["127.0.0.1"]), **more)

    return run


def statuses(outcomes) -> list[str]:
    return [outcome.status.value for outcome in outcomes]


def test_each_outcome_says_how_far_it_is(subscribed, begin):
    told = []
    run = begin(progress=told.append)
    assert run.total == 5
    found = run.run()
    assert [(one.done, one.total) for one in told] == [(n, 5) for n in range(1, 6)]
    assert found == told  # one host: in the order of subscribing
    again = []
    begin(NOW + timedelta(minutes=1), progress=again.append)  # that none is due is told at once
    assert [(one.status.value, one.done) for one in again] == [("too early", n) for n in range(1, 6)]


def test_it_ends_after_the_feed_at_hand_and_the_others_are_as_they_were(server, subscribed, begin):
    before, told, ended = subscribed.feeds(), [], []
    run = begin(progress=told.append, at_end=lambda: ended.append(1))
    for arrived in run.arriving():
        run.take(arrived)
        if len(told) == 2:
            run.stop.set()
    assert statuses(run.finish()) == ["new", "new", *[STOPPED] * 3]
    run.close()
    assert (len(told), ended) == (2, [1])
    assert subscribed.feeds()[2:] == before[2:] and subscribed.last_sync() is None
    assert server.asked()[:2] == ["/0", "/1"]
    assert statuses(begin(NOW + timedelta(minutes=1)).run()) == ["too early"] * 2 + ["new"] * 3


def test_no_feed_is_asked_after_a_stop(server, subscribed, begin):
    run = begin()
    run.stop.set()
    assert statuses(run.run()) == [STOPPED] * 5
    assert server.requests == []


def test_a_stop_waits_for_no_silent_server(server, store, begin):
    server.answers["/"] = slowly(response(body=rss("One")), 0.3)
    store.subscribe(server.url("/", "news.example"), "", "", NOW)
    run = begin()
    threading.Timer(0.05, run.stop.set).start()
    started = time.monotonic()
    assert statuses(run.run()) == [STOPPED]
    assert time.monotonic() - started < 2
    assert store.feeds()[0].failures == 0


def test_what_no_server_answered_is_charged_to_none_after_a_stop(store, begin):
    store.subscribe("http://silent.example:9/", "", "", NOW)
    store.subscribe("http://other.example:9/", "", "", NOW)
    before = store.feeds()
    run = SyncRun(store, lambda feed, parsed: AddReport(0, 0, 0, ()), NOW, LOCAL, asking=Asking(lambda host, port: []))
    for arrived in run.arriving():
        run.take(arrived)
    run.stop.set()
    assert statuses(run.finish()) == [STOPPED] * 2
    assert store.feeds() == before


def test_a_feed_that_was_unsubscribed_meanwhile_is_not_taken(subscribed, begin):
    taken = []
    run = begin(take=lambda feed, parsed: (taken.append(feed.url), AddReport(1, 0, 0, ()))[-1])
    found = list(run.arriving())
    gone = subscribed.feeds()[1].url
    subscribed.unsubscribe(gone)
    for arrived in found:
        run.take(arrived)
    assert statuses(run.finish()) == ["new", STOPPED, "new", "new", "new"]
    assert gone not in taken and len(subscribed.feeds()) == 4


def test_what_was_taken_before_an_error_is_kept(subscribed, begin):
    reports = iter([AddReport(1, 0, 0, ())])

    def take(feed, parsed):
        for report in reports:
            return report
        raise StorageError("full")

    ended = []
    with pytest.raises(StorageError):
        begin(take=take, at_end=lambda: ended.append(1)).run()
    assert [feed.last_ok for feed in subscribed.feeds()] == [NOW, *[None] * 4]
    assert ended == [1]


def test_fetching_in_another_thread_leaves_the_readers_thread_free(server, tmp_path, make_article, now):
    """One worker owns the reader, as in an app: a tap during a slow fetch does not wait for the server."""
    answers, told = threading.Event(), []

    def answer():
        answers.wait(10)
        yield response(body=rss("One", "Two"))

    server.answers["/"] = answer
    with ThreadPoolExecutor(1) as worker:
        reader = worker.submit(Reader.open, tmp_path / "data").result()
        worker.submit(reader.add, [make_article("a", "Rain again")], now).result()
        worker.submit(reader.feeds.subscribe, server.url("/"), "", "", now).result()
        run = worker.submit(reader.begin_sync, now, replace(LOCAL, workers=1), told.append).result()
        outcomes = []

        def fetch() -> None:
            for arrived in run.arriving():
                worker.submit(run.take, arrived).result()
            outcomes.extend(worker.submit(run.finish).result())

        fetching = threading.Thread(target=fetch)
        fetching.start()
        worker.submit(reader.record, "a", Signal.LIKE, now).result()
        assert [one.article.article_id for one in worker.submit(reader.feed, now).result()] == ["a"]
        assert told == []  # the server is still at it
        answers.set()
        fetching.join()
        assert statuses(outcomes) == ["new"]
        assert worker.submit(reader.count).result() == 3
        worker.submit(reader.close).result()


def test_a_sync_of_a_reader_ends_at_an_event(server, reader, now):
    for number in range(3):
        server.answers[f"/{number}"] = response(body=rss(f"News {number}"))
        reader.feeds.subscribe(server.url(f"/{number}"), "", "", now)
    stop = threading.Event()
    found = reader.sync(now, LOCAL, lambda outcome: stop.set(), stop=stop)
    assert statuses(found) == ["new", STOPPED, STOPPED]
    assert reader.count() == 1
