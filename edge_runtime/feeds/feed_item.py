"""One item of a parsed feed: its article, and what only its feed says of it."""

from __future__ import annotations

from dataclasses import dataclass

from edge_runtime.types import Article


@dataclass(frozen=True, slots=True)
class FeedItem:
    """An article as its feed gives it, before any clock was asked."""

    article: Article  # `published` is the date as the feed writes it, perhaps in the future
    guid: str  # as it is written; an empty string if there is none
    content: str  # its longest HTML; an empty string if it says no more than the abstract
