"""Lists of stories: ranked, newest first, saved, and what the feed leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import edge_runtime
from edge_runtime import Article, OrderChoice
from edge_runtime.screens.reading import Reading
from edge_runtime.screens.rows import AHEAD, FIRST_ROWS, StoryRow, story_rows


@dataclass(frozen=True, slots=True)
class StoriesPage:
    """The beginning of a list: what no cache's size makes longer."""

    rows: tuple[StoryRow, ...] = ()
    is_all: bool = True  # nothing comes behind the last row
    note: str = ""  # above the list
    empty: str = ""  # in the place of a list without rows
    is_newest: bool = False  # the feed is ordered by time, as the reader chose


def for_you_page(session: Reading, now: datetime, depth: int = 0) -> StoriesPage:
    """The ranked feed.

    Args:
        session: Open.
        now: UTC-aware.
        depth: How many rows are shown already.
    """
    limit, tr = limit_of(depth), session.tr
    scored = session.ranked(now, limit)
    articles = [item.article for item in scored]
    rows = story_rows(
        articles,
        session.marks(articles),
        now,
        tr,
        [item.reason for item in scored],
        [len(item.same_story) for item in scored],
    )
    samples = session.samples(now)
    has_samples = any(article.article_id in samples for article in articles)
    note = tr("These are samples, until your own feeds are here.") if has_samples else ""
    is_newest = session.reader.order is OrderChoice.NEWEST
    return StoriesPage(tuple(rows), len(scored) < limit, note, tr("No stories yet: add a feed."), is_newest)


def latest_page(session: Reading, now: datetime, depth: int = 0, *, is_unread: bool = False) -> StoriesPage:
    """Everything, newest first, whatever the profile says.

    Args:
        session: Open.
        now: UTC-aware.
        depth: How many rows are shown already.
        is_unread: Without what was read.
    """
    limit, tr = limit_of(depth), session.tr
    articles = session.reader.latest(limit, edge_runtime.ListFilter(is_unread=True) if is_unread else None)
    empty = tr("Everything is read.") if is_unread else tr("No stories yet: add a feed.")
    page = _page(session, articles, now, is_all=len(articles) < limit, empty=empty)
    return replace(page, note=tr("Without what was read")) if is_unread else page


def saved_page(session: Reading, now: datetime, depth: int = 0) -> StoriesPage:
    """What the reader keeps for later."""
    articles = session.reader.saved()
    shown = articles[: limit_of(depth)]
    empty = session.tr("Nothing is saved. Stories that you save stay here, whatever their feed does.")
    return _page(session, shown, now, is_all=len(shown) == len(articles), empty=empty)


def hidden_page(session: Reading, now: datetime, depth: int = 0) -> StoriesPage:
    """What the feed leaves out, each with the reason."""
    limit = limit_of(depth)
    found = session.reader.hidden(now, limit)
    return _page(
        session,
        [one.article for one in found],
        now,
        [one.reason for one in found],
        is_all=len(found) < limit,
        empty=session.tr("Nothing is left out."),
    )


def limit_of(depth: int) -> int:
    """How many rows to make, where so many are shown: enough to go on with."""
    return max(depth, FIRST_ROWS) + AHEAD


def _page(
    session: Reading, articles: Sequence[Article], now: datetime, notes: Sequence[str] = (), *, is_all: bool, empty: str
) -> StoriesPage:
    rows = story_rows(articles, session.marks(articles), now, session.tr, notes)
    return StoriesPage(tuple(rows), is_all, empty=empty)
