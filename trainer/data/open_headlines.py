"""All openly licensed headlines at hand, which the default bundle learns language from, and those kept back from it.

Three data sets under CC BY 4.0, see NOTICE: HuffPost (News Category Dataset), hundreds of other publishers (News
Aggregator Dataset) and Upworthy (Upworthy Research Archive). HuffPost's year 2018 is kept back: nothing that ships is
trained on it, so people with tastes can be measured on headlines that no bundle has seen.
Rebuild the packaged files, byte for byte, with `python -m trainer.data.open_headlines SOURCES`.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from edge_runtime import Article
from trainer.data.corpus import age, cut, huffpost_article, read_articles, write_articles

FOLDER = Path(__file__).with_name("headlines")
HUFFPOST_FILE = FOLDER / "huffpost.jsonl.gz"
PUBLISHERS_FILE = FOLDER / "publishers.jsonl.gz"
UPWORTHY_FILE = FOLDER / "upworthy.jsonl.gz"
FILES = (HUFFPOST_FILE, PUBLISHERS_FILE, UPWORTHY_FILE)
SOURCES = ("news-text/huffpost.jsonl.gz", "news-text/uci-news-aggregator.jsonl.gz", "upworthy/packages.tsv.gz")

HELD_OUT_YEAR = 2018  # of HuffPost
MAX_ABSTRACT = 500  # characters


def training_headlines() -> list[Article]:
    """Every packaged article that a bundle may learn from, oldest first; `category` is "" where no one gave one."""
    kept = [article for path in FILES for article in read_articles(path) if not _is_held_out(article)]
    return sorted(kept, key=age)


def held_out() -> list[Article]:
    """HuffPost's articles of 2018, oldest first: to measure on, never to learn from."""
    return [article for article in read_articles(HUFFPOST_FILE) if _is_held_out(article)]


def build_open_headlines(sources: Path, out: Path) -> dict[str, int]:
    """Make the packaged files; the same sources, the same bytes.

    Args:
        sources: Folder that holds `SOURCES`.
        out: Folder that the files go to.

    Returns:
        How many articles each file has.

    Raises:
        ValueError: A category that no topic takes, or two articles with one id.
    """
    makers = (_huffpost, _publishers, _upworthy)
    counts = {}
    for name, file, maker in zip(SOURCES, FILES, makers, strict=True):
        articles = sorted(_different(maker(sources / name), name), key=age)
        write_articles(out / file.name, articles)
        counts[file.name] = len(articles)
    return counts


def _is_held_out(article: Article) -> bool:
    is_of_year = article.published is not None and article.published.year == HELD_OUT_YEAR
    return is_of_year and article.article_id.startswith("huff-")


def _different(articles: Iterable[Article], where: str) -> Iterator[Article]:
    """Those with a title that no earlier one has."""
    titles: set[str] = set()
    ids: set[str] = set()
    for article in articles:
        if not article.title or article.title.casefold() in titles:
            continue
        if article.article_id in ids:
            raise ValueError(
                f"{where}: two articles share the id {article.article_id}; "
                "take a longer hash in trainer/data/open_headlines.py"
            )
        titles.add(article.title.casefold())
        ids.add(article.article_id)
        yield article


def _huffpost(source: Path) -> Iterator[Article]:
    for number, row in enumerate(_json_rows(source), start=1):
        yield huffpost_article(row, f"{source}:{number}", MAX_ABSTRACT)


def _publishers(source: Path) -> Iterator[Article]:
    for row in _json_rows(source):
        yield Article(
            article_id=f"uci-{row['id']}",
            title=_one_line(row["title"]),
            category=row["category"],  # named as the topics of corpus.py are
            source=row["publisher"],
            url=row["url"],
            language="en",
            published=datetime.fromisoformat(row["time"]),
        )


def _upworthy(source: Path) -> Iterator[Article]:
    """One article for each headline of a test; the week's Monday is its day."""
    with gzip.open(source, "rt", encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
            title = _one_line(row["headline"])
            yield Article(
                article_id=f"upworthy-{zlib.crc32(title.casefold().encode()):08x}",
                title=title,
                abstract=cut(_one_line(row["lede"]), MAX_ABSTRACT),
                source="Upworthy",
                language="en",
                published=datetime.strptime(row["week"] + "1", "%Y%W%w").replace(tzinfo=UTC),
            )


def _json_rows(source: Path) -> Iterator[dict[str, str]]:
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def main() -> None:
    """Build the packaged files from the data sets."""
    parser = argparse.ArgumentParser(description="Build the packaged headlines from three data sets.")
    parser.add_argument("sources", type=Path, help=f"folder with {', '.join(SOURCES)}")
    parser.add_argument("--out", type=Path, default=FOLDER, help="where the files go")
    arguments = parser.parse_args()
    print(build_open_headlines(arguments.sources, arguments.out))


if __name__ == "__main__":
    main()
