"""How fresh the cache is: what is unread, a line where its stories are old, and whether to fetch at the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from android_demo.core.session import Session

STALE = timedelta(hours=12)  # from here on the lists say how old their stories are


@dataclass(frozen=True, slots=True)
class Standing:
    """What tabs and the line above the lists say."""

    unread: int = 0
    note: str = ""


def is_fetching_due(session: Session, now: datetime, after_min: int) -> bool:
    """Whether feeds are to be fetched as the app is opened.

    Args:
        session: Open.
        now: UTC-aware.
        after_min: Minutes since a publisher was last reached; 0 = never by itself.
    """
    if not after_min or not session.reader.feeds.feeds():
        return False
    at = session.reader.feeds.last_sync()
    return at is None or not timedelta(0) <= now - at < timedelta(minutes=after_min)  # a clock may have been set back


def standing(session: Session, now: datetime) -> Standing:
    """How the cache stands; without a subscription nothing is late."""
    unread, tr = session.reader.unread_counts().total, session.tr
    if not session.reader.feeds.feeds():
        return Standing(unread)
    at = session.reader.feeds.last_sync()
    if session.is_offline:
        note = tr("Offline: stories of {age}", age=tr.age(at, now)) if at else tr("Offline: nothing was fetched yet")
    else:
        note = tr("Stories of {age}", age=tr.age(at, now)) if at and now - at >= STALE else ""
    return Standing(unread, note)
