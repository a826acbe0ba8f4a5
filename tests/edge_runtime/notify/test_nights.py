"""Many simulated days of a device whose clock and zone are set at random, checked against real time.

The simulation knows the real time, which no clock of the device shows, and stores what docs/push.md says. A restart
loses the monotonic clock.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import numpy as np
import pytest

from edge_runtime.notify.decide import FLOOR, decide
from edge_runtime.notify.types import PushCandidate, PushDecision, PushHistory, PushSettings
from edge_runtime.types import Article, SentPush

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",  # half an hour of daylight saving
    "Africa/Casablanca",  # back to winter time for a month
    "Asia/Beirut",  # changes at midnight
    "Antarctica/Troll",  # changes by two hours
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
    "Asia/Kathmandu",
)
HOUR_S = 3600.0
DAY_S = 86400.0
WORLD_DAYS = 40

pytestmark = pytest.mark.skipif(not set(ZONES) <= available_timezones(), reason="no time zone database on this machine")


@dataclass
class Sent:
    """A notification as it truly was."""

    real_s: float
    device: datetime  # by the device's clock


@dataclass
class World:
    """A device and its reader; `run` lives through some days and checks every notification."""

    rng: np.random.Generator
    settings: PushSettings
    jumps: bool  # the clock is set to 1970, to 2100, back, forward; otherwise it is right
    real_s: float = 0.0
    offset_s: float = 0.0  # the device's clock minus the real one
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    log: list[SentPush] = field(default_factory=list)
    last_run: datetime | None = None
    run_real_s: float = 0.0  # of the last settled decision
    knows_elapsed: bool = False  # whether the device could read the monotonic clock then and has not restarted since
    alive: list[PushCandidate] = field(default_factory=list)
    read_ids: set[str] = field(default_factory=set)
    stories_sent: set[str] = field(default_factory=set)
    notifications: list[Sent] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    number: int = 0

    def now(self) -> datetime:
        return datetime.fromtimestamp(round(self.real_s + self.offset_s), UTC)

    def run(self, days: int) -> None:
        # Mostly shortly before the clocks change somewhere.
        day = self.rng.choice([self.rng.uniform(45, 75), self.rng.uniform(260, 290), self.rng.uniform(0, 365)])
        year = datetime(int(self.rng.integers(2027, 2035)), 1, 1, tzinfo=UTC)
        self.real_s = year.timestamp() + day * DAY_S
        self.zone = ZoneInfo(str(self.rng.choice(ZONES)))
        end_s = self.real_s + days * DAY_S
        while self.real_s < end_s:
            before = self.zone.utcoffset(self.real())
            away = self.rng.random() < 0.01
            self.real_s += self.rng.uniform(13, 60) * HOUR_S if away else self.rng.uniform(0.2, 4.5) * HOUR_S
            self.seen["clock changes"] += self.zone.utcoffset(self.real()) != before
            if self.rng.random() < 0.02:
                self.zone = ZoneInfo(str(self.rng.choice(ZONES)))
                self.seen["journeys"] += 1
            if self.jumps and self.rng.random() < 0.05:
                self.set_clock()
            if self.rng.random() < 0.03 and not self.is_believed_lie(self.offset_s):
                self.knows_elapsed = False
                self.seen["restarts"] += 1
            self.publish()
            self.look()
        self.seen["days"] += days

    def real(self) -> datetime:
        return datetime.fromtimestamp(self.real_s, UTC)

    def is_believed_lie(self, offset_s: float) -> bool:
        """The one case that nothing tells from an absence, see docs/push.md: without a monotonic clock, less than a
        week too much."""
        if self.last_run is None:
            return False
        by_clock_s = self.real_s + offset_s - self.last_run.timestamp()
        return self.real_s - self.run_real_s + 1 < by_clock_s <= 7 * DAY_S

    def set_clock(self) -> None:
        kind = str(self.rng.choice(["right", "right", "1970", "2100", "back", "forward"]))
        offset_s = {
            "right": 0.0,
            "1970": self.rng.uniform(0, 300) * DAY_S - self.real_s,
            "2100": datetime(2100, 1, 1, tzinfo=UTC).timestamp() - self.real_s,
            "back": self.offset_s - self.rng.exponential(2) * DAY_S,
            "forward": self.offset_s + self.rng.exponential(2) * DAY_S,
        }[kind]
        if offset_s != self.offset_s and (self.knows_elapsed or not self.is_believed_lie(offset_s)):
            self.offset_s = offset_s
            self.seen[kind] += 1

    def publish(self) -> None:
        """Some new articles, some of known stories; some are read or hidden; the oldest go."""
        for _ in range(self.rng.poisson(2.0)):
            self.number += 1
            old_story = self.alive and self.rng.random() < 0.4
            story = self.alive[self.rng.integers(len(self.alive))].story if old_story else f"story {self.number}"
            article = Article(f"a{self.number}", f"Title {self.number}", published=self.now() - timedelta(hours=1))
            hidden = "muted" if self.rng.random() < 0.1 else ""
            self.alive.append(PushCandidate(article, story, self.rng.beta(1, 4), self.now(), hidden=hidden))
        self.alive = self.alive[-12:]
        if self.alive and self.rng.random() < 0.3:
            self.read_ids.add(self.alive[self.rng.integers(len(self.alive))].article.article_id)

    def look(self) -> None:
        now = self.now()
        elapsed_s = self.real_s - self.run_real_s if self.knows_elapsed else None
        candidates = [replace(one, is_read=one.article.article_id in self.read_ids) for one in self.alive]
        history = PushHistory(self.log, self.last_run, elapsed_s)
        found = decide(candidates, history, now, self.zone, self.settings)
        assert set(found.verdicts) == {one.article.article_id for one in self.alive}
        assert found.next_at is None or found.next_at > now
        if found.settled:
            self.last_run, self.run_real_s, self.knows_elapsed = now, self.real_s, True
        if found.clock_jump_s:
            step = timedelta(seconds=found.clock_jump_s)
            self.log = [replace(push, at=push.at + step) for push in self.log]
        self.log += found.records
        self.seen["decisions"] += 1
        self.check(found, now)

    def check(self, found: PushDecision, now: datetime) -> None:
        count = len(found.send) + bool(found.digest)
        if not count:
            return
        assert count == 1
        self.seen["digests"] += bool(found.digest)
        assert 2026 <= now.year < 2077, "sent by a clock that cannot be right"
        wall = datetime.fromtimestamp(now.timestamp(), self.zone)
        minute, (start, end) = wall.hour * 60 + wall.minute, (minutes(one) for one in self.settings.quiet_hours)
        in_quiet_hours = start != end and (minute - start) % 1440 < (end - start) % 1440
        assert not in_quiet_hours, f"sent at {wall}"
        for push in found.records:
            assert push.story not in self.stories_sent, f"{push.story} was sent twice"
            assert push.article_id not in self.read_ids, f"{push.article_id} had been read"
            self.stories_sent.add(push.story)
        assert not any(one.hidden for one in (*found.send, *found.digest))

        sent = Sent(self.real_s, now)
        if self.notifications:
            gap_s = sent.real_s - self.notifications[-1].real_s
            # The device's clock shows whole seconds.
            assert gap_s >= self.settings.min_gap_minutes * 60 - 2, f"{gap_s} s after the last one"
        self.notifications.append(sent)
        last_day = [one for one in self.notifications if one.real_s > self.real_s - DAY_S + 5]
        assert len(last_day) <= self.settings.daily_cap, f"{len(last_day)} notifications in a real day"
        if not self.jumps:
            today = [one for one in last_day if one.device.astimezone(self.zone).date() == wall.date()]
            assert len(today) <= self.settings.daily_cap
        self.seen["notifications"] += 1
        self.seen["with a wrong clock"] += self.offset_s != 0


def minutes(wall: time) -> int:
    return wall.hour * 60 + wall.minute


def live(days: int, seed: int) -> Counter[str]:
    """Worlds of some weeks each, all differently set; three in four have a clock that jumps."""
    seen: Counter[str] = Counter()
    for number in range(days // WORLD_DAYS):
        rng = np.random.default_rng((seed, number))
        quiet = [
            (time(22), time(7)),
            (time(0), time(6, 30)),
            (time(1), time(2, 30)),
            (time(13), time(16)),
            (time(7),) * 2,
        ]
        settings = PushSettings(
            threshold=float(rng.choice([0.0, 0.1, 0.3])),
            daily_cap=int(rng.integers(1, 8)),
            min_gap_minutes=float(rng.choice([1, 30, 60, 240])),
            quiet_hours=quiet[rng.integers(len(quiet))],
            digest_times=((), (time(8),), (time(2, 15), time(18)))[rng.integers(3)],
            digest_size=int(rng.integers(1, 6)),
        )
        world = World(rng, settings, jumps=number % 4 > 0)
        world.run(WORLD_DAYS)
        seen += world.seen
    return seen


@pytest.mark.usefixtures("slow")
def test_no_rule_is_broken_whatever_the_clock_does(rounds):
    days = rounds(480, 10_000)
    seen = live(days, seed=1)
    assert seen["days"] == days
    assert seen["notifications"] > days
    assert min(seen[kind] for kind in ("1970", "2100", "back", "forward", "right", "restarts", "digests")) > days / 30
    assert seen["clock changes"] > days / 125
    assert seen["with a wrong clock"] > days / 10


def leap_forward(hours_by_clock: float, elapsed_s: float | None) -> int:
    """Notifications of ten decisions in a row, each an hour of real time and so many by the clock after the other."""
    settings = PushSettings(quiet_hours=(time(7), time(7)), daily_cap=2, max_age_h=1e4, backlog_after_h=1e4)
    candidates = [PushCandidate(Article(f"a{number}", "Title"), f"a{number}", 0.5, FLOOR) for number in range(100)]
    log: list[SentPush] = []
    last_run = None
    for number in range(10):
        now = FLOOR + timedelta(hours=number * hours_by_clock)
        found = decide(candidates, PushHistory(log, last_run, elapsed_s), now, UTC, settings)
        log = [replace(push, at=push.at + timedelta(seconds=found.clock_jump_s)) for push in log] + list(found.records)
        last_run = now
    return len(log)


def test_leaps_forward_earn_no_notification_unless_no_monotonic_clock_unmasks_them():
    assert leap_forward(30, elapsed_s=3600.0) == 2  # the cap
    assert (
        leap_forward(8 * 24, elapsed_s=None) == 1
    )  # more than a week: not believed, so the first hour's gap never ends
    assert leap_forward(30, elapsed_s=None) == 10  # believed: an absence of 30 hours looks the same
