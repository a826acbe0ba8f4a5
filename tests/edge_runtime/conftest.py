from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Article, Reader

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def make_article():
    def make(article_id: str, title: str, age_h: float = 3, **fields: str) -> Article:
        return Article(article_id=article_id, title=title, published=NOW - timedelta(hours=age_h), **fields)

    return make


@pytest.fixture
def reader(tmp_path):
    with Reader.open(tmp_path / "data") as opened:
        yield opened
