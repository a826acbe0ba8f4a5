"""The service: rounds, their pauses, and one data directory that it shares with the app."""

from __future__ import annotations

import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from android_demo.core.wording import wording_of
from android_demo.service import INTERVAL_S, LIFE_S, PIECE_S, Round, run_round, run_rounds
from edge_runtime import PushSettings, Reader, SyncOptions, wanted_feed
from edge_runtime.notify.channels import Channels
from tests.edge_runtime.feeds.hostile_server import response, rss

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = SyncOptions(allow_private=True, force=True)
PROGRAM = Path(__file__).with_name("shared_directory.py")


class FakeNotifier:
    """Keeps what it was to show."""

    def __init__(self, *, is_allowed: bool = True) -> None:
        self.allowed, self.posted, self.bodies = is_allowed, [], []

    def is_allowed(self) -> bool:
        return self.allowed

    def ask(self, answered) -> None:
        answered(self.allowed)

    def post(self, title: str, body: str, tag: str) -> bool:
        self.posted.append(title)
        self.bodies.append(body)
        return True


@pytest.fixture
def subscribed(server, tmp_path):
    """A reader who takes any news; one more story is at the publisher's than was there when the feed was added."""
    server.answers["/feed"] = response(body=rss("Ferries"))
    with Reader.open(tmp_path) as reader:
        reader.subscribe([wanted_feed(server.url("/feed"))], NOON - timedelta(hours=2), HERE)
        reader.push_settings, reader.channels = PushSettings(threshold=0.0), Channels(desktop=True)
    server.answers["/feed"] = response(body=rss("Ferries", "Trams"))
    return tmp_path


def test_a_round_fetches_and_tells_what_is_new_once(subscribed):
    notifier = FakeNotifier()
    assert run_round(subscribed, NOON, UTC, notifier, HERE) == Round(new=1, sent=1)
    assert notifier.posted == ["Trams"]
    assert run_round(subscribed, NOON + timedelta(hours=2), UTC, notifier, HERE) == Round()


def test_it_tells_in_the_language_of_the_app(subscribed):
    notifier = FakeNotifier()
    run_round(subscribed, NOON, UTC, notifier, HERE, wording_of("zh"))
    assert notifier.posted == ["Trams"] and notifier.bodies[0]
    assert not re.search("[A-Za-z]{3}", notifier.bodies[0].replace("Ferries", ""))


def test_without_having_been_asked_nothing_is_told(subscribed):
    with Reader.open(subscribed) as reader:
        reader.channels = Channels()
    notifier = FakeNotifier()
    assert run_round(subscribed, NOON, UTC, notifier, HERE) == Round(new=1, sent=0) and not notifier.posted


def test_where_nothing_may_be_shown_nothing_counts_as_sent(subscribed):
    assert run_round(subscribed, NOON, UTC, FakeNotifier(is_allowed=False), HERE) == Round(new=1, sent=0)
    later = FakeNotifier()
    run_round(subscribed, NOON + timedelta(hours=1), UTC, later, HERE)
    assert later.posted == ["Trams"]


def test_what_cannot_be_opened_is_told_and_tried_again(tmp_path):
    (tmp_path / "reader").write_bytes(b"a file in the directory's place")
    assert run_round(tmp_path / "reader", NOON, UTC, FakeNotifier()).error


def test_rounds_are_half_an_hour_apart_and_end_before_android_ends_them():
    now, begun = 0.0, []

    def one_round() -> Round:
        begun.append(now)
        return Round()

    def wait(seconds: float) -> None:
        nonlocal now
        now += seconds

    run_rounds(one_round, lambda: now, wait)
    assert begun == [float(INTERVAL_S * number) for number in range(LIFE_S // INTERVAL_S)]
    assert now == LIFE_S < 6 * 3600


def test_a_phone_that_sleeps_makes_a_pause_longer_but_no_round_twice():
    now, begun = 0.0, []

    def one_round() -> Round:
        begun.append(now)
        return Round()

    def wait(seconds: float) -> None:
        nonlocal now
        # Asleep for an hour, once.
        now += 3600 if now == 2 * PIECE_S else seconds

    run_rounds(one_round, lambda: now, wait)
    assert begun[:3] == [0.0, 2 * PIECE_S + 3600.0, 2 * PIECE_S + 3600.0 + INTERVAL_S]
    assert now >= LIFE_S


class Shared:
    """A program on the shared directory, killed and started again."""

    def __init__(self, *arguments: str) -> None:
        self._command = [sys.executable, str(PROGRAM), *arguments]
        self.lines: list[str] = []
        self._start()

    def _start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def kill(self, after_s: float) -> None:
        """End it in the middle of its work, so long after its first line, and read what it said before."""
        self.lines.append(self._process.stdout.readline().rstrip())
        time.sleep(after_s)
        assert self._process.poll() is None, self._process.stderr.read()
        self._process.send_signal(signal.SIGKILL)
        # Not by `communicate`, which leaves out what `readline` has read ahead.
        self.lines += self._process.stdout.read().splitlines()
        self._process.communicate()

    def kill_and_restart(self, after_s: float) -> None:
        self.kill(after_s)
        self._start()


def test_app_and_service_share_a_directory_through_kills(slow, rounds, server, tmp_path):
    server.answers["/feed"] = response(body=rss(*(f"Story {number}" for number in range(60))))
    with Reader.open(tmp_path) as reader:
        reader.subscribe([wanted_feed(server.url("/feed"))], datetime.now(UTC), HERE)
    rng = random.Random(4)
    app, service = Shared("app", str(tmp_path)), Shared("service", str(tmp_path))
    end, kills = time.monotonic() + rounds(6, 60), 0
    while time.monotonic() < end:
        rng.choice((app, service)).kill_and_restart(rng.uniform(0, 0.5))
        kills += 1
    app.kill(0.2)
    service.kill(0.2)
    kept = app.lines.count("kept")
    with Reader.open(tmp_path) as reader:
        events, notices = len(reader.profile().events), reader.notices
    # One more a kill may be kept whose line was not written any more.
    assert kept <= events <= kept + kills + 1 and kept > kills / 4
    assert not notices
    ended = [line.split(maxsplit=2) for line in service.lines if line.startswith("round")]
    assert any(len(words) == 2 for words in ended)
    # Where the other one writes all the time, a round may have to be tried again; nothing else may stop it.
    assert all("another program is writing" in words[2] for words in ended if len(words) == 3)
    for database in tmp_path.glob("*.db"):
        with closing(sqlite3.connect(database)) as opened:
            assert opened.execute("PRAGMA integrity_check").fetchone() == ("ok",), database
