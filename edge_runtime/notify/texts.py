"""What a notification says. How a platform shows it is the platform's affair."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from edge_runtime.model.article_text import text_of
from edge_runtime.notify.types import PushCandidate, PushDecision
from edge_runtime.sentences import Sentence

TITLE_CHARACTERS = 120
# In any locale; Monday is the first.
_SINCE_WEEKDAY = (
    Sentence("since Monday"),
    Sentence("since Tuesday"),
    Sentence("since Wednesday"),
    Sentence("since Thursday"),
    Sentence("since Friday"),
    Sentence("since Saturday"),
    Sentence("since Sunday"),
)
BODY_CHARACTERS = 240  # what a phone shows of an opened-out notification, about


@dataclass(frozen=True, slots=True)
class Notification:
    """Plain text for the platform, each one line without control characters."""

    title: str
    body: str
    article_id: str  # what a tap opens; empty for the feed


def notifications(decision: PushDecision) -> tuple[Notification, ...]:
    """The notifications of a decision, in the order in which they are to be sent."""
    single = tuple(
        Notification(_title(one), _line(one.reason, BODY_CHARACTERS), one.article.article_id)
        for one in (decision.digest if len(decision.digest) == 1 else decision.send)
    )
    if len(decision.digest) < 2:
        return single
    titles = "; ".join(_title(one) for one in decision.digest)
    return (Notification(decision.digest_title, _line(titles, BODY_CHARACTERS), ""),)


def digest_title(num_named: int, num_new: int, since: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """What a digest is called, on a list and as a notification: "3 worth reading of 212 since yesterday".

    Args:
        num_named: Stories that it names.
        num_new: Stories that came since then.
        since: UTC-aware.
        now: UTC-aware.
        zone: Where the reader is; the device's if not given.
    """
    told = since_text(since, now, zone)
    if not num_new:
        return Sentence("nothing new {since}", since=told)
    new = f"{num_new:,}"
    if not num_named:
        return Sentence("nothing worth reading of {new} {since}", new=new, since=told)
    return Sentence("{named} worth reading of {new} {since}", named=num_named, new=new, since=told)


def since_text(since: datetime, now: datetime, zone: tzinfo | None = None) -> str:
    """A time in words, as "since yesterday"; an hour where it is today, a date where it is a week ago."""
    wall, today = since.astimezone(zone), now.astimezone(zone).date()
    days = (today - wall.date()).days
    if days == 0:
        return Sentence("since {time}", time=f"{wall:%H:%M}")
    if days == 1:
        return Sentence("since yesterday")
    return _SINCE_WEEKDAY[wall.weekday()] if 1 < days < 7 else Sentence("since {date}", date=wall.date())


def _title(one: PushCandidate) -> str:
    return text_of(one.article, lambda text: _line(text, TITLE_CHARACTERS)) or Sentence("A new story")


def _line(text: str, characters: int) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    if line == text and len(line) <= characters:
        return text  # a sentence stays one
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"
