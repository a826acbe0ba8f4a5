""" "For you" as a feed that any app shows in its order: editions.

In each edition the best unread articles get copies with numbers of their own. The copies of the edition before are read
from then on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from edge_runtime import Edition, OrderChoice, Reader
from edge_runtime.web.desk import Desk
from edge_runtime.web.edition_times import begun

SIZE = 30
LASTS_WHEN_READ = timedelta(hours=1)
KEPT = timedelta(days=31)  # apps look back a month for what is read


def editions(desk: Desk, now: datetime) -> list[Edition]:
    """Every edition, newest first; the newest is made now if it is time.

    In private mode none is made, and the last one stays. One without anything new is not made either.
    """
    reader = desk.reading.reader
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
    made = Edition(at, names, tuple(str(one.reason) for one in unread))  # each asker hears it in a language of its own
    reader.keep_edition(made, now - KEPT)
    return reader.editions()


def _is_due(reader: Reader, kept: list[Edition], now: datetime) -> bool:
    if not kept:
        return True
    if begun(kept[0].at) != begun(now):  # also one from ahead, of a clock that was wrong
        return True
    return now - kept[0].at >= LASTS_WHEN_READ and all(
        marks.is_read for marks in reader.marks(reader.articles(kept[0].article_ids))
    )
