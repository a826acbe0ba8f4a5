"""Titles and abstracts of the same articles in other languages, joined to them by article id."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa

from edge_runtime import Article, parse_article
from trainer.data.articles import read_article_lines
from trainer.data.bad_lines import BadLines
from trainer.data.forms import Form, form_of
from trainer.errors import LogError

TRANSLATION_SCHEMA = pa.schema(
    [("article", pa.int32()), ("language", pa.string()), ("title", pa.string()), ("abstract", pa.string())]
)

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}")


def read_translations(
    files: Sequence[tuple[str, Path]], articles: Sequence[Article], max_bad_share: float
) -> tuple[pa.Table, dict[str, dict[str, int]], list[BadLines]]:
    """All translations of some files; where an article comes again in one language, the later one counts.

    Args:
        files: Each with the language it is in.
        articles: Of the dataset.

    Returns:
        A table of `TRANSLATION_SCHEMA`, ordered by language, then article; for each language how many `articles`
        have text in it and how many lines have `unknown_ids`, which no article has; and what was skipped in each file.

    Raises:
        LogError: No language, a file that cannot be read or is of no form for translations, too much of it is bad, or
            all its ids are unknown.
    """
    rows = {article.article_id: row for row, article in enumerate(articles)}
    found: dict[str, dict[int, Article]] = {}
    unknown: dict[str, int] = {}
    rejects = []
    for language, path in files:
        check_language(language)
        bad = BadLines(str(path))
        rejects.append(bad)
        texts = found.setdefault(language, {})
        known, missing = 0, 0
        for article in read_article_lines(path, _parser(language, path), bad):
            row = rows.get(article.article_id)
            if row is None:
                missing += 1
            else:
                texts[row] = article
                known += 1
        bad.check(max_bad_share)
        if not known:
            raise LogError(f"{path}: none of its {missing} ids is that of an article; give translations of this log")
        unknown[language] = unknown.get(language, 0) + missing
    entries = [
        {"article": row, "language": language, "title": text.title, "abstract": text.abstract}
        for language, texts in sorted(found.items())
        for row, text in sorted(texts.items())
    ]
    counts = {name: {"articles": len(found[name]), "unknown_ids": unknown[name]} for name in sorted(found)}
    return pa.Table.from_pylist(entries, TRANSLATION_SCHEMA), counts, rejects


def check_language(language: str) -> None:
    """Refuse what cannot be a language.

    Raises:
        LogError: It is none.
    """
    if not _TAG.fullmatch(language):
        raise LogError(f"language {language!r}: no language; name it as in en, zh or pt-BR")


def speaks(language: str, wanted: str) -> bool:
    """Whether text in one language serves for another: `pt-BR` for `pt`, not `pt` for `pt-BR` (RFC 4647, 3.3.1)."""
    return f"{language}-".lower().startswith(f"{wanted}-".lower())


def parse_columns(line: str) -> Article:
    """A line of three columns: article id, title, abstract; tab separated, no quotes.

    Raises:
        ValueError: Another number of columns, no id, or no text.
    """
    columns = [column.strip() for column in line.rstrip("\r\n").split("\t")]
    if len(columns) != 3:
        raise ValueError(f"{len(columns)} columns instead of 3")
    article_id, title, abstract = columns
    if not article_id:
        raise ValueError("no article id")
    if not title and not abstract:
        raise ValueError("neither title nor abstract is given")
    return Article(article_id, title, abstract)


def _parser(language: str, path: Path) -> Callable[[str], Article]:
    form = form_of(path)
    if form is Form.EBNERD:
        raise LogError(f"{path}: is parquet; give translations as JSON Lines or as three columns (docs/data.md)")

    def parse_row(line: str) -> Article:
        article = parse_article(line)
        if article.language and not speaks(article.language, language):
            raise ValueError(f"language is {article.language}, not {language}")
        return article

    return parse_columns if form is Form.MIND else parse_row
