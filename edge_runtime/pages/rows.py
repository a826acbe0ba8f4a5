"""An article as one row of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from edge_runtime.feeds.plain_text import clean_text, cut_at_word
from edge_runtime.model.article_text import text_of
from edge_runtime.reader import Reader
from edge_runtime.types import Article, ScoredArticle

TITLE_CHARACTERS = 200
MOST_HOURS = 48  # an age of more is given in days
MOST_DAYS = 7  # and one of more as a date


@dataclass(frozen=True, slots=True)
class Row:
    """An article as a list shows it: clean text, and "" for what is not known."""

    article_id: str
    title: str
    source: str
    topic: str
    age: str  # as `age_text` has it
    note: str = ""  # why it is here
    is_read: bool = False
    is_saved: bool = False
    others: int = 0  # articles of its story that are not listed
    url: str = ""

    @property
    def facts(self) -> str:
        """Source, topic, age, note and the rest of its story in one line."""
        more = f"{self.others} more of this story" if self.others else ""
        return _joined(self.source, self.topic, self.age, self.note, more)


def feed_rows(reader: Reader, scored: Sequence[ScoredArticle], now: datetime) -> list[Row]:
    """Rows of ranked articles, each with its reason."""
    saved = reader.saved_ids()
    return [
        _row(one.article, now, saved, note=one.reason, is_read=one.is_read, others=len(one.same_story))
        for one in scored
    ]


def article_rows(reader: Reader, articles: Sequence[Article], now: datetime, notes: Sequence[str] = ()) -> list[Row]:
    """Rows of articles that are not ranked.

    Args:
        reader: Knows what was saved.
        articles: In their order.
        now: UTC-aware.
        notes: One for each article, or none at all.
    """
    saved = reader.saved_ids()
    return [
        _row(article, now, saved, note=note)
        for article, note in zip(articles, notes or [""] * len(articles), strict=True)
    ]


def title_of(article: Article) -> str:
    """What to call an article, in one line."""
    return cut_at_word(text_of(article, clean_text), TITLE_CHARACTERS)


def byline(article: Article, now: datetime) -> str:
    """Source, topic and age of an article, in one line."""
    return _joined(clean_text(article.source), clean_text(article.category), age_text(article.published, now))


def age_text(published: datetime | None, now: datetime, zone: tzinfo | None = None) -> str:
    """How long ago, in a word or two: minutes, hours, days, then the date; "" if that is not known.

    Args:
        published: UTC-aware; what lies in the future is 0 minutes old.
        now: UTC-aware.
        zone: Whose calendar counts; that of this device if not given.
    """
    if published is None:
        return ""
    minutes = max(0, int((now - published).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    if minutes < MOST_HOURS * 60:
        return f"{minutes // 60} h"
    if minutes < (MOST_DAYS + 1) * 1440:
        return f"{minutes // 1440} d"
    day, today = published.astimezone(zone), now.astimezone(zone)
    return f"{day.day} {day:%b}" if day.year == today.year else f"{day:%Y-%m-%d}"


def _row(
    article: Article, now: datetime, saved: frozenset[str], *, note: str, is_read: bool = False, others: int = 0
) -> Row:
    return Row(
        article.article_id,
        title_of(article),
        clean_text(article.source),
        clean_text(article.category),
        age_text(article.published, now),
        note,
        is_read,
        article.article_id in saved,
        others,
        article.url,
    )


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))
