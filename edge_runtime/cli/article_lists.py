"""Lists of articles: printed with numbers, or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Protocol

from edge_runtime.cli.call import Call, kept
from edge_runtime.cli.printing import clean_text
from edge_runtime.cli.terminal import terminal
from edge_runtime.model.json_lines import Json
from edge_runtime.pages.rows import Row
from edge_runtime.types import Article, Origin, ScoredArticle

NUM_LISTED = 10
NUMBER_COLUMNS = 5


class Numbered(Protocol):
    """What keeps the numbers of a list: a `Reader`, or a stand-in for one."""

    @property
    def private(self) -> bool:
        """As `Reader.private`."""
        ...

    def remember_list(self, article_ids: Sequence[str], terminal: str = "", origin: Origin = Origin.ELSEWHERE) -> None:
        """As `Reader.remember_list`."""
        ...

    def forget_numbers(self, terminal: str = "") -> None:
        """As `Reader.forget_numbers`."""
        ...


def show_list(
    call: Call,
    reader: Numbered,
    rows: Sequence[Row],
    articles: Sequence[Json],
    empty: str,
    heading: str = "",
    facts: Mapping[str, object] | None = None,
    origin: Origin = Origin.ELSEWHERE,
) -> bool:
    """Print a list, and keep what its numbers stand for; in private mode it has ids in the place of numbers.

    Every list says what is read and what is saved.

    Args:
        call: Whose screen, time and `--peek` count.
        reader: Keeps the numbers.
        rows: In their order.
        facts: What the JSON says beside the articles.
        articles: The same as JSON, one for each row.
        empty: What to say if there is none.
        heading: Printed first, if there is any row.
        origin: What list it is.

    Returns:
        Whether the list was kept.
    """
    is_kept = keep_numbers(call, reader, [row.article_id for row in rows], origin)
    lines = [call.screen.bold(heading), ""] if heading else []
    for number, row in enumerate(rows, start=1):
        lines += row_lines(call, row, number, is_kept=is_kept)
    listed = [
        {**fields, "is_read": row.is_read, "is_saved": row.is_saved} for fields, row in zip(articles, rows, strict=True)
    ]
    call.screen.show_long({**(facts or {}), "articles": listed}, lines if rows else call.screen.paragraph(empty))
    return is_kept


def keep_numbers(call: Call, reader: Numbered, article_ids: Sequence[str], origin: Origin = Origin.ELSEWHERE) -> bool:
    """Keep what a list's numbers stand for; False if it has none, as in private mode and with `--peek`."""
    if reader.private:
        return False
    if getattr(call.options, "peek", False):
        kept(lambda: reader.forget_numbers(terminal()))
        return False
    return kept(lambda: reader.remember_list(article_ids, terminal(), origin))


def article_fields(article: Article) -> Json:
    """An article as it is printed in JSON."""
    counts = article.popularity
    return {
        "article_id": article.article_id,
        "title": article.title,
        "abstract": article.abstract,
        "category": article.category,
        "source": article.source,
        "url": article.url,
        "image": article.image,
        "language": article.language,
        "published": None if article.published is None else article.published.isoformat(),
        "popularity": None if counts is None else {**asdict(counts), "as_of": counts.as_of.isoformat()},
    }


def scored_fields(scored: ScoredArticle) -> Json:
    """A ranked article as JSON; its parts add up to its score."""
    return {
        **article_fields(scored.article),
        "score": scored.score,
        "parts": dict(scored.parts),
        "reason": scored.reason,
        "is_read": scored.is_read,
        "is_story_read": scored.is_story_read,
        "same_story": [article_fields(article) for article in scored.same_story],
    }


def row_lines(call: Call, row: Row, number: int, *, is_kept: bool) -> list[str]:
    """A row for a person: with its number, or with the article's id where no numbers are kept."""
    screen, label, has_id = call.screen, f"{number}." if is_kept else "-", not is_kept
    first, *rest = screen.paragraph(row.title, NUMBER_COLUMNS)
    first = f"{label:>{NUMBER_COLUMNS - 1}} {first.lstrip()}"
    small = screen.paragraph(row.facts, NUMBER_COLUMNS) if row.facts else []
    small += [f"{'':{NUMBER_COLUMNS}}[{clean_text(row.article_id)}]"] if has_id else []
    big = screen.dim if row.is_read else screen.bold
    return [*map(big, [first, *rest]), *map(screen.dim, small)]
