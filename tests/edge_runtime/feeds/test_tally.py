"""Every request is counted by its host, to the byte but for a status line, and kept where that can be."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime.errors import FetchError
from edge_runtime.feeds.fetch_picture import fetch_picture
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.feeds.preview import preview_feed
from edge_runtime.feeds.tally import REQUESTS, Tally
from edge_runtime.feeds.wanted import wanted_feed
from edge_runtime.reader import Reader
from edge_runtime.storage.requests import MOST_HOSTS, HostRequests
from tests.edge_runtime.feeds.hostile_server import redirect, response, rss, slowly

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LOCAL = SyncOptions(allow_private=True, time_limit_s=5)


@pytest.fixture(autouse=True)
def _counted_here():
    """What other tests asked is not told here."""
    REQUESTS.take()
    yield
    REQUESTS.take()


@pytest.fixture
def reader(tmp_path, one_model):
    with Reader.open(tmp_path) as opened:
        yield opened


def made(*hosts: str, number: int = 1) -> list[HostRequests]:
    return [HostRequests(host, number, 100, 1000, NOW) for host in hosts]


def test_feeds_pictures_previews_and_each_hop_are_counted_with_their_bytes(server, reader):
    server.answers |= {"/feed": response(body=rss("One")), "/old": redirect(server.url("/feed"))}
    server.answers["/picture"] = response(body=b"x" * 5000, Content_Type="image/png")
    reader.subscribe([wanted_feed(server.url("/old"))], NOW, LOCAL)
    fetch_picture(server.url("/picture"), NOW, LOCAL)
    preview_feed(wanted_feed(server.url("/feed")), NOW, LOCAL)
    (counted,) = reader.requests_made()
    assert (counted.host, counted.requests, counted.since) == ("127.0.0.1", 4, NOW)
    assert counted.requests == len(server.requests)
    assert counted.sent_bytes == sum(map(len, server.requests))
    answers = (*(server.answers[path] for path in ("/old", "/feed", "/picture", "/feed")),)
    assert counted.received_bytes == pytest.approx(sum(map(len, answers)), abs=8 * len(answers))  # 302 Found, 200 OK


def test_a_request_without_an_answer_was_sent_all_the_same(server, reader):
    server.answers["/cut"] = slowly(b"", pause_s=0)
    with pytest.raises(FetchError):
        preview_feed(wanted_feed(server.url("/cut")), NOW, LOCAL)
    (counted,) = reader.requests_made()
    assert counted.requests == len(server.requests) > 0
    assert counted.received_bytes == 0


def test_counts_grow_over_starts_and_erasing_leaves_none(tmp_path, one_model):
    for day in range(2):
        REQUESTS.add([HostRequests("news.example", 1, 100, 1000, NOW + timedelta(days=day))])
        Reader.open(tmp_path).close()
    with Reader.open(tmp_path) as reader:
        assert reader.requests_made() == [HostRequests("news.example", 2, 200, 2000, NOW)]
        REQUESTS.add(made("other.example"))
        reader.erase()
        assert reader.requests_made() == []
    assert b"news.example" not in (tmp_path / "feeds.db").read_bytes()


def test_in_private_mode_only_hosts_of_feeds_keep_their_names(reader):
    reader.feeds.subscribe("https://feed.example/rss", "", "", NOW)
    REQUESTS.add(made("before.example"))
    reader.requests_made()
    reader.private = True
    REQUESTS.add(made("before.example", "feed.example", "looked-at.example"))
    named = {one.host: one.requests for one in reader.requests_made()}
    assert named == {"before.example": 2, "feed.example": 1, "": 1}


def test_where_nothing_can_be_written_the_count_waits(reader):
    REQUESTS.add(made("news.example"))
    reader.feeds.requests._db.execute("PRAGMA query_only = ON")  # as a disk that can only be read
    assert reader.sync(NOW, LOCAL) == []  # breaks nothing
    assert reader.requests_made() == made("news.example")
    reader.feeds.requests._db.execute("PRAGMA query_only = OFF")
    assert reader.requests_made() == reader.feeds.requests.all() == made("news.example")


def test_a_server_that_leads_through_ever_new_hosts_fills_no_disk(reader):
    REQUESTS.add(made(*(f"h{number}.example" for number in range(MOST_HOSTS + 5))))
    counted = {one.host: one.requests for one in reader.requests_made()}
    assert len(counted) == MOST_HOSTS + 1 and counted[""] == 5


def test_a_tally_adds_up():
    tally = Tally()
    for number in (1, 2):
        tally.count("a.example", NOW, number, 10 * number)
    assert tally.waiting() == tally.take() == [HostRequests("a.example", 2, 3, 30, NOW)]
    assert tally.take() == []
