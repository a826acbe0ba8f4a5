"""A network that is down is this device's trouble: it is told once, and no feed has to wait for it afterwards."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime.feeds.outcome import FeedStatus, SyncOptions
from edge_runtime.feeds.sync import sync_feeds
from edge_runtime.storage.database import open_database
from edge_runtime.storage.feeds import MIGRATIONS, FeedStore
from edge_runtime.types import AddReport
from tests.edge_runtime.feeds.hostile_server import redirect, response, rss

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCAL = SyncOptions(allow_private=True, time_limit_s=5)
HALF_HOUR = timedelta(minutes=30)

Answer = Callable[[str, int], list[str]]


def raising(error: Exception) -> Answer:
    def ask(host: str, port: int) -> list[str]:
        raise error

    return ask


def here(host: str, port: int) -> list[str]:
    return ["127.0.0.1"]


NO_NAME_SERVER = {
    "try again": raising(socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")),
    "system": raising(socket.gaierror(socket.EAI_SYSTEM, "System error")),
    "fails": raising(socket.gaierror(socket.EAI_FAIL, "Non-recoverable failure in name resolution")),
    "unreachable": raising(OSError(errno.ENETUNREACH, "Network is unreachable")),
    "without a number": raising(OSError("Temporary failure in name resolution")),
}
NO_SUCH_NAME = raising(socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
NO_ADDRESS = raising(socket.gaierror(socket.EAI_NODATA, "No address associated with hostname"))  # of Android offline


@pytest.fixture
def sync(store):
    def run(now: datetime, resolver: Answer = here, options: SyncOptions = LOCAL) -> list[str]:
        found = sync_feeds(store, lambda feed, parsed: AddReport(1, 0, 0, ()), now, options, resolver=resolver)
        return [outcome.status.value for outcome in found]

    return run


@pytest.fixture
def subscribe(server, store):
    def add(host: str, path: str = "/", answer: bytes | None = None) -> None:
        server.answers[path] = response(body=rss("One")) if answer is None else answer
        store.subscribe(server.url(path, host), "", "", NOW)

    return add


@pytest.fixture
def without_a_way(monkeypatch):
    """Every connection fails with an error of the system, until it is None."""
    connect = socket.socket.connect
    error = [errno.ENETUNREACH]

    def failing(self: socket.socket, address: object) -> None:
        if error[0]:
            raise OSError(error[0], "no way there")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", failing)
    return error


@pytest.mark.parametrize("hours", [0.5, 33])
@pytest.mark.parametrize("num_feeds", [1, 3])
@pytest.mark.parametrize("fault", NO_NAME_SERVER)
@pytest.mark.usefixtures("slow")
def test_an_outage_of_any_length_holds_no_feed_back(store, sync, subscribe, hours, num_feeds, fault):
    for number in range(num_feeds):
        subscribe(f"{number}.example", f"/{number}")
    assert sync(NOW) == ["new"] * num_feeds
    before, now = store.feeds(), NOW
    while now < NOW + timedelta(hours=hours):
        now += HALF_HOUR
        assert sync(now, NO_NAME_SERVER[fault]) == ["offline"] * num_feeds
        assert store.feeds() == before and store.last_sync() == NOW
    assert sync(now + timedelta(minutes=1)) == ["new"] * num_feeds
    assert store.last_sync() == now + timedelta(minutes=1)


@pytest.mark.parametrize("code", [errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EMFILE, errno.EPERM])
def test_a_device_without_a_way_to_the_servers_charges_no_feed(store, sync, subscribe, without_a_way, code):
    subscribe("news.example")
    without_a_way[0] = code
    for count in range(60):
        assert sync(NOW + count * HALF_HOUR) == ["offline"]
    (feed,) = store.feeds()
    assert (feed.failures, feed.next_at, feed.last_error) == (0, None, "")
    without_a_way[0] = 0
    assert sync(NOW + 60 * HALF_HOUR) == ["new"]


@pytest.mark.parametrize("silent", [NO_SUCH_NAME, NO_ADDRESS])
def test_when_several_hosts_are_silent_and_nobody_answers_it_is_the_network(store, sync, subscribe, silent):
    for number in range(3):
        subscribe(f"{number}.example", f"/{number}")
    assert sync(NOW, silent) == ["offline"] * 3
    assert all(feed.failures == 0 and feed.next_at is None for feed in store.feeds())


@pytest.mark.parametrize("silent", [NO_SUCH_NAME, NO_ADDRESS])
def test_of_one_silent_host_nobody_can_tell_so_it_waits_an_hour_at_most(store, sync, subscribe, silent):
    subscribe("news.example")
    now, waits = NOW, []
    for _ in range(6):
        assert sync(now, silent) == ["failed"]
        (feed,) = store.feeds()
        waits.append((feed.next_at - now) / timedelta(minutes=1))
        now = feed.next_at
    assert waits == [15, 30, 60, 60, 60, 60]
    assert sync(now) == ["new"] and store.feeds()[0].failures == 0


@pytest.mark.parametrize("silent", [NO_SUCH_NAME, *NO_NAME_SERVER.values()])
def test_a_host_that_is_silent_while_others_answer_is_charged_in_full(store, sync, subscribe, silent):
    subscribe("good.example", "/good")
    subscribe("dead.example", "/dead")

    def half(host: str, port: int) -> list[str]:
        return silent(host, port) if host == "dead.example" else ["127.0.0.1"]

    now, waits = NOW, []
    for _ in range(8):
        assert sync(now, half)[1] == "failed"
        dead = store.feeds()[1]
        waits.append((dead.next_at - now) / timedelta(minutes=1))
        now = dead.next_at
    assert waits == [15, 30, 60, 120, 240, 480, 960, 1440]
    assert dead.failures == 8 and "is the network down?" in dead.last_error


def test_what_was_charged_in_an_outage_is_forgotten_when_a_publisher_is_reached_again(store, sync, subscribe):
    subscribe("one.example", "/one")
    assert sync(NOW) == ["new"]
    subscribe("two.example", "/two")
    for count in range(1, 4):  # the other one is not due: of one silent host nobody can tell
        sync(NOW + timedelta(minutes=4 * count), NO_SUCH_NAME)
    assert store.feeds()[1].failures == 1
    now = NOW + timedelta(minutes=16)
    assert sync(now, here)[0] == "new"
    assert (store.feeds()[1].failures, store.feeds()[1].next_at) == (0, None)
    assert sync(now + timedelta(seconds=1)) == ["too early", "new"]


@pytest.mark.parametrize(
    "answer",
    [
        response(body=b"<html>Log in to this network</html>"),
        response("500 Oops"),
        b"",
        redirect("http://nowhere.example/"),
    ],
)
def test_whoever_answers_shows_that_the_network_is_there_and_is_charged(store, sync, subscribe, answer):
    subscribe("portal.example", "/", answer)

    def found(host: str, port: int) -> list[str]:
        return NO_NAME_SERVER["try again"](host, port) if host == "nowhere.example" else ["127.0.0.1"]

    assert sync(NOW, found) == ["failed"]
    (feed,) = store.feeds()
    assert feed.failures == 1 and feed.next_at == NOW + timedelta(minutes=15)


@pytest.mark.usefixtures("server")
def test_a_server_that_refuses_the_call_is_charged(store, sync):
    store.subscribe("http://127.0.0.1:1/feed", "", "", NOW)
    now = NOW
    for _ in range(8):
        assert sync(now) == ["failed"]
        now = store.feeds()[0].next_at
    assert store.feeds()[0].failures == 8 and now - NOW > timedelta(hours=24)


def test_without_a_thread_to_spare_feeds_are_fetched_one_after_the_other(store, sync, subscribe, monkeypatch):
    for number in range(5):
        subscribe(f"{number}.example", f"/{number}")
    start = threading.Thread.start

    def no_thread(self: threading.Thread) -> None:
        if self.name == "edge-news sync" or isinstance(self, threading.Timer):
            raise RuntimeError("can't start new thread")
        start(self)

    monkeypatch.setattr(threading.Thread, "start", no_thread)
    assert sync(NOW) == ["new"] * 5


def test_with_one_thread_to_spare_one_does_the_work(store, sync, subscribe, monkeypatch):
    for number in range(5):
        subscribe(f"{number}.example", f"/{number}")
    start, started = threading.Thread.start, []

    def one_thread(self: threading.Thread) -> None:
        if self.name == "edge-news sync":
            if started:
                raise RuntimeError("can't start new thread")
            started.append(self)
        start(self)

    monkeypatch.setattr(threading.Thread, "start", one_thread)
    assert sync(NOW) == ["new"] * 5


def test_back_offs_of_an_older_release_are_not_believed_but_wishes_of_servers_are(tmp_path):
    path = tmp_path / "old.db"
    old = open_database(path, MIGRATIONS[:1])
    later = int((NOW + timedelta(hours=20)).timestamp())
    for number, (failures, told) in enumerate([(9, 0), (1, 1), (0, 0)]):
        old.execute(
            "INSERT INTO feeds (url, title, topic, added, next_at, failures, is_told_to_wait) VALUES (?,'','',0,?,?,?)",
            (f"https://{number}.example/", later, failures, told),
        )
    old.close()
    store = FeedStore(path)
    assert [feed.next_at is None for feed in store.feeds()] == [True, False, False]
    assert store.last_sync() is None
    store.close()


def test_erasing_forgets_when_the_network_was_there(store, sync, subscribe):
    subscribe("news.example")
    sync(NOW)
    store.erase()
    assert store.last_sync() is None and sync(NOW) == []


def test_offline_is_a_status_of_its_own():
    assert FeedStatus.OFFLINE.value == "offline"
