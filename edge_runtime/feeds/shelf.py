"""Well-known feeds to begin with. Nothing was checked with their publishers; a feed may have moved since."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("shelf.json")


@dataclass(frozen=True, slots=True)
class ShelfFeed:
    """A feed that is suggested."""

    number: int  # from 1; a feed keeps it
    title: str
    url: str
    language: str  # as in "en"
    topic: str  # of the default bundle; "" is news of all kinds


@cache
def shelf() -> tuple[ShelfFeed, ...]:
    """All of them, in the order of their numbers."""
    rows = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(ShelfFeed(number, *row) for number, row in enumerate(rows, start=1))
