"""The gates that a notification passes, one function each: what an article must be, and when something may go.

`ARTICLE_GATES` and `TIME_GATES` are the promises of docs/push.md, in the order in which they are asked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta, tzinfo

from edge_runtime.notify.times import after_quiet, is_quiet, next_local
from edge_runtime.notify.types import PushCandidate, PushSettings
from edge_runtime.sentences import Sentence
from edge_runtime.types import SentPush

DAY = timedelta(days=1)
RECENT = 2 * DAY  # no limit looks further back


@dataclass(frozen=True, slots=True)
class Moment:
    """The time of a decision, and the zone that quiet hours and days are meant in."""

    now: datetime  # UTC-aware
    zone: tzinfo  # where the reader is
    settings: PushSettings
    gone: Sequence[datetime]  # when notifications went, by the clock as it is set now, oldest first


@dataclass(frozen=True, slots=True)
class Known:
    """What the articles' gates look at, besides the article."""

    read: Set[str]  # article ids
    read_stories: Set[str]
    hidden: Mapping[str, str]  # article id -> why
    sent: Mapping[str, SentPush]  # by article id and by story
    titles: Mapping[str, str]  # by article id
    passed: dict[str, PushCandidate] = field(default_factory=dict)  # story -> its article that passed all gates


@dataclass(frozen=True, slots=True)
class Wait:
    """A gate that is shut, and until when."""

    until: datetime | None  # None: no time opens it
    why: str


def read(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Never what was read."""
    return Sentence("you have read it") if one.article.article_id in known.read else ""


def story_read(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Nor another article of a story that was read."""
    is_read = one.is_story_read or one.story in known.read_stories
    return Sentence("you have read another article of its story") if is_read else ""


def hidden(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Never a hidden or muted article."""
    why = known.hidden.get(one.article.article_id)
    return Sentence("hidden: {why}", why=why) if why else ""


def quiet_source(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Never one of a source that is to send none."""
    return "its source sends you none" if one.article.source in moment.settings.quiet_sources else ""


def sent_before(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Never a story twice."""
    push = known.sent.get(one.article.article_id) or known.sent.get(one.story)
    if not push:
        return ""
    when = f"{push.at.astimezone(moment.zone):%Y-%m-%d %H:%M}"  # as the clock said then
    title = known.titles.get(push.article_id, "")
    is_another = title and push.article_id != one.article.article_id
    if is_another:
        return Sentence("same story as “{title}”, sent {when}", title=title, when=when)
    return Sentence("its story was sent {when}", when=when)


def too_old(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Never one older than `max_age_h`, by publication or by arrival."""
    hours = moment.settings.max_age_h
    oldest = moment.now - timedelta(hours=hours)
    is_old = min(one.article.published or one.arrived, one.arrived) < oldest
    return Sentence("older than {hours} hours", hours=f"{hours:g}") if is_old else ""


def came_with_feed(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Never what a feed held when it was read first."""
    return Sentence("its feed held it when you subscribed") if one.came_with_feed else ""


def same_story(one: PushCandidate, known: Known, moment: Moment) -> str:
    """Never two articles of a story: the likeliest one alone."""
    passed = known.passed.get(one.story)
    return Sentence("same story as “{title}”", title=passed.article.title) if passed else ""


ArticleGate = Callable[[PushCandidate, Known, Moment], str]  # why not at any hour, or ""
ARTICLE_GATES: tuple[ArticleGate, ...] = (
    read,
    story_read,
    hidden,
    quiet_source,
    sent_before,
    too_old,
    came_with_feed,
    same_story,
)


def switched_off(moment: Moment) -> Wait | None:
    """A cap of 0: no notifications."""
    return None if moment.settings.daily_cap else Wait(None, Sentence("notifications are switched off"))


def quiet_hours(moment: Moment) -> Wait | None:
    """Never in the quiet hours."""
    quiet = moment.settings.quiet_hours
    if not is_quiet(moment.now, moment.zone, quiet):
        return None
    end = after_quiet(moment.now, moment.zone, quiet)
    return Wait(end, Sentence("quiet hours until {time}", time=_wall_time(end, moment)))


def daily_cap(moment: Moment) -> Wait | None:
    """Never more than `daily_cap` notifications in 24 hours nor in a local day."""
    cap, of_today = moment.settings.daily_cap, num_today(moment)
    if of_today < cap:
        return None
    last = moment.gone[-cap]
    free = max(last + DAY, next_local(last, moment.zone, (time(0),)))
    told = Sentence("{cap} notifications a day at most, none until {time}", cap=cap, time=_wall_time(free, moment))
    return Wait(free, told)


def gap(moment: Moment) -> Wait | None:
    """Never two within `min_gap_minutes`."""
    minutes = moment.settings.min_gap_minutes
    if not moment.gone or (end := moment.gone[-1] + timedelta(minutes=minutes)) <= moment.now:
        return None
    told = Sentence(
        "{minutes} minutes between notifications, none until {time}",
        minutes=f"{minutes:g}",
        time=_wall_time(end, moment),
    )
    return Wait(end, told)


TIME_GATES: tuple[Callable[[Moment], Wait | None], ...] = (switched_off, quiet_hours, daily_cap, gap)


def wait_for(moment: Moment) -> Wait | None:
    """Until when nothing may go, with the reason of the first gate that is shut; None if something may go now."""
    waits: list[Wait] = []
    for gate in TIME_GATES:
        wait = gate(moment)
        if wait and wait.until is None:
            return wait
        if wait:
            waits.append(wait)
    if not waits:
        return None
    last = max(wait.until for wait in waits if wait.until)
    return Wait(after_quiet(last, moment.zone, moment.settings.quiet_hours), waits[0].why)


def num_today(moment: Moment) -> int:
    """How many notifications count for the cap: of the last 24 hours, and of the local day, which may have 25."""
    now, zone = moment.now, moment.zone
    today = now.astimezone(zone).date()
    return sum(at > now - DAY or at.astimezone(zone).date() == today for at in moment.gone)


def notification_times(sent: Sequence[SentPush], jump_s: int, now: datetime, at_once: int) -> list[datetime]:
    """When notifications went, by the clock as it is set now, oldest first; one from the future went this moment.

    What has one time in the log was one decision: a digest, or up to `at_once`.
    """
    jump = timedelta(seconds=jump_s)
    records = Counter(push.at for push in sent if push.at > now - jump - RECENT)
    return sorted(min(at, now - jump) + jump for at, count in records.items() for _ in range(min(count, at_once)))


def _wall_time(at: datetime, moment: Moment) -> str:
    """A time as the wall shows it, with its day where that is further than tomorrow."""
    wall, today = at.astimezone(moment.zone), moment.now.astimezone(moment.zone).date()
    return f"{wall:%H:%M}" if wall.date() - today <= DAY else f"{wall:%Y-%m-%d %H:%M}"
