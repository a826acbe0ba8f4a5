"""How fresh the cache is: what is unread, and a line where its stories are older than a reader may think."""

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
