"""MIND's own files: news.tsv and behaviors.tsv (Wu et al., ACL 2020; msnews.github.io)."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from edge_runtime import Article
from trainer.data.log_rows import BadRow, LogRow

_HEADERS = ("news_id", "newsid", "nid", "article_id", "id")
_TIME = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}) (\d{1,2}):(\d\d):(\d\d) ([AP])M")


def parse_article(line: str) -> Article:
    """A line of news.tsv: id, category, subcategory, title, abstract, url, and two columns of entities.

    Raises:
        ValueError: Another number of columns, or no id.
    """
    columns = line.rstrip("\r\n").split("\t")
    if len(columns) != 8:
        raise ValueError(f"{len(columns)} columns instead of 8")
    article_id, category, _, title, abstract, url = (column.strip() for column in columns[:6])
    if not article_id:
        raise ValueError("no article id")
    if article_id.casefold() in _HEADERS and category.casefold() == "category":
        raise ValueError("the header of a table, which MIND's files have not")
    return Article(article_id=article_id, title=title, abstract=abstract, category=category, url=url)


def parse_impression(line: str) -> LogRow:
    """A line of behaviors.tsv: impression id, user id, time, history, and shown articles with label 1 if clicked.

    Raises:
        BadRow: Another number of columns, no id, a time or a label that is none, or nothing shown.
    """
    columns = line.rstrip("\r\n").split("\t")
    if len(columns) != 5:
        raise BadRow("wrong column count", f"{len(columns)} instead of 5")
    impression_id, user_id, time, history, shown = columns
    if not impression_id or not user_id:
        raise BadRow("missing field", "no impression id or no user id")
    pairs = [item.rpartition("-") for item in shown.split()]
    if not pairs:
        raise BadRow("nothing shown")
    for article_id, _, label in pairs:
        if label not in ("0", "1") or not article_id:
            raise BadRow("unknown label", f"{article_id}-{label}")
    return LogRow(
        impression_id=impression_id,
        user_id=user_id,
        time_s=_seconds(time),
        history=history.split(),
        shown=[article_id for article_id, _, _ in pairs],
        clicked=[label == "1" for _, _, label in pairs],
    )


def _seconds(text: str) -> int:
    """`11/13/2019 12:12:18 AM`, taken as UTC."""
    match = _TIME.fullmatch(text.strip())
    try:
        if match is None:
            raise ValueError
        month, day, year, hour, minute, second = map(int, match.groups()[:6])
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if match[7] == "P" else 0)
        return int(datetime(year, month, day, hour, minute, second, tzinfo=UTC).timestamp())
    except ValueError:
        raise BadRow("unparsable time", text) from None
