"""The lists of the screen, as plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from edge_runtime.pages.rows import Row, article_rows, feed_rows, nothing_found
from edge_runtime.pages.worth import worth_explanation, worth_line
from edge_runtime.personal.order_worth import OrderWorth
from edge_runtime.reader import Reader
from edge_runtime.types import ArticleMarks, ScoredArticle
from edge_runtime.worth.trials import Stage

FIRST_ROWS = 200  # a longer list is continued when its end is reached


class ListKind(StrEnum):
    """Which list."""

    FEED = "feed"
    LATEST = "latest"
    SAVED = "saved"
    SEARCH = "search"


# What the last line of the screen has room for.
_NEWS = {
    Stage.TRIAL: "this list is of two orders, to find out which helps you: ? says more",
    Stage.PROVEN: "the order helps you: ? says how much",
    Stage.NEWEST: "newest first from now on, as the order did not help: ? says more",
    Stage.UNDECIDED: "ranked from now on, as neither order helps more: ? says more",
}
TABS = ListKind.FEED, ListKind.LATEST, ListKind.SAVED


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as the reader was shown it."""

    kind: ListKind
    query: str = ""  # of a search
    rows: tuple[Row, ...] = ()
    scored: Mapping[str, ScoredArticle] = field(default_factory=dict)  # of a feed, by article id
    has_more: bool = False  # it is longer than what was asked for
    is_private: bool = False
    empty: str = ""  # what to say if there is none
    worth: str = ""  # of a feed, whether its order helps
    news: str = ""  # of that, which no list has told before

    def marked(self, article_id: str, marks: ArticleMarks) -> Listing:
        """The same list with what has become of an article."""
        rows = (marked(row, marks) if row.article_id == article_id else row for row in self.rows)
        return replace(self, rows=tuple(rows))

    def continued(self, longer: Listing) -> Listing:
        """This list, and after it what only the longer one has: no row moves under the reader's eyes."""
        known = {row.article_id for row in self.rows}
        new = tuple(row for row in longer.rows if row.article_id not in known)
        return replace(longer, rows=self.rows + new, scored={**longer.scored, **self.scored})


def marked(row: Row, marks: ArticleMarks) -> Row:
    """The same row with other marks."""
    return replace(row, is_read=marks.is_read, is_saved=marks.is_saved)


def make_listing(reader: Reader, kind: ListKind, now: datetime, limit: int = FIRST_ROWS, query: str = "") -> Listing:
    """Ask for a list; that of a feed is not marked as shown yet."""
    scored: Sequence[ScoredArticle] = ()
    if kind in (ListKind.FEED, ListKind.SEARCH):
        scored = reader.feed(now, limit) if kind is ListKind.FEED else reader.find(query, now, limit).articles
        rows = feed_rows(reader, scored, now)
    else:
        rows = article_rows(reader, reader.latest(limit) if kind is ListKind.LATEST else reader.saved(), now)
    worth = reader.worth(now) if kind is ListKind.FEED else None
    return Listing(
        kind,
        query,
        tuple(rows),
        {one.article.article_id: one for one in scored} if kind is ListKind.FEED else {},
        has_more=kind is not ListKind.SAVED and len(rows) == limit,
        is_private=reader.private,
        empty="" if rows else _nothing(reader, kind, query),
        worth=_worth_text(worth, is_private=reader.private) if worth else "",
        news=_NEWS[worth.stage] if worth and worth.stage and worth.is_news and rows else "",
    )


def _worth_text(worth: OrderWorth, *, is_private: bool) -> str:
    return f"{worth_line(worth)} {worth_explanation(worth, is_private=is_private)}".rstrip()


def _nothing(reader: Reader, kind: ListKind, query: str) -> str:
    """Why there is nothing, and what to do."""
    if kind is ListKind.SAVED:
        return "nothing saved: s saves an article"
    if not reader.count():
        if reader.feeds.feeds():
            return "no articles yet: r fetches your feeds"
        return (
            "no articles yet: quit with q; then `edge-news add example.org` subscribes to a site or a feed, and "
            "`edge-news add --demo` takes in some articles to look at"
        )
    if kind is ListKind.SEARCH:
        return nothing_found(query)
    return "nothing to show: 2 lists every article, and `edge-news hidden` says what is left out"
