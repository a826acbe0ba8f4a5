"""Whether to disturb the reader now, with what, and why not: a pure function of its inputs.

One decision gives nothing, one notification (or `at_once`), or one digest. The caller keeps the log of what was sent;
docs/push.md says what it has to hand in and store, and why a wrong clock causes no storm.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

from edge_runtime.notify.times import after_quiet, clock_jump_s, is_plausible, is_quiet, latest_local, next_local
from edge_runtime.types import Article, SentPush

FLOOR = datetime(2026, 11, 1, tzinfo=UTC)  # older than this code no clock can be
DIGEST_LATE = timedelta(hours=6)  # a digest that could not go by then waits for its next time
DAY = timedelta(days=1)
RECENT = 2 * DAY  # no limit looks further back


@dataclass(frozen=True, slots=True)
class PushCandidate:
    """A cached article that may be worth a notification.

    Raises:
        ValueError: No probability, no story, or `arrived` has no zone.
    """

    article: Article
    story: str  # the article's id where it has none
    probability: float  # of being opened, from `open_probability`
    arrived: datetime  # UTC-aware: when it came into the cache
    is_read: bool = False
    hidden: str = ""  # why the feed leaves it out, if it does
    reason: str = ""  # why it is for this reader, one line

    def __post_init__(self) -> None:
        if not (0 <= self.probability <= 1 and self.story):
            raise ValueError(f"{self}: give a probability from 0 to 1, and a story, or the article's id")
        _require_zone("arrived", self.arrived)


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

    def __post_init__(self) -> None:
        if not (0 <= self.threshold <= 1 and self.daily_cap >= 0 and self.min_gap_minutes >= 1):
            raise ValueError(f"{self}: give a threshold from 0 to 1, a cap of 0 or more, a gap of a minute or more")
        if min(self.digest_size, self.at_once) < 1 or not (self.backlog_after_h > 0 and self.max_age_h > 0):
            raise ValueError(f"{self}: give a digest_size and at_once of 1 or more, and hours above 0")
        if any(wall.tzinfo for wall in (*self.quiet_hours, *self.digest_times)):
            raise ValueError(f"{self}: times of day are local to the reader; give them without a zone")


@dataclass(frozen=True, slots=True)
class PushDecision:
    """What to send now, what to store, and a reason for every candidate."""

    verdicts: Mapping[str, str]  # article id -> one line a person can read
    send: tuple[PushCandidate, ...] = ()  # one notification each, likeliest first
    digest: tuple[PushCandidate, ...] = ()  # one notification for all, likeliest first
    records: tuple[SentPush, ...] = ()  # to append to the log; a backlog's digest also covers what it does not name
    clock_jump_s: int = 0  # to add to the time of every push in the log, before appending
    settled: bool = True  # False: keep the last run (with its monotonic reading) that was given
    next_at: datetime | None = None  # look again then at the latest; None: when articles come


def decide(
    candidates: Sequence[PushCandidate],
    sent: Sequence[SentPush],
    read_ids: Collection[str],
    now: datetime,
    zone: tzinfo,
    settings: PushSettings,
    last_run: datetime | None,
    elapsed_s: float | None = None,
    floor: datetime = FLOOR,
) -> PushDecision:
    """Choose what is sent now.

    Args:
        candidates: Cached articles, in any order; an id given twice is one article.
        sent: The log: every record of earlier decisions that could still be a candidate's story, and two days at least.
        read_ids: Articles that the reader has opened.
        now: UTC-aware, as the device's clock says.
        zone: Where the reader is now.
        settings: The reader's.
        last_run: `now` of the last settled decision; None before the first.
        elapsed_s: Real seconds since the last run, from a clock that nobody sets and that counts sleep, as
            CLOCK_BOOTTIME; None where unknown, as after a restart. Too little is safe, too much is not.
        floor: A time that is surely past, as the newest signed timestamp seen.

    Raises:
        ValueError: A time without a zone, or `elapsed_s` negative or not finite.
    """
    for name, value in (("now", now), ("last_run", last_run), ("floor", floor)):
        _require_zone(name, value)
    if elapsed_s is not None and not 0 <= elapsed_s < math.inf:
        raise ValueError(f"elapsed_s {elapsed_s}: give seconds of 0 or more, or None where they are unknown")
    if not is_plausible(now, floor):
        why = f"not sent: the clock says {now:%Y-%m-%d}, which cannot be; set it"
        return PushDecision({one.article.article_id: why for one in candidates}, settled=False)

    run = max((push.at for push in sent), default=now) if last_run is None else last_run
    jump_s = clock_jump_s(now, run, None if last_run is None else elapsed_s)
    times = _notification_times(sent, jump_s, now, settings.at_once)
    verdicts, stories = _sift(candidates, sent, read_ids, now, zone, settings)
    likely = [one for one in stories if one.probability >= settings.threshold]

    away = timedelta(seconds=elapsed_s) if elapsed_s is not None else now - run
    backlog = last_run is not None and away > timedelta(hours=settings.backlog_after_h)
    digest: list[PushCandidate] = []
    if backlog:
        digest = likely[: settings.digest_size]
    elif _is_digest_due(now, zone, settings, last_run):
        digest = stories[: settings.digest_size]

    until, why_not = _wait(times, now, zone, settings)
    if why_not:
        verdicts |= {one.article.article_id: _verdict(one, settings, why_not) for one in stories}
        # A digest waits, unless time would stand still: after a leap that no clock explains, ages grow from now on.
        in_doubt = elapsed_s is None and jump_s != 0 and not is_quiet(now, zone, settings.quiet_hours)
        settled = not digest or until is None or in_doubt
        return PushDecision(
            verdicts,
            clock_jump_s=jump_s if settled else 0,  # it is found anew from the last run that stays
            settled=settled,
            next_at=_next_look([until] if digest or likely else [], now, zone, settings),
        )

    room = settings.daily_cap - len(_of_today(times, now, zone))
    send = [] if digest else likely[: min(settings.at_once, room)]
    covered = digest + [one for one in likely if backlog and one not in digest]
    gone = send or covered
    for one in stories:
        verdicts[one.article.article_id] = _verdict(one, settings, "another goes first")
    verdicts |= {one.article.article_id: f"in the digest: {_chance(one)}" for one in covered}
    verdicts |= {one.article.article_id: f"sent: {_chance(one)}" for one in send}
    times += [now] * (len(send) or bool(digest))
    looks = [_wait(times, now, zone, settings)[0]] if any(one not in gone for one in likely) else []
    return PushDecision(
        verdicts,
        tuple(send),
        tuple(digest),
        tuple(SentPush(one.article.article_id, one.story, one.probability, now) for one in gone),
        jump_s,
        next_at=_next_look(looks, now, zone, settings),
    )


def _sift(
    candidates: Sequence[PushCandidate],
    log: Sequence[SentPush],
    read_ids: Collection[str],
    now: datetime,
    zone: tzinfo,
    settings: PushSettings,
) -> tuple[dict[str, str], list[PushCandidate]]:
    """Verdicts on what will not be sent at any hour, and the likeliest article of each other story, likeliest first."""
    read = {one.article.article_id for one in candidates if one.is_read} | set(read_ids)
    read_stories = {one.story for one in candidates if one.article.article_id in read}
    hidden = {one.article.article_id: one.hidden for one in candidates if one.hidden}
    sent = {name: push for push in log for name in (push.article_id, push.story)}
    # A story may be named anew when articles join it; the articles of it that were sent tell.
    sent |= {one.story: sent[one.article.article_id] for one in candidates if one.article.article_id in sent}
    titles = {one.article.article_id: one.article.title for one in candidates}
    oldest = now - timedelta(hours=settings.max_age_h)
    verdicts: dict[str, str] = {}
    stories: dict[str, PushCandidate] = {}
    for one in sorted(candidates, key=lambda one: (-one.probability, one.article.article_id)):
        article_id = one.article.article_id
        if article_id in verdicts or (one.story in stories and stories[one.story].article.article_id == article_id):
            continue
        push = sent.get(article_id) or sent.get(one.story)
        if article_id in read:
            why = "you have read it"
        elif one.story in read_stories:
            why = "you have read another article of its story"
        elif article_id in hidden:
            why = f"hidden: {hidden[article_id]}"
        elif push:
            when = f"{push.at.astimezone(zone):%Y-%m-%d %H:%M}"  # as the clock said then
            title = titles.get(push.article_id, "")
            same = f"same story as “{title}”," if title and push.article_id != article_id else "its story was"
            why = f"{same} sent {when}"
        elif min(one.article.published or one.arrived, one.arrived) < oldest:
            why = f"older than {settings.max_age_h:g} hours"
        elif one.story in stories:
            why = f"same story as “{stories[one.story].article.title}”"
        else:
            stories[one.story] = one
            continue
        verdicts[article_id] = f"not sent: {why}"
    return verdicts, list(stories.values())


def _verdict(one: PushCandidate, settings: PushSettings, waits: str) -> str:
    if one.probability < settings.threshold:
        return f"not sent: {_chance(one)}, less than {100 * settings.threshold:.3g} %"
    return f"not sent: {waits}"


def _chance(one: PushCandidate) -> str:
    return f"{100 * one.probability:.3g} % likely to be opened"


def _is_digest_due(now: datetime, zone: tzinfo, settings: PushSettings, last_run: datetime | None) -> bool:
    if not settings.digest_times:
        return False
    due = latest_local(now, zone, settings.digest_times)
    return now - due < DIGEST_LATE and (last_run is None or last_run < due)


def _notification_times(sent: Sequence[SentPush], jump_s: int, now: datetime, at_once: int) -> list[datetime]:
    """When notifications went, by the clock as it is set now, oldest first; one from the future went this moment.

    What has one time in the log was one decision: a digest, or up to `at_once`.
    """
    jump = timedelta(seconds=jump_s)
    records = Counter(push.at for push in sent if push.at > now - jump - RECENT)
    return sorted(min(at, now - jump) + jump for at, count in records.items() for _ in range(min(count, at_once)))


def _of_today(times: Sequence[datetime], now: datetime, zone: tzinfo) -> list[datetime]:
    """The notifications that count for the cap: of the last 24 hours, and of the local day, which may have 25."""
    today = now.astimezone(zone).date()
    return [at for at in times if at > now - DAY or at.astimezone(zone).date() == today]


def _wait(
    times: Sequence[datetime], now: datetime, zone: tzinfo, settings: PushSettings
) -> tuple[datetime | None, str]:
    """From when a notification may go and why not now; now and "" if it may, None if never."""
    if not settings.daily_cap:
        return None, "notifications are switched off"
    waits: list[tuple[datetime, str]] = []
    if is_quiet(now, zone, settings.quiet_hours):
        waits.append((after_quiet(now, zone, settings.quiet_hours), "quiet hours until"))
    of_today = _of_today(times, now, zone)
    if len(of_today) >= settings.daily_cap:
        last = of_today[-settings.daily_cap]
        free = max(last + DAY, next_local(last, zone, (time(0),)))
        waits.append((free, f"{settings.daily_cap} notifications a day at most, none until"))
    gap = timedelta(minutes=settings.min_gap_minutes)
    if times and times[-1] + gap > now:
        waits.append((times[-1] + gap, f"{settings.min_gap_minutes:g} minutes between notifications, none until"))
    if not waits:
        return now, ""
    until, why = waits[0]
    wall, today = until.astimezone(zone), now.astimezone(zone).date()
    shown = f"{wall:%H:%M}" if wall.date() - today <= DAY else f"{wall:%Y-%m-%d %H:%M}"
    return after_quiet(max(end for end, _ in waits), zone, settings.quiet_hours), f"{why} {shown}"


def _next_look(
    looks: Sequence[datetime | None], now: datetime, zone: tzinfo, settings: PushSettings
) -> datetime | None:
    known = [look for look in looks if look is not None]
    if settings.digest_times and settings.daily_cap:
        known.append(next_local(now, zone, settings.digest_times))
    return min(known, default=None)


def _require_zone(name: str, value: datetime | None) -> None:
    if value is not None and value.tzinfo is None:
        raise ValueError(f"{name} {value} has no zone; give an aware datetime in UTC")
