"""The values that cross the runtime's boundaries: articles, what readers did with them, and ranked results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Popularity:
    """What a publisher counted of an article among all readers, up to a time.

    Raises:
        ValueError: Fewer than none, or more clicked than shown.
    """

    shown: int
    clicked: int
    as_of: datetime  # UTC-aware

    def __post_init__(self) -> None:
        if not 0 <= self.clicked <= self.shown:
            raise ValueError(f"popularity: {self.clicked} clicked of {self.shown} shown; give 0 <= clicked <= shown")


@dataclass(frozen=True, slots=True)
class Article:
    """A news item as a feed or a publisher's file gives it; an empty string means "not given"."""

    article_id: str
    title: str
    abstract: str = ""
    category: str = ""
    source: str = ""
    url: str = ""
    language: str = ""
    published: datetime | None = None  # UTC-aware
    popularity: Popularity | None = None


class Signal(StrEnum):
    """What a reader did with an article."""

    OPEN = "open"
    LIKE = "like"
    DISLIKE = "dislike"


@dataclass(frozen=True, slots=True)
class Event:
    """One thing the reader did, as the profile keeps it."""

    article: Article
    signal: Signal
    at: datetime  # UTC-aware


@dataclass(frozen=True, slots=True)
class ScoredArticle:
    """A cached article with its score and the named parts that add up to it."""

    article: Article
    score: float
    parts: Mapping[str, float]
    reason: str  # one line a person can read
    is_read: bool


@dataclass(frozen=True, slots=True)
class SimilarRead:
    """A past read that drew an article up the feed."""

    article: Article
    similarity: float  # cosine, -1 to 1
    share: float  # of the interest part, 0 to 1; with the article's own, if it was read, they sum to 1


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article stands where it stands."""

    scored: ScoredArticle
    similar_reads: tuple[SimilarRead, ...]  # most similar first


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the device knows of its reader, newest event first."""

    events: tuple[Event, ...]
    picked_topics: tuple[str, ...]  # asked for by the reader
    topic_shares: Mapping[str, float]  # of the opened and liked articles; sums to 1 unless empty


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the articles given to the cache."""

    added: int
    updated: int
    skipped: int
    warnings: tuple[str, ...]
