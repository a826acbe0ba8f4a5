"""Who else reports a story: what the feed folded behind one of its articles."""

from __future__ import annotations

from datetime import datetime

from edge_runtime.screens.reading import Reading
from edge_runtime.screens.rows import StoryRow, story_rows


def reports_page(session: Reading, now: datetime, article_id: str) -> tuple[StoryRow, ...]:
    """The other articles of a story that a list showed by one of them, newest first."""
    articles = sorted(session.same_story(article_id), key=lambda one: one.published or now, reverse=True)
    return tuple(story_rows(articles, session.marks(articles), now, session.tr))
