"""Articles as a command names them: by number in the last list of this terminal, by range, by "." or by id."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress

from edge_runtime.cli.terminal import terminal
from edge_runtime.errors import StorageError, UnknownArticleError
from edge_runtime.reader import Reader
from edge_runtime.types import Origin

NAME_HELP = "its number in the last list, its id, or . for the one before"
NAMES_HELP = "numbers in the last list such as 1 3-5, ids, or . for the one before"

_NUMBERS = re.compile(r"([0-9]{1,6})(?:-([0-9]{1,6}))?")


def article_named(reader: Reader, name: str) -> str:
    """The id of the one article that a command names; "." stands for it from now on.

    Raises:
        UnknownArticleError: There is none, or the name is of several.
    """
    ids = articles_named(reader, [name])
    if len(ids) > 1:
        raise UnknownArticleError(f"{name} names {len(ids)} articles: this takes one at a time")
    return ids[0]


def articles_named(reader: Reader, names: Sequence[str]) -> list[str]:
    """The ids of the articles that a command names, each once, in order; "." stands for the last from now on.

    Raises:
        UnknownArticleError: A name is of no article; none counts then.
    """
    ids = list(dict.fromkeys(article_id for name in names for article_id in _ids_of(reader, name)))
    with suppress(StorageError):  # a convenience: nothing is lost that was asked to be kept
        reader.remember_named(ids[-1], terminal())
    return ids


def origin_of(reader: Reader, name: str, article_id: str) -> Origin:
    """Where an article is opened that was named so: of the last list by its number, or as the one before."""
    is_listed = name == "." or _NUMBERS.fullmatch(name)
    return reader.origin_of(article_id, terminal()) if is_listed else Origin.ELSEWHERE


def _ids_of(reader: Reader, name: str) -> list[str]:
    if name.startswith("id:"):
        return [reader.article(name[3:]).article_id]
    if name == ".":
        return [reader.article(reader.last_named(terminal())).article_id]
    numbers = _NUMBERS.fullmatch(name)
    if not numbers:
        return [reader.article(name).article_id]
    first, last = int(numbers[1]), int(numbers[2] or numbers[1])
    try:
        if first > last:
            raise UnknownArticleError(f"{name}: the smaller number comes first, as in {last}-{first}")
        reader.listed(last, terminal())
        return [reader.article(reader.listed(number, terminal())).article_id for number in range(first, last + 1)]
    except UnknownArticleError as not_listed:
        try:
            return [reader.article(name).article_id]
        except UnknownArticleError:
            raise not_listed from None
