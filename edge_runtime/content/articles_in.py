"""Articles in a publisher's or a user's own file: JSON Lines, one article a line, plain or gzip. See docs/data.md.

    {"article_id": "a1", "title": "Rain again", "category": "weather", "published": "2026-11-24T06:00:00Z"}

`article_id` is needed, and a title or an abstract; `source`, `url`, `image` and `language` may be given too, and what
the publisher counted: `"popularity": {"shown": 1200, "clicked": 85, "as_of": "2026-11-24T08:00:00Z"}`. Other names are
left alone, so that a publisher may keep its own fields.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from edge_runtime.errors import ArticleFileError, Remedy
from edge_runtime.model.json_lines import MAX_LINE_BYTES, Json, decode_line, parse_object, parse_time
from edge_runtime.types import Article, Popularity

# A longer title or abstract is cut, a longer id or address is refused: half of either names another thing.
MAX_CHARACTERS = {"title": 2_000, "abstract": 10_000, "category": 200, "source": 200, "language": 35}
MAX_ID_CHARACTERS = 512
MAX_URL_CHARACTERS = 4_000
MAX_IMAGE_CHARACTERS = 2_000
MAX_COUNT = 10**12


class Lines(Protocol):
    """What is read line by line: a file of bytes, or what inflates one."""

    def readline(self, size: int = -1, /) -> bytes:
        """The next line, or as much of it as `size` bytes."""


def parse_article(line: str) -> Article:
    """One row of an articles file.

    Raises:
        ValueError: Says what is wrong with the row.
    """
    row = parse_object(line)
    article_id = _text(row, "article_id").strip()
    url = _text(row, "url").strip()
    if not article_id or len(article_id) > MAX_ID_CHARACTERS:
        raise ValueError(f"article_id is missing, empty or longer than {MAX_ID_CHARACTERS} characters")
    if len(url) > MAX_URL_CHARACTERS:
        raise ValueError(f"url is longer than {MAX_URL_CHARACTERS} characters")
    texts = {name: _text(row, name).strip()[:limit] for name, limit in MAX_CHARACTERS.items()}
    if not texts["title"] and not texts["abstract"]:
        raise ValueError("neither title nor abstract is given")
    published = row.get("published")
    return Article(
        article_id=article_id,
        url=url,
        published=None if published in (None, "") else parse_time(published),
        popularity=_popularity(row.get("popularity")),
        image=_image(row.get("image")),
        **texts,
    )


def read_articles(path: Path) -> tuple[list[Article], list[str]]:
    """Every article of a file that can be used.

    Returns:
        The articles in the file's order, and a warning "file:line: reason" for each line that was skipped.

    Raises:
        ArticleFileError: The file cannot be read at all.
    """
    try:
        with path.open("rb") as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            return read_article_lines(gzip.GzipFile(fileobj=file) if is_gzip else file, str(path))
    except OSError as error:
        raise ArticleFileError(f"{path}: cannot be read: {error.strerror or error}", Remedy.CHECK_PATH) from error


def read_article_lines(file: Lines, name: str) -> tuple[list[Article], list[str]]:
    """The same of a file that is open, under a name for its warnings.

    Raises:
        ArticleFileError: A gzip file that is damaged before its first article.
        OSError: It cannot be read.
    """
    articles, warnings = [], []
    try:
        for number, line in enumerate(_lines(file), start=1):
            if not line.strip():
                continue
            try:
                articles.append(parse_article(decode_line(line)))
            except ValueError as error:
                warnings.append(f"{name}:{number}: {error}")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        if not articles:
            raise ArticleFileError(f"{name}: damaged gzip file: {error}", Remedy.GET_AGAIN) from error
        warnings.append(f"{name}: damaged gzip file, read up to article {len(articles)}: {error}")
    return articles, warnings


def _lines(file: Lines) -> Iterator[bytes]:
    while line := file.readline(MAX_LINE_BYTES + 2):
        yield line
        while len(line) > MAX_LINE_BYTES and not line.endswith(b"\n") and line:
            # The rest of an overlong line.
            line = file.readline(MAX_LINE_BYTES + 2)


def _popularity(value: object) -> Popularity | None:
    # Nothing, or a field of the publisher's own.
    if not isinstance(value, dict):
        return None
    shown, clicked = value.get("shown"), value.get("clicked")
    if type(shown) is not int or type(clicked) is not int or not 0 <= clicked <= shown <= MAX_COUNT:
        raise ValueError(f"popularity: shown and clicked must be whole numbers, 0 <= clicked <= shown <= {MAX_COUNT}")
    return Popularity(shown, clicked, parse_time(value.get("as_of")))


def _image(value: object) -> str:
    """An http(s) address; anything else is a field of the publisher's own."""
    address = value.strip() if isinstance(value, str) else ""
    is_fit = len(address) <= MAX_IMAGE_CHARACTERS and address.lower().startswith(("http://", "https://"))
    return address.encode("utf-8", "replace").decode() if is_fit else ""


def _text(row: Json, name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"{name} is {type(value).__name__}, not a string")
    # Lone surrogates are valid JSON escapes, but no text: they cannot be stored.
    return value.encode("utf-8", "replace").decode()
