"""A reader at work on samples, and stories made by number."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from edge_runtime import Article, Event, Reader, ScoredArticle, Signal, Wording, demo_articles
from edge_runtime.screens.reading import Reading

EMOJI = re.compile("[\U0001f000-\U0001faff]")


@pytest.fixture
def tr() -> Wording:
    """English on a screen that cannot draw emoji."""
    return Wording(drawn=lambda text: EMOJI.sub("", text))


@pytest.fixture
def make_article(now: datetime) -> Callable[..., Article]:
    def make(number: int = 1, age_h: float = 1.0, **fields: Any) -> Article:
        given = {"title": f"Story number {number}", "category": "travel", "source": "Example", **fields}
        return Article(f"a{number}", published=now - timedelta(hours=age_h), **given)

    return make


@pytest.fixture
def make_scored(make_article: Callable[..., Article]) -> Callable[..., ScoredArticle]:
    def make(number: int = 1, parts: dict[str, float] | None = None, **fields: Any) -> ScoredArticle:
        named = {"freshness": 0.5} if parts is None else parts
        return ScoredArticle(make_article(number, **fields), sum(named.values()), named, "New", False)

    return make


@pytest.fixture
def make_event(make_article: Callable[..., Article], now: datetime) -> Callable[..., Event]:
    def make(number: int, signal: Signal, age_h: float = 1.0, **fields: Any) -> Event:
        return Event(make_article(number, **fields), signal, now - timedelta(hours=age_h))

    return make


@pytest.fixture
def session(reader: Reader, tr: Wording, now: datetime) -> Reading:
    """At work on samples."""
    reader.add([one for one in demo_articles(now) if one.language == "en"][:60], now)
    return Reading(opened=reader, tr=tr)


@pytest.fixture
def past(session: Reading, now: datetime) -> list[str]:
    """Ids of what was opened, one a day: five days ago, ..., yesterday."""
    ids = [article.article_id for article in session.reader.latest(40)[::8]]
    for days, article_id in zip(range(5, 0, -1), ids, strict=True):
        session.record(article_id, Signal.OPEN, now - timedelta(days=days))
    return ids
