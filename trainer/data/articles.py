"""Article files of every form to one list; an id that comes again replaces the earlier one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from edge_runtime import Article, parse_article
from edge_runtime.model.json_lines import decode_line
from trainer.data import ebnerd, mind
from trainer.data.bad_lines import BadLines
from trainer.data.forms import Form, form_of
from trainer.data.lines import read_lines
from trainer.errors import LogError


def read_article_files(paths: Sequence[Path], max_bad_share: float) -> tuple[list[Article], list[BadLines]]:
    """All articles of some files.

    Returns:
        The articles, in the order in which their ids first came, and what was skipped in each file.

    Raises:
        LogError: A file is of no known form, too much of it is bad, or there is no article at all.
    """
    found: dict[str, Article] = {}
    rejects = []
    for path in paths:
        bad = BadLines(str(path))
        rejects.append(bad)
        for article in _articles_of(path, bad):
            found[article.article_id] = article
        bad.check(max_bad_share)
    if not found:
        raise LogError(f"no article in {', '.join(map(str, paths)) or 'no file'}; give files with at least one")
    return list(found.values()), rejects


def read_article_lines(path: Path, parse: Callable[[str], Article], bad: BadLines) -> Iterator[Article]:
    """Articles of a text file, one a line.

    Args:
        parse: Raises ValueError for a line that is none.
        bad: Told of the lines that were skipped.

    Raises:
        LogError: The file cannot be read.
    """
    for number, line in read_lines(path):
        if not line.strip():
            continue
        bad.total += 1
        try:
            yield parse(decode_line(line))
        except ValueError as error:
            bad.add(number, "bad article", str(error))


def _articles_of(path: Path, bad: BadLines) -> Iterator[Article]:
    form = form_of(path)
    if form is Form.EBNERD:
        return ebnerd.read_articles(path, bad)
    return read_article_lines(path, mind.parse_article if form is Form.MIND else parse_article, bad)
