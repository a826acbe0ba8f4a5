"""Titles a second: `SubwordEncoder` beside the `tokenizers` library, on one core, in one run.

python -m benchmarks.text_speed                                    # the packaged demo headlines
python -m benchmarks.text_speed news.tsv.gz --column 4             # any file, one title a line or a column of it
python -m benchmarks.text_speed articles.jsonl                     # or the "title" of each row
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

os.environ["TOKENIZERS_PARALLELISM"] = "false"  # one core each

from edge_runtime import demo_articles
from edge_runtime.model import tokens
from edge_runtime.model.tokens import SubwordEncoder
from trainer.data.vocabulary import learn_vocabulary, reference_tokenizer

ROUNDS = 5
Run = Callable[[Sequence[str]], list[list[int]]]


def read_titles(path: Path, column: int | None) -> list[str]:
    data = path.read_bytes()
    rows = (gzip.decompress(data) if path.suffix == ".gz" else data).decode().removesuffix("\n").split("\n")
    if ".jsonl" in path.suffixes:
        return [json.loads(row)["title"] for row in rows]
    return rows if column is None else [row.split("\t")[column - 1] for row in rows]


def best_seconds(runs: dict[str, Run], titles: Sequence[str]) -> dict[str, float]:
    """Each round goes through all runs, so that a busy moment of the machine does not fall on one of them alone."""
    best = dict.fromkeys(runs, float("inf"))
    for _ in range(ROUNDS):
        for name, run in runs.items():
            started = time.perf_counter()
            run(titles)
            best[name] = min(best[name], time.perf_counter() - started)
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, nargs="?", help="titles; without it, the packaged demo headlines")
    parser.add_argument("--column", type=int, help="tab-separated column that holds the title, 1 = first")
    parser.add_argument("--size", type=int, default=12_000, help="pieces to learn from the same titles")
    args = parser.parse_args()
    titles = (
        read_titles(args.file, args.column)
        if args.file
        else [article.title for article in demo_articles(now=datetime.now(UTC))]
    )
    pieces = learn_vocabulary(titles, args.size)
    reference = reference_tokenizer(pieces)
    encoder = SubwordEncoder(pieces)

    def ours_cold(titles: Sequence[str]) -> list[list[int]]:
        tokens._CHARACTERS.clear()
        fresh = SubwordEncoder(pieces)
        return [fresh.encode(title) for title in titles]

    def ours_warm(titles: Sequence[str]) -> list[list[int]]:
        return [encoder.encode(title) for title in titles]

    def library(titles: Sequence[str]) -> list[list[int]]:
        return [reference.encode(title).ids for title in titles]

    def library_batch(titles: Sequence[str]) -> list[list[int]]:
        return [encoding.ids for encoding in reference.encode_batch_fast(titles)]

    runs: dict[str, Run] = {
        "SubwordEncoder, all caches empty": ours_cold,
        "SubwordEncoder, second pass": ours_warm,
        "tokenizers encode, title by title": library,
        "tokenizers encode_batch_fast": library_batch,
    }
    if not ours_cold(titles) == ours_warm(titles) == library(titles) == library_batch(titles):
        raise SystemExit("the ids differ: no speed to compare")
    seconds = best_seconds(runs, titles)
    num_words = sum(len(title.split()) for title in titles)
    print(f"{len(titles)} titles of {num_words / len(titles):.1f} words, {len(pieces)} pieces, best of {ROUNDS} rounds")
    for name, taken in seconds.items():
        ratio = seconds["tokenizers encode, title by title"] / taken
        print(f"{name:36}{len(titles) / taken:10,.0f} titles/s {ratio:6.2f} x tokenizers encode")


if __name__ == "__main__":
    main()
