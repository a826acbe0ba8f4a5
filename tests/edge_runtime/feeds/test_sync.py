"""Syncing subscriptions with a real server: one feed's trouble is its own, and servers are treated politely."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime.errors import UnknownFeedError
from edge_runtime.feeds import arriving as arriving_module
from edge_runtime.feeds import sync as sync_module
from edge_runtime.feeds.outcome import FeedStatus, SyncOptions
from edge_runtime.feeds.sync import sync_feeds
from edge_runtime.types import AddReport
from tests.edge_runtime.feeds.hostile_server import redirect, response, rss, slowly

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCAL = SyncOptions(allow_private=True, time_limit_s=5)
FORCED = replace(LOCAL, force=True)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


class Cache:
    """Takes articles as the reader's cache does: each is new once."""

    def __init__(self) -> None:
        self.titles: dict[str, str] = {}
        self.threads: set[int] = set()

    def take(self, feed, parsed) -> AddReport:
        self.threads.add(threading.get_ident())
        new = {article.article_id: article.title for article in parsed.articles}
        added = len(new.keys() - self.titles.keys())
        self.titles |= new
        return AddReport(added, 0, 0, ())


@pytest.fixture
def cache():
    return Cache()


@pytest.fixture
def sync(server, store, cache):
    def run(now=NOW, options=LOCAL, **more):
        return sync_feeds(store, cache.take, now, options, resolver=lambda host, port: ["127.0.0.1"], **more)

    return run


@pytest.fixture
def subscribe(server, store):
    def add(path="/", answer=None, host="news.example"):
        if answer is not None:
            server.answers[path] = answer
        store.subscribe(server.url(path, host), "", "", NOW)

    return add


def statuses(outcomes) -> list[str]:
    return [outcome.status.value for outcome in outcomes]


# --------------------------------------------------------------------------------------------------- articles come in


def test_articles_of_a_feed_come_in_once_and_then_the_feed_is_asked_for_changes(server, sync, subscribe, store, cache):
    subscribe(answer=response(body=rss("One", "Two"), ETag='"1"'))
    (first,) = sync()
    assert (first.status, first.added, first.feed.title) == (FeedStatus.NEW, 2, "Example News")
    assert sorted(cache.titles.values()) == ["One", "Two"] and cache.threads == {threading.get_ident()}
    assert store.feeds() == [first.feed]
    assert (first.feed.etag, first.feed.last_ok, first.feed.next_at) == ('"1"', NOW, NOW + minutes(15))
    server.answers["/"] = response("304 Not Modified")
    (second,) = sync(NOW + minutes(15))
    assert second.status is FeedStatus.UNCHANGED and b'If-None-Match: "1"' in server.requests[1]
    assert second.feed.etag == '"1"' and second.feed.last_ok == NOW + minutes(15)


def test_a_feed_that_brings_only_what_is_known_is_unchanged(sync, subscribe):
    subscribe(answer=response(body=rss("One")))
    assert statuses(sync()) == ["new"]
    assert statuses(sync(options=FORCED)) == ["unchanged"]


def test_the_feeds_that_a_page_names_are_data_and_lie_where_the_redirects_ended(server, sync, subscribe):
    page = b'<html><link rel="alternate" type="application/rss+xml" href="f.xml"></html>'
    subscribe("/", redirect("/en/"))
    server.answers["/en/"] = response(body=page)
    (found,) = sync()
    assert (found.status, found.page_feeds) == (FeedStatus.FAILED, (server.url("/en/f.xml", "news.example"),))


@pytest.mark.usefixtures("slow")
def test_outcomes_are_told_as_they_come_and_returned_in_the_order_of_subscribing(sync, subscribe):
    subscribe("/slow", slowly(response(body=rss("One")), 0.3, step=10_000), host="slow.example")
    subscribe("/slow2", slowly(response(body=rss("One")), 0.3, step=200), host="slow.example")
    subscribe("/quick", response(body=rss("Two")), host="quick.example")
    told = []
    returned = sync(progress=told.append)
    assert [outcome.feed.url.rsplit("/", 1)[1] for outcome in returned] == ["slow", "slow2", "quick"]
    assert len(told) == 3 and told[-1].feed.url.endswith("slow2")


def test_no_feeds_make_no_outcomes(sync):
    assert sync() == []


def test_warnings_of_fetching_and_of_reading_are_in_the_outcome(sync, subscribe, store):
    subscribe(answer=response(body=rss("One")[:-16], Content_Length="9999", ETag='"1"'))
    (found,) = sync()
    assert found.status is FeedStatus.NEW and len(found.warnings) >= 2 and "cut short" in found.warnings[0]
    assert store.feeds()[0].etag == ""


def test_the_articles_at_the_head_of_a_feed_beyond_the_limit_come_in(sync, subscribe, store):
    whole = rss(*(f"News {number}" for number in range(100)), "x" * (8 << 20))
    subscribe(answer=response(body=whole, ETag='"1"'))
    (found,) = sync()
    assert (found.status, found.error) == (FeedStatus.NEW, "") and found.added >= 100
    assert "more than 8,388,608 bytes" in found.warnings[0] and store.feeds()[0].etag == ""


def is_conditional(request: bytes) -> bool:
    return b"If-None-Match" in request


def test_a_server_that_says_for_ever_that_nothing_has_changed_is_believed_for_a_week(server, sync, subscribe, store):
    subscribe(answer=response(body=rss("One"), ETag='"1"'))
    sync()
    server.answers["/"] = response("304 Not Modified")
    for days in (1, 4, 6.9):
        assert statuses(sync(NOW + timedelta(days=days))) == ["unchanged"]
    server.answers["/"] = response(body=rss("One", "Two"), ETag='"1"')
    (found,) = sync(NOW + timedelta(days=7))
    assert [is_conditional(request) for request in server.requests] == [False, True, True, True, False]
    assert found.added == 1 and store.feeds()[0].last_full == NOW + timedelta(days=7)
    sync(NOW + timedelta(days=8))
    assert is_conditional(server.requests[-1])


@pytest.mark.parametrize("last_full", [None, NOW + timedelta(seconds=1), NOW - timedelta(days=7)])
def test_when_it_is_not_known_when_all_came_all_is_asked_for(server, sync, subscribe, store, last_full):
    subscribe(answer=response(body=rss("One")))
    (feed,) = store.feeds()
    store.record(feed.url, replace(feed, etag='"1"', last_modified=NOW.ctime(), last_full=last_full))
    sync()
    assert b"If-" not in server.requests[0]


# ---------------------------------------------------------------------------------------------------------- trouble


@pytest.mark.usefixtures("slow")
def test_one_bad_feed_among_five_stops_no_other(server, sync, subscribe, store):
    bad = {
        "/reset": b"",
        "/html": response(body=b"<!doctype html><p>Hello", Content_Type="text/html"),
        "/missing": response("404 Not Found"),
        "/late": slowly(response(body=rss("x")), 0.2),
    }
    for number, (path, answer) in enumerate(bad.items()):
        subscribe(f"/good{number}", response(body=rss(f"Good{number}")), host=f"good{number}.example")
        subscribe(path, answer, host=f"bad{number}.example")
    found = sync(options=replace(LOCAL, time_limit_s=1))
    assert statuses(found) == ["new", "failed"] * 4
    for outcome, path in zip(found[1::2], bad, strict=True):
        assert path in outcome.error and outcome.feed.last_error == outcome.error and outcome.feed.failures == 1
    assert [feed.last_error for feed in store.feeds()[::2]] == [""] * 4


def test_a_fault_of_our_own_is_told_and_stops_no_other(sync, subscribe, monkeypatch):
    parse = arriving_module.parse_feed

    def faulty(data, url, *more, **named):
        if "faulty" in url:
            raise RecursionError("in http://me:canary@news.example/")
        return parse(data, url, *more, **named)

    monkeypatch.setattr(arriving_module, "parse_feed", faulty)
    subscribe("/faulty", response(body=rss("One")))
    subscribe("/good", response(body=rss("Two")))
    bad, good = sync()
    assert good.status is FeedStatus.NEW
    assert bad.error.startswith("RecursionError: ") and "report" in bad.error and "canary" not in bad.error


def test_neither_credentials_nor_keys_are_in_what_is_told_of_a_feed(sync, subscribe):
    for path, answer in {"/404?key=hidden": b"", "/html?key=hidden": response(body=b"hello")}.items():
        subscribe(path, answer, host="me:canary@news.example")
    for outcome in sync():
        told = f"{outcome.error}{outcome.warnings}{outcome.feed.last_error}{outcome.feed.shown_url}"
        assert outcome.error and "canary" not in told and "hidden" not in told


def test_waits_after_failures_double_from_a_quarter_of_an_hour_to_a_day(sync, subscribe, store):
    subscribe(answer=response("500 Oops"))
    now, waits = NOW, []
    for _ in range(9):
        (found,) = sync(now)
        assert found.status is FeedStatus.FAILED
        assert statuses(sync(found.feed.next_at - timedelta(seconds=1))) == ["too early"]
        waits.append((found.feed.next_at - now) / minutes(1))
        now = found.feed.next_at
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440, 1440]
    assert store.feeds()[0].failures == 9


def test_a_success_ends_the_failures_and_what_was_known_of_the_version_outlives_them(server, sync, subscribe, store):
    subscribe(answer=response(body=rss("One"), ETag='"1"'))
    sync()
    server.answers["/"] = response("500 Oops")
    sync(NOW + minutes(15))
    server.answers["/"] = response("304 Not Modified")
    (found,) = sync(NOW + minutes(30))
    assert (found.status, found.feed.failures, found.feed.last_error) == (FeedStatus.UNCHANGED, 0, "")


def test_a_feed_that_is_gone_is_not_asked_again_unless_forced(server, sync, subscribe):
    subscribe(answer=response("410 Gone"))
    (found,) = sync()
    assert found.status is FeedStatus.GONE and "unsubscribe" in found.error
    assert statuses(sync(NOW + timedelta(days=400))) == ["gone"] and len(server.requests) == 1
    server.answers["/"] = response(body=rss("One"))
    assert statuses(sync(NOW + timedelta(days=400), FORCED)) == ["new"]


# ----------------------------------------------------------------------------------------------------------- moving


def test_a_feed_that_moved_for_good_is_asked_at_its_new_address(server, sync, subscribe, store):
    subscribe("/old", redirect("/new", "301 Moved Permanently"))
    server.answers["/new"] = response(body=rss("One"))
    (found,) = sync()
    assert (found.feed.url, found.moved_from) == (
        server.url("/new", "news.example"),
        server.url("/old", "news.example"),
    )
    sync(options=FORCED)
    assert server.asked() == ["/old", "/new", "/new"]
    assert store.feeds()[0].url == server.url("/new", "news.example")


@pytest.mark.parametrize("answer", [response("404 Not Found"), response(body=b"<html>Log in to this network</html>")])
def test_an_address_is_not_given_up_for_one_that_has_no_feed(server, sync, subscribe, store, answer):
    subscribe("/old", redirect("/new", "301 Moved Permanently"))
    server.answers["/new"] = answer
    assert statuses(sync()) == ["failed"]
    assert store.feeds()[0].url == server.url("/old", "news.example")


def test_a_portal_that_answers_for_every_address_costs_no_feed_its_own(server, sync, subscribe, store):
    # What a hotel's network does: a move for good, a cookie, and a page that sends to another.
    subscribe("/f", response("301 Moved", Location="/portal", Set_Cookie="guest=1; Path=/"))
    (before,) = store.feeds()
    server.answers["/portal"] = response(body=b"<html><meta http-equiv=refresh content='0;url=/login'></html>")
    server.answers["/login"] = response(body=b"<html>Your room, please</html>", ETag='"portal"')
    (found,) = sync()
    assert (found.status, found.feed.url, found.feed.etag) == (FeedStatus.FAILED, before.url, "")
    server.answers["/f"] = response(body=rss("One"))
    assert statuses(sync(options=FORCED)) == ["new"] and b"Cookie" not in server.requests[-1]


def test_two_feeds_that_moved_to_one_address_become_one(server, sync, subscribe, store):
    for path in ("/a", "/b"):
        subscribe(path, redirect("/c", "301 Moved Permanently"))
    server.answers["/c"] = response(body=rss("One"))
    assert sorted(statuses(sync())) == ["new", "unchanged"]
    assert [feed.url for feed in store.feeds()] == [server.url("/c", "news.example")]


def test_articles_are_the_same_wherever_a_passing_redirect_ends(server, sync, subscribe, cache):
    subscribe()
    for day in range(3):
        server.answers["/"] = redirect(f"/copy?signature={day}")
        server.answers[f"/copy?signature={day}"] = response(
            body=b"<rss><channel><item><guid isPermaLink='false'>7</guid><title>One</title></item></channel></rss>"
        )
        sync(NOW + timedelta(days=day))
    assert len(server.requests) == 6 and list(cache.titles.values()) == ["One"]


# --------------------------------------------------------------------------------------------------------- politeness


def test_a_feed_is_asked_at_most_once_in_its_interval_unless_forced(server, sync, subscribe):
    subscribe(answer=response(body=rss("One")))
    found = [statuses(sync(NOW + minutes(at)))[0] for at in (0, 5, 14.9, 15, 20)]
    assert found == ["new", "too early", "too early", "unchanged", "too early"]
    assert len(server.requests) == 2
    sync(NOW + minutes(20), FORCED)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "headers, wait",
    [
        ({"Retry_After": "7200"}, timedelta(hours=2)),
        ({"Retry_After": "Tue, 24 Nov 2026 14:00:00 GMT", "Date": "Tue, 24 Nov 2026 12:00:00 GMT"}, timedelta(hours=2)),
        ({"Retry_After": "1"}, minutes(15)),
        ({"Retry_After": "99999999999"}, timedelta(days=7)),
        ({}, minutes(15)),
    ],
)
def test_a_server_that_asks_for_patience_gets_it_even_if_forced(server, sync, subscribe, headers, wait):
    subscribe(answer=response("429 Too Many Requests", **headers))
    (found,) = sync()
    assert (found.status, found.feed.next_at) == (FeedStatus.TOLD_TO_WAIT, NOW + wait)
    assert "asked again after" in found.error
    (early,) = sync(NOW + wait - timedelta(seconds=1), FORCED)
    assert (early.status, early.error) == (FeedStatus.TOLD_TO_WAIT, found.error)
    assert len(server.requests) == 1
    server.answers["/"] = response(body=rss("One"))
    assert statuses(sync(NOW + wait)) == ["new"]


@pytest.mark.parametrize(
    "answer", [response(body=rss("One")), response("500 Oops"), response("503 No", Retry_After="9")]
)
@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)])
def test_a_clock_that_jumped_holds_no_feed_back(server, sync, subscribe, answer, wrong):
    subscribe(answer=answer)
    sync(wrong)
    sync(NOW)
    assert len(server.requests) == 2


def test_a_clock_that_was_five_days_ahead_holds_a_good_feed_back_no_longer_than_its_interval(server, sync, subscribe):
    subscribe(answer=response(body=rss("One")))
    sync(NOW + timedelta(days=5))
    assert statuses(sync(NOW)) == ["unchanged"]


def test_chosen_feeds_are_fetched_at_once_and_no_others(server, sync, subscribe, store):
    for path in ("/a", "/b", "/c"):
        subscribe(path, response(body=rss(path[1:])))
    sync()
    (found,) = sync(NOW + minutes(1), only=[server.url("/b", "NEWS.example") + "#top"])
    assert found.feed.url == server.url("/b", "news.example") and found.status is FeedStatus.UNCHANGED
    assert server.asked() == ["/a", "/b", "/c", "/b"]
    assert sync(NOW + minutes(2), only=[]) == []
    with pytest.raises(UnknownFeedError, match=r"^https://none\.example/: not subscribed to"):
        sync(NOW + minutes(2), only=["https://me:canary@none.example/"])


def test_a_chosen_feed_that_was_told_to_wait_is_not_asked(server, sync, subscribe):
    subscribe(answer=response("503 Busy", Retry_After="7200"))
    sync()
    assert statuses(sync(NOW + minutes(1), only=[server.url("/", "news.example")])) == ["told to wait"]
    assert len(server.requests) == 1


def test_after_a_chosen_feed_the_others_news_is_still_to_come(server, sync, subscribe, store):
    subscribe(answer=response(body=rss("One")))
    sync(only=[server.url("/", "news.example")])
    assert store.last_sync() is None
    sync(NOW + minutes(20))
    assert store.last_sync() == NOW + minutes(20)


def test_the_disk_is_waited_for_once_for_what_comes_in_together(sync, subscribe, store, monkeypatch):
    monkeypatch.setattr(sync_module, "KEEP_EVERY_S", 60)
    kept = []
    record_all = store.record_all
    monkeypatch.setattr(store, "record_all", lambda pairs: (kept.append(len(pairs)), record_all(pairs)))
    for number in range(20):
        subscribe(f"/{number}", response(body=rss("One")))
    sync()
    assert kept == [20] and {feed.last_ok for feed in store.feeds()} == {NOW}


def test_hosts_are_asked_in_parallel_but_each_over_one_connection_at_a_time(server, sync, subscribe):
    for number in range(12):
        answer = slowly(response(body=rss(str(number))), 0.02, step=200)
        subscribe(f"/{number}", answer, host=f"{'abcd'[number % 4]}.example")
    for number in range(12, 16):  # of other hosts, all sent to one
        subscribe(f"/{number}", redirect(server.url("/0", "a.example")), host=f"{number}.example")
    assert statuses(sync()).count("failed") == 0
    assert {count for host, count in server.most_at_once.items() if host} == {1}
    assert 2 <= server.most_at_once[""] <= 4
    assert len(server.requests) == 20


def test_a_host_with_many_feeds_holds_no_other_host_up(sync, subscribe):
    for number in range(8):
        subscribe(f"/{number}", slowly(response(body=rss(str(number))), 0.02, step=200), host="many.example")
    subscribe("/other", response(body=rss("Other")), host="other.example")
    told = []
    sync(options=replace(LOCAL, workers=2), progress=told.append)
    assert "other" in [outcome.feed.url.rsplit("/", 1)[1] for outcome in told[:3]]


# ---------------------------------------------------------------------------------------------------------- interrupts


def wait_for_threads() -> bool:
    """Whether no thread of a sync is left within six seconds."""
    end = time.monotonic() + 6
    while any(thread.name == "edge-news sync" for thread in threading.enumerate()):
        if time.monotonic() > end:
            return False
        time.sleep(0.01)
    return True


@pytest.mark.usefixtures("slow")
def test_ctrl_c_keeps_what_was_done_and_leaves_the_rest_for_the_next_time(server, sync, subscribe, store, cache):
    subscribe("/quick", response(body=rss("Quick")), host="quick.example")
    subscribe("/slow", slowly(response(body=rss("Slow")), 0.1), host="slow.example")
    done = threading.Event()

    def interrupt():
        done.wait(5)
        time.sleep(0.05)
        signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # what a shell starts behind "&" ignores it
    threading.Thread(target=interrupt, daemon=True).start()
    started = time.monotonic()
    try:
        with pytest.raises(KeyboardInterrupt):
            sync(options=replace(LOCAL, time_limit_s=4), progress=lambda outcome: done.set())
    finally:
        signal.signal(signal.SIGINT, before)
    assert time.monotonic() - started < 3.5
    quick, slow = store.feeds()
    assert quick.last_ok == NOW and list(cache.titles.values()) == ["Quick"]
    assert slow.next_at is None and slow.failures == 0
    assert wait_for_threads()
    server.answers["/slow"] = response(body=rss("Slow"))
    assert statuses(sync()) == ["too early", "new"]


def test_an_error_of_the_caller_ends_the_threads_and_the_feed_is_asked_again(sync, subscribe, store):
    for number in range(20):
        subscribe(f"/{number}", response(body=rss(str(number))), host=f"{number}.example")

    def full(feed, parsed):
        raise OSError("no space")

    with pytest.raises(OSError, match="no space"):
        sync_feeds(store, full, NOW, LOCAL, resolver=lambda host, port: ["127.0.0.1"])
    assert all(feed.last_ok is None and feed.next_at is None for feed in store.feeds())
    assert wait_for_threads()
    assert statuses(sync()) == ["new"] * 20


def test_the_runtime_loads_urllib3_only_to_fetch():
    code = (
        "import sys, edge_runtime, edge_runtime.feeds.sync, edge_runtime.storage.feeds; print('urllib3' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "False\n"
