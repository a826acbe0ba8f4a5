"""A session on samples with a short past."""

from datetime import timedelta

import pytest

from android_demo.core.session import Session
from edge_runtime import Signal, demo_articles


@pytest.fixture
def session(tmp_path, now):
    made = Session(tmp_path / "data" / "reader", None, lambda at: demo_articles(at)[:60])
    made.start(now)
    yield made
    made.close()


@pytest.fixture
def past(session, now):
    """Ids of what was opened, one a day: five days ago, ..., yesterday."""
    ids = [article.article_id for article in session.reader.latest(40)[::8]]
    for days, article_id in zip(range(5, 0, -1), ids, strict=True):
        session.record(article_id, Signal.OPEN, now - timedelta(days=days))
    return ids
