"""What a page tells of the deed before it, and how that deed is undone: kept here, under a name that nobody guesses."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from secrets import token_urlsafe
from typing import Generic, TypeVar

from edge_runtime.screens.reading import Reading

COOKIE = "note"
KEPT_S = 600
MOST = 200

Undo = Callable[[Reading, datetime], object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Note:
    """One line for the next page."""

    words: str
    undo: Undo | None = None
    before: Mapping[str, str] = field(default_factory=dict)  # values of a "why" page, to tell what moved


class ByToken(Generic[T]):
    """The latest few things of a kind, each under a token."""

    def __init__(self, most: int = MOST) -> None:
        """Begin with none; the oldest goes when there are too many."""
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._most = most

    def keep(self, thing: T) -> str:
        """Keep it, and give its token."""
        token = token_urlsafe(12)
        self._kept[token] = thing
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return token

    def get(self, token: str) -> T | None:
        """What is kept under a token; None if that was too long ago, or never."""
        return self._kept.get(token)

    def take(self, token: str) -> T | None:
        """The same, for the last time."""
        return self._kept.pop(token, None)


def cookie(token: str) -> str:
    """The value of Set-Cookie that names a note for the next page; "" for that page to end it."""
    return f"{COOKIE}={token}; Path=/; Max-Age={KEPT_S if token else 0}; SameSite=Strict; HttpOnly"
