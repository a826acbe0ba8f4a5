""" "For you" as a feed that any app shows in its order: editions.

Apps sort by time and never fetch again what they have. So every few hours the best unread articles get copies with
numbers of their own, a minute apart. The copies of the edition before are read from then on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from edge_runtime import Edition, OrderChoice, Reader
from edge_runtime.web.desk import Desk

SIZE = 30
LASTS = timedelta(hours=6)
LASTS_WHEN_READ = timedelta(hours=1)
KEPT = timedelta(days=31)  # apps look back a month for what is read
APART = timedelta(minutes=1)


def editions(desk: Desk, now: datetime) -> list[Edition]:
    """Every edition, newest first; the newest is made now if it is time.

    In private mode none is made, and the last one stays. One without anything new is not made either.
    """
    reader, tr = desk.reading.reader, desk.reading.tr
    kept = reader.editions()
    if reader.private or not _is_due(reader, kept, now):
        return kept
    # As long as nothing new comes, it is looked for again and again.
    ranked = desk.kept("best of apps", lambda: reader.feed(now, SIZE, order=OrderChoice.RANKED))
    unread = [one for one in ranked if not one.is_read]
    names = tuple(one.article.article_id for one in unread)
    is_old = bool(kept) and kept[0].at <= now and set(names) <= set(kept[0].article_ids)
    if not names or is_old:
        return kept
    at = now.replace(microsecond=0)
    made = Edition(at, names, tuple(tr.sentence(one.reason) for one in unread))
    reader.keep_edition(made, now - KEPT)
    return reader.editions()


def _is_due(reader: Reader, kept: list[Edition], now: datetime) -> bool:
    if not kept:
        return True
    age = now - kept[0].at
    # One from far ahead is of a clock that was wrong.
    if age >= LASTS or age <= -LASTS:
        return True
    return age >= LASTS_WHEN_READ and all(marks.is_read for marks in reader.marks(reader.articles(kept[0].article_ids)))
