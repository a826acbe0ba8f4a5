"""The feed of an earlier day: the profile is cut at that day, and only stories that were there by then are ranked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from android_demo.core.session import Session
from android_demo.core.throwaway import throwaway_reader
from android_demo.core.wording import drawable
from edge_runtime import OrderChoice
from edge_runtime.screens.rows import title_of

MOST_DAYS = 90  # back
MOST_STORIES = 400  # that are ranked, the newest by then: each has to be read anew
MOST_ROWS = 20
COMPARED = 200  # places of today's feed
DATED = ("events", "searches", "shown", "read_marks", "pushes", "rules")  # lists of a profile with times


@dataclass(frozen=True, slots=True)
class PastRow:
    """A place of the earlier feed."""

    place: int
    words: str
    about: str  # source, and where it stands today


@dataclass(frozen=True, slots=True)
class TravelPage:
    """An earlier feed."""

    days_back: int
    most_days: int  # 0 where there is no earlier day
    day: str
    about: str
    rows: tuple[PastRow, ...]


def travel_page(session: Session, now: datetime, days_back: int = 0) -> TravelPage:
    """The feed of a day; the reader's own profile is only read.

    Args:
        session: Open.
        now: UTC-aware.
        days_back: Whole days before now; 0 is today.

    Raises:
        StorageError: The device has no room for a second reader.
    """
    reader, tr = session.reader, session.tr
    events = reader.profile().events
    first = events[-1].at if events else now
    most_days = min(MOST_DAYS, max(0, -((first - now) // timedelta(days=1))))
    moment = now - timedelta(days=min(days_back, most_days))
    stories = [one for one in reader.latest() if one.published is None or one.published <= moment][:MOST_STORIES]
    order = OrderChoice.NEWEST if reader.order is OrderChoice.NEWEST else OrderChoice.RANKED
    today = {one.article.article_id: n for n, one in enumerate(reader.feed(now, COMPARED, order=order), start=1)}
    profile = profile_as_of(reader.export_profile(), moment)
    with throwaway_reader(session, profile) as past:
        past.add(stories, moment)
        ranked = past.feed(moment, MOST_ROWS, order=order)
    known = sum(event.at <= moment for event in events)
    return TravelPage(
        days_back=min(days_back, most_days),
        most_days=most_days,
        day=tr("Today") if days_back == 0 else tr.date(moment.astimezone()),
        about=tr.joined(
            tr.count("one thing known of you", "{number} things known of you", known),
            tr.count("one story", "{number} stories", len(stories)),
        ),
        rows=tuple(
            PastRow(
                place,
                title_of(one.article, tr),
                tr.joined(drawable(one.article.source), _standing(today.get(one.article.article_id), session)),
            )
            for place, one in enumerate(ranked, start=1)
        ),
    )


def profile_as_of(document: Mapping[str, Any], moment: datetime) -> dict[str, Any]:
    """An exported profile without what came after a moment.

    Settings and topics that were asked for have no time, and stay. What choices say of the order does not.
    """
    last = f"{moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec='seconds')}Z"  # such times sort as text
    cut = {name: [row for row in document[name] if row["at"] <= last] for name in DATED}
    return {**document, **cut, "worth": None}


def _standing(place: int | None, session: Session) -> str:
    tr = session.tr
    return tr("today in place {place}", place=place) if place else tr("today further down")
