"""Which items of a feed are taken where it has more than are kept: the newest, wherever they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import TypeVar

from edge_runtime.feeds.dates import read_date

MAX_ARTICLES = 2000  # of one feed; the rest is left out
TOO_MANY = f"more than {MAX_ARTICLES} items: the newest ones are taken"

Item = TypeVar("Item")
_NO_DATE = datetime.min.replace(tzinfo=UTC)


def newest_items(items: list[Item], dates_of: Callable[[Item], Iterable[str]]) -> list[Item]:
    """At most `MAX_ARTICLES` items, in their order; of equally new ones and of those without a date, the first.

    Args:
        dates_of: The dates that an item gives, best first, as they are written.
    """
    if len(items) <= MAX_ARTICLES:
        return items

    def date(number: int) -> datetime:
        found = (read_date(text) for text in dates_of(items[number]))
        return next((at for at in found if at is not None), _NO_DATE)

    kept = sorted(range(len(items)), key=date, reverse=True)[:MAX_ARTICLES]  # stable in reverse, too
    return [items[number] for number in sorted(kept)]
