"""Back after days: what was missed is fetched first, and then it is one digest, in whatever order programs start."""

from __future__ import annotations

import errno
import socket
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from edge_runtime import Article, PushSettings, Reader, SyncOptions
from edge_runtime.notify.decide import decide
from edge_runtime.notify.types import PushCandidate, PushHistory
from tests.edge_runtime.feeds.hostile_server import response, rss

LOCAL = SyncOptions(allow_private=True, time_limit_s=5)
ALWAYS = PushSettings(threshold=0.0, quiet_hours=(time(0), time(0)), max_age_h=100)
LEFT = datetime(2026, 11, 21, 12, tzinfo=UTC)
BACK = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
OLD = ["Bakers save a bread recipe"]
MISSED = ["Volcano erupts in Iceland", "Senate votes on the budget", "Soup with white beans", "Cup final tonight"]


@pytest.fixture
def away(tmp_path, server):
    """Makes readers that synced and were notified three days ago; meanwhile four stories have come out."""
    opened = []

    def make(name: str) -> Reader:
        reader = Reader.open(tmp_path / name)
        opened.append(reader)
        reader.push_settings = ALWAYS
        server.answers["/feed"] = response(body=rss("What it held when it came"))
        reader.feeds.subscribe(server.url("/feed"), "", "", LEFT)
        reader.sync(LEFT - 3 * HOUR, LOCAL)
        assert push(reader, LEFT - 2 * HOUR) == []
        server.answers["/feed"] = response(body=rss(*OLD))
        reader.sync(LEFT, LOCAL)
        assert push(reader, LEFT + MINUTE) == [OLD]
        server.answers["/feed"] = response(body=rss(*OLD, *MISSED))
        return reader

    yield make
    for reader in opened:
        reader.close()


def no_network(self: socket.socket, address: object) -> None:
    raise OSError(errno.ENETUNREACH, "Network is unreachable")


def push(reader: Reader, now: datetime) -> list[list[str]]:
    """The titles of each notification, as a program that sends them gets them."""
    decision = reader.decide_pushes(now, UTC)
    reader.mark_sent(decision, now)
    groups = [decision.digest] if decision.digest else [(one,) for one in decision.send]
    return [sorted(one.article.title for one in group) for group in groups]


def test_the_order_of_the_programs_at_the_start_makes_no_difference(away):
    fetched_first, pushed_first = away("sync, push"), away("push, sync, push")
    told = [push(pushed_first, BACK)]
    for reader in (fetched_first, pushed_first):
        reader.sync(BACK + MINUTE, LOCAL)
    told.append(push(pushed_first, BACK + 2 * MINUTE))
    assert push(fetched_first, BACK + 2 * MINUTE) == [sorted(MISSED)]  # one digest, no flood
    assert told == [[], [sorted(MISSED)]]
    for reader in (fetched_first, pushed_first):
        assert push(reader, BACK + 3 * HOUR) == []


def test_without_a_network_the_device_stays_silent_about_what_it_missed(away, monkeypatch):
    reader = away("offline")
    reader.add([Article("x", "Chess champion retires", published=LEFT)], LEFT + 5 * MINUTE)
    with monkeypatch.context() as down:
        down.setattr(socket.socket, "connect", no_network)
        for hours in range(5):
            now = BACK + hours * HOUR
            reader.sync(now, LOCAL)
            decision = reader.decide_pushes(now, UTC)
            assert not decision.send and not decision.digest and not decision.settled
            assert decision.verdicts["x"] == "not sent: news since 2026-11-21 12:00 is fetched first"
            reader.mark_sent(decision, now)
    reader.sync(BACK + 24 * HOUR, LOCAL)
    assert push(reader, BACK + 24 * HOUR) == [sorted([*MISSED, "Chess champion retires"])]


def test_a_publisher_that_asks_for_patience_keeps_no_digest_back(away, server):
    reader = away("told to wait")
    server.answers["/feed"] = response("429 Too Many Requests", Retry_After="259200")  # three days
    reader.sync(LEFT + HOUR, LOCAL)
    reader.add([Article("x", "Chess champion retires", published=BACK - HOUR)], BACK - HOUR)
    assert push(reader, BACK) == [["Chess champion retires"]]


def test_without_subscriptions_what_was_missed_goes_at_once(tmp_path):
    with Reader.open(tmp_path / "data") as reader:
        reader.push_settings = ALWAYS
        push(reader, LEFT)
        reader.add([Article(title, title, published=BACK - HOUR) for title in MISSED], BACK)
        assert push(reader, BACK) == [sorted(MISSED)]


def candidates(count: int, at: datetime) -> list[PushCandidate]:
    return [PushCandidate(Article(f"a{n}", f"Title {n}"), f"a{n}", 0.5, at) for n in range(count)]


@pytest.mark.parametrize(("fetched_ago_h", "goes"), [(72, False), (6.1, False), (6, True), (0, True), (-5, True)])
def test_a_backlog_waits_while_news_is_older_than_half_of_the_shortest_absence(fetched_ago_h, goes):
    # The shortest absence that counts is 12 hours
    history = PushHistory(last_run=LEFT, last_sync=BACK - fetched_ago_h * HOUR)
    found = decide(candidates(3, BACK - 10 * HOUR), history, BACK, UTC, ALWAYS)
    assert (len(found.digest) == 3) == goes == found.settled
    assert not found.send


@pytest.mark.parametrize(("fetched", "goes"), [("01:59", False), ("02:00", True), ("08:20", True)])
def test_a_digest_is_not_spent_on_yesterdays_news(fetched, goes):
    # Due at 08:00, looked at at 08:30; half of twelve hours before 08:00 is 02:00
    now = datetime(2026, 11, 24, 8, 30, tzinfo=UTC)
    settings = replace(ALWAYS, threshold=1.0, digest_times=(time(8),))
    fetched_at = datetime.combine(now.date(), time.fromisoformat(fetched), UTC)
    history = PushHistory(last_run=now - 5 * HOUR, last_sync=fetched_at)
    found = decide(candidates(3, now - 12 * HOUR), history, now, UTC, settings)
    assert (len(found.digest) == 3) == goes == found.settled


@pytest.mark.parametrize(("looked_at", "goes"), [("07:30", False), ("08:29", False), ("08:30", True), ("09:00", True)])
def test_a_reader_who_syncs_once_each_evening_gets_the_morning_s_digest_an_hour_late(looked_at, goes):
    due = datetime(2026, 11, 24, 7, 30, tzinfo=UTC)
    now = datetime.combine(due.date(), time.fromisoformat(looked_at), UTC)
    history = PushHistory(last_run=due - 15 * MINUTE, last_sync=due - 11 * HOUR)
    found = decide(candidates(3, due - 11 * HOUR), history, now, UTC, replace(ALWAYS, digest_times=(due.time(),)))
    assert (len(found.digest) == 3) == goes == found.settled
    assert not found.send
    if not goes:
        assert found.next_at == due + HOUR


def test_a_backlog_s_digest_waits_for_a_sync_however_long_it_takes():
    settings = replace(ALWAYS, digest_times=(time(8),))
    history = PushHistory(last_run=LEFT, last_sync=LEFT)
    for hours in range(48):
        found = decide(candidates(3, BACK - HOUR), history, BACK + hours * HOUR / 2, UTC, settings)
        assert not found.digest and not found.send and not found.settled


def test_a_digest_that_could_not_go_for_six_hours_is_dropped_and_single_ones_go_on():
    now = datetime(2026, 11, 24, 14, tzinfo=UTC)  # six hours after it was due
    history = PushHistory(last_run=now - 10 * HOUR, last_sync=now - 13 * HOUR)
    found = decide(candidates(3, now - 2 * HOUR), history, now, UTC, replace(ALWAYS, digest_times=(time(8),)))
    assert len(found.send) == 1 and found.settled


def test_an_absence_that_ends_in_quiet_hours_is_not_settled_before_the_news_is_fetched():
    night = replace(ALWAYS, quiet_hours=(time(11), time(13)))
    history = PushHistory(last_run=LEFT, last_sync=LEFT)
    found = decide([], history, BACK, UTC, night)
    assert not found.settled
    assert decide([], replace(history, last_sync=BACK), BACK, UTC, night).settled


def test_switched_off_notifications_wait_for_nothing():
    history = PushHistory(last_run=LEFT, last_sync=LEFT)
    found = decide(candidates(1, BACK), history, BACK, UTC, replace(ALWAYS, daily_cap=0))
    assert found.settled and found.verdicts["a0"] == "not sent: notifications are switched off"


def test_a_sync_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="last_sync"):
        PushHistory(last_sync=LEFT.replace(tzinfo=None))
