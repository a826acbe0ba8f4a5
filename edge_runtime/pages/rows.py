"""An article as one row of a list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING

from edge_runtime.feeds.plain_text import clean_text, cut_at_word
from edge_runtime.model.article_text import text_of
from edge_runtime.sentences import Sentence
from edge_runtime.types import Article, ArticleMarks, ScoredArticle

if TYPE_CHECKING:
    from edge_runtime.reader import Reader

TITLE_CHARACTERS = 200
STORY_READ = Sentence("you have read another article of this story")
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
        """Marks, source, topic, age, note and the rest of its story in one line: colours are for some screens alone."""
        more = f"{self.others} more of this story" if self.others else ""
        marks = ("read" if self.is_read else "", "saved" if self.is_saved else "")
        return _joined(*marks, self.source, self.topic, self.age, self.note, more)


def feed_rows(reader: Reader, scored: Sequence[ScoredArticle], now: datetime) -> list[Row]:
    """Rows of ranked articles, each with its reason."""
    marks = reader.marks(one.article.article_id for one in scored)
    return [
        _row(
            one.article,
            now,
            mark,
            _joined(one.reason, STORY_READ if one.is_story_read else ""),
            others=len(one.same_story),
        )
        for one, mark in zip(scored, marks, strict=True)
    ]


def article_rows(reader: Reader, articles: Sequence[Article], now: datetime, notes: Sequence[str] = ()) -> list[Row]:
    """Rows of articles that are not ranked.

    Args:
        reader: Knows what was read and saved.
        articles: In their order.
        now: UTC-aware.
        notes: One for each article, or none at all.
    """
    marks = reader.marks(article.article_id for article in articles)
    return [
        _row(article, now, mark, note)
        for article, mark, note in zip(articles, marks, notes or [""] * len(articles), strict=True)
    ]


def nothing_found(query: str) -> str:
    """What to say of a search without results."""
    return Sentence("no article has all of “{query}”", query=clean_text(query))


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


def _row(article: Article, now: datetime, marks: ArticleMarks, note: str, others: int = 0) -> Row:
    return Row(
        article.article_id,
        title_of(article),
        clean_text(article.source),
        clean_text(article.category),
        age_text(article.published, now),
        note,
        marks.is_read,
        marks.is_saved,
        others,
        article.url,
    )


def _joined(*words: str) -> str:
    return " · ".join(filter(None, words))
