"""What a search of a full cache costs: with texts kept as they are compared, folded at each search, and by an index.

python -m benchmarks.search_speed                       # the packaged headlines, put together anew
python -m benchmarks.search_speed --articles 5000 --characters 100
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import numpy as np

from edge_runtime import Article, demo_articles
from edge_runtime.content.compare_text import fold, fold_all
from edge_runtime.content.search_query import SearchQuery, searched_texts
from edge_runtime.storage.articles import ArticleCache

QUERIES = "tweets", "nowhereatall", "the", "食堂", "أحمد"
ROUNDS = 5
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def articles(count: int, characters: int) -> list[Article]:
    """Articles with words of the packaged ones, of so many characters each."""
    rng, base = np.random.default_rng(0), demo_articles(NOW)
    words = [word for one in base for word in f"{one.title} {one.abstract}".split()]
    most = characters // 4 + 12
    texts = (" ".join(words[word] for word in rng.integers(0, len(words), most)) for _ in range(count))
    return [Article(f"a{n}", text[:60], text[60:characters], source="Example") for n, text in enumerate(texts)]


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median processor time of a call in milliseconds."""
    times = []
    for _ in range(rounds):
        begin = time.process_time()
        work()
        times.append((time.process_time() - begin) * 1e3)
    return statistics.median(times)


def trigrams(query: str) -> str:
    """What an index without positions is asked: all trigrams; it says where to look, not what is found."""
    return " AND ".join(f'"{query[at : at + 3]}"' for at in range(len(query) - 2))


def found_by_folding(word: str, texts: Sequence[str]) -> list[int]:
    """Where a folded word is, in texts that are folded for it."""
    return [place for place, text in enumerate(fold_all(texts)) if word in text]


def found_by_index(index: sqlite3.Connection, asked: str) -> list[tuple[int]]:
    """Where the index says to look."""
    return index.execute("SELECT rowid FROM t WHERE t MATCH ?", (asked,)).fetchall()


def main() -> None:
    """Measure inserts, bytes and queries, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    parser.add_argument("--characters", type=int, default=320, help="of each article")
    args = parser.parse_args()
    given = articles(args.articles, args.characters)
    texts = searched_texts([(one.source, one.title, one.abstract) for one in given])
    with tempfile.TemporaryDirectory() as folder:
        cache, index_path = ArticleCache(Path(folder) / "cache.db"), Path(folder) / "index.db"
        filled_ms = cpu_ms(lambda: cache.put(given, [(bytes(64), 1.0)] * len(given), "", NOW), 1)
        kept_bytes = sum(len(text.encode()) for text in texts)
        print(f"{len(given):,} articles of {args.characters} characters; kept: {kept_bytes / 1e6:.1f} MB of texts,")
        print(f"  {filled_ms * 1e3 / len(given):.0f} us to put an article, all told")
        index = sqlite3.connect(index_path)
        try:
            index.execute(
                "CREATE VIRTUAL TABLE t USING fts5(x, tokenize='trigram case_sensitive 1', detail=none, content='')"
            )
        except sqlite3.OperationalError as error:
            raise SystemExit(f"no index to compare: {error}") from error

        def fill() -> None:
            with index:
                index.executemany("INSERT INTO t (rowid, x) VALUES (?, ?)", enumerate(texts))

        print(f"index: {cpu_ms(fill, 1) * 1e3 / len(given):.0f} us an article more, ", end="")
        print(f"{index_path.stat().st_size / 1e6:.1f} MB")
        raw = [text for one in given for text in (one.title, one.abstract)]
        for query in QUERIES:
            kept = cpu_ms(partial(cache.matching, SearchQuery.parse(query)))
            folded = cpu_ms(partial(found_by_folding, fold(query), raw))
            asked = trigrams(fold(query))
            by_index = f"{cpu_ms(partial(found_by_index, index, asked)):.1f} ms" if asked else "cannot tell"
            print(f"  {query:14} kept {kept:6.1f} ms, folded each time {folded:6.1f} ms, index {by_index}")
        cache.close()


if __name__ == "__main__":
    main()
