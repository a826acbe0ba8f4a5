"""What `decide` is given and gives back."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time

from edge_runtime.types import Article, SentPush


@dataclass(frozen=True, slots=True)
class PushCandidate:
    """A cached article that may be worth a notification.

    Raises:
        ValueError: No probability, no story, or `arrived` has no zone.
    """

    article: Article
    story: str  # the article's id where it has none
    probability: float  # of being opened, from `model.probability`
    arrived: datetime  # UTC-aware: when it came into the cache
    is_read: bool = False
    hidden: str = ""  # why the feed leaves it out, if it does
    reason: str = ""  # why it is for this reader, one line; a decision needs none
    came_with_feed: bool = False  # its feed held it when the reader subscribed
    is_story_read: bool = False  # it, or any cached article of its story
    is_worth_reading: bool = True  # likely enough for a digest, and nothing like what the reader dislikes

    def __post_init__(self) -> None:
        if not (0 <= self.probability <= 1 and self.story):
            raise ValueError(f"{self}: give a probability from 0 to 1, and a story, or the article's id")
        require_zone("arrived", self.arrived)


@dataclass(frozen=True, slots=True)
class PushSettings:
    """How much disturbance the reader wants; docs/push.md gives the reasons for the defaults.

    Raises:
        ValueError: A number out of its range, or a time of day with a zone.
    """

    threshold: float = 0.1  # least probability for a notification of its own; 1: digests alone
    daily_cap: int = 5  # notifications in a local day and in any 24 hours, a digest being one; 0: none at all
    min_gap_minutes: float = 60  # between notifications; at least 1
    quiet_hours: tuple[time, time] = (time(22), time(7))  # local; may span midnight; start = end: none
    digest_times: tuple[time, ...] = ()  # local; none: no regular digest
    digest_size: int = 5  # stories that a digest names
    backlog_after_h: float = 12  # after a longer absence all that was missed is one digest
    max_age_h: float = 24  # older articles are no news
    at_once: int = 1  # most notifications of one decision
    quiet_sources: tuple[str, ...] = ()  # names of sources that send none

    def __post_init__(self) -> None:
        if not (0 <= self.threshold <= 1 and self.daily_cap >= 0 and self.min_gap_minutes >= 1):
            raise ValueError(f"{self}: give a threshold from 0 to 1, a cap of 0 or more, a gap of a minute or more")
        if min(self.digest_size, self.at_once) < 1 or not (self.backlog_after_h > 0 and self.max_age_h > 0):
            raise ValueError(f"{self}: give a digest_size and at_once of 1 or more, and hours above 0")
        if any(wall.tzinfo for wall in (*self.quiet_hours, *self.digest_times)):
            raise ValueError(f"{self}: times of day are local to the reader; give them without a zone")


@dataclass(frozen=True, slots=True)
class PushHistory:
    """What is known from before a decision.

    Raises:
        ValueError: A time without a zone, or `elapsed_s` negative or not finite.
    """

    # Every record of earlier decisions that could still be a candidate's story, and two days at least.
    sent: Sequence[SentPush] = ()
    last_run: datetime | None = None  # `now` of the last settled decision; None before the first
    # Real seconds since the last run, from a clock that nobody sets and that counts sleep, as CLOCK_BOOTTIME. None
    # where unknown, as after a restart. Too little is safe, too much is not.
    elapsed_s: float | None = None
    last_sync: datetime | None = None  # end of the last one that reached a publisher; None: unknown, or no feeds

    def __post_init__(self) -> None:
        require_zone("last_run", self.last_run)
        require_zone("last_sync", self.last_sync)
        if self.elapsed_s is not None and not 0 <= self.elapsed_s < math.inf:
            raise ValueError(f"elapsed_s {self.elapsed_s}: give seconds of 0 or more, or None where they are unknown")


@dataclass(frozen=True, slots=True)
class PushDecision:
    """What to send now, what to store, and a reason for every candidate."""

    verdicts: Mapping[str, str]  # article id -> one line a person can read
    send: tuple[PushCandidate, ...] = ()  # one notification each, likeliest first
    digest: tuple[PushCandidate, ...] = ()  # one notification for all, likeliest first
    records: tuple[SentPush, ...] = ()  # to append to the log; a backlog's digest also covers what it does not name
    clock_jump_s: int = 0  # to add to the time of every push in the log, before appending
    settled: bool = True  # False: keep the last run (with its monotonic reading) that was given
    digest_title: str = ""  # what the digest is called, where it names several
    next_at: datetime | None = None  # look again then at the latest; None: when articles come
    # The last erasing of the profile before this was decided: `Reader.mark_sent` keeps nothing from before an erasing.
    erasures: int | None = field(default=None, compare=False, repr=False)


def require_zone(name: str, value: datetime | None) -> None:
    """Refuse a time that means nothing.

    Raises:
        ValueError: It has no zone.
    """
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{name} {value} has no zone; give an aware datetime in UTC")
