"""News to look at before the first feed is added; see NOTICE for where the articles come from."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from edge_runtime.types import Article

DEMO_FILE = Path(__file__).parents[1] / "default" / "demo_articles.jsonl.gz"
DEMO_SPAN = timedelta(days=3)


def demo_articles(now: datetime) -> list[Article]:
    """The packaged articles, oldest first, dated anew.

    The headlines are from 2018-2022. Their order in time is kept, but `published` is made up: it spreads them
    evenly on the DEMO_SPAN before `now` (UTC-aware), the last one just before `now`.
    """
    with gzip.open(DEMO_FILE, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    articles = [Article(**{**row, "published": datetime.fromisoformat(row["published"])}) for row in rows]
    step = DEMO_SPAN / len(articles)
    return [
        replace(article, published=now - step * (len(articles) - place - 0.5)) for place, article in enumerate(articles)
    ]
