"""When an edition of "For you" begins, and how far apart its ranks are: one rule for the feeds and for apps.

Other readers order by time, and never ask again for what they have. So each item gets a time that falls by rank, from
the time of its edition.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

LASTS = timedelta(hours=6)
APART = timedelta(minutes=1)  # two ranks


def begun(now: datetime) -> datetime:
    """When the edition of a time was begun: every six hours from midnight, UTC."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + (now - midnight) // LASTS * LASTS
