"""What apps do with items: a "read" hides and teaches nothing, a star saves. A copy's marks are its article's."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import numpy as np

from edge_runtime import Reader
from edge_runtime.web.greader.ids import KEPT_UNREAD, READ, STARRED, plain_stream
from edge_runtime.web.greader.streams import Items, Wanted


def edit_tags(
    reader: Reader, items: Items, numbers: Sequence[int], add: Collection[str], take: Collection[str], at: datetime
) -> None:
    """Mark items, each kind of mark in one commit; items that are gone, and marks of other kinds, are passed over.

    Args:
        reader: Who did it.
        items: All there are.
        numbers: Of the items.
        add: Streams that they are to be in.
        take: Streams that they are not to be in any more.
        at: When, UTC-aware.

    Raises:
        StorageError: It could not be written.
    """
    names = list(dict.fromkeys(items.article_ids[place] for place in items.places_of(numbers)))
    added, taken = set(map(plain_stream, add)), set(map(plain_stream, take))
    if READ in taken or KEPT_UNREAD in added:
        reader.mark_read(names, at, is_read=False)
    elif READ in added:
        reader.mark_read(names, at)
    if STARRED in added:
        reader.save_all(names, at)
    elif STARRED in taken:
        reader.save_all(names, at, is_saved=False)


def mark_all_read(reader: Reader, items: Items, stream: str, until_s: float, at: datetime) -> None:
    """Mark what was unread in a stream at a time: what came since then, the app has not shown.

    Args:
        reader: Who did it.
        items: All there are.
        stream: Its name.
        until_s: Seconds UTC.
        at: When, UTC-aware.

    Raises:
        StorageError: It could not be written.
    """
    places = np.flatnonzero(items.fitting(Wanted(stream, without=[READ], until_s=until_s)))
    reader.mark_read([items.article_ids[place] for place in places.tolist()], at)
