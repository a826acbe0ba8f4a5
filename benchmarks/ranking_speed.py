"""Scores of all vectors and the best 20: ours beside other libraries that are installed, in one process, one thread.

python -m benchmarks.ranking_speed                # those of the extra `bench` that are installed; takes 3 GB
python -m benchmarks.ranking_speed --json FILE    # the figures in a file too

Vectors are those of the packaged headlines; where more are wanted, of two headlines together, and a little moved. Times
are processor time in microseconds, medians of rounds in which all take turns. A feed does more: `reader_speed`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.timing import ONE_THREAD, cpu_us, in_turns, report

os.environ.update(ONE_THREAD)

import numpy as np

from benchmarks.ranking_peers import KERNELS, Vectors
from edge_runtime import NewsModel, read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.data.corpus import load_corpus

OURS = "edge-news"
SIZES = (1_000, 10_000, 100_000, 1_000_000)
K = 20
QUERIES = 16  # that take turns
MOVED = 0.1  # length of what is added to a vector that is no headline's own
BYTES = {"edge-news": 4, "faiss SQ8": 1, "faiss SQfp16": 2, "numkong int8": 1, "numpy int8 in blocks": 1}


@cache
def known_vectors() -> Vectors:
    """(6,000, dim) float32, those of the packaged headlines."""
    return NewsModel(read_bundle(DEFAULT_BUNDLE)).encode(load_corpus())


def headline_vectors(number: int, rng: np.random.Generator) -> Vectors:
    """(number, dim) float32 of length 1."""
    known = known_vectors()
    if number <= len(known):
        return known[rng.permutation(len(known))[:number]]
    pairs = rng.integers(len(known), size=(2, number - len(known)))
    more = known[pairs[0]] + known[pairs[1]]
    more += (MOVED / np.sqrt(known.shape[1])) * rng.standard_normal(more.shape, np.float32)
    every = np.concatenate([known, more])
    every /= np.sqrt(np.einsum("ij,ij->i", every, every))[:, None]
    return every


def bytes_a_second(size_bytes: int = 1 << 28) -> float:
    """What this machine reads from memory, on one thread: the best of ten passes of a sum."""
    block = np.ones(size_bytes // 8)
    return size_bytes / min(cpu_us(block.sum) for _ in range(10)) * 1e6


def measured(names: Sequence[str], number: int, rounds: int, bandwidth: float) -> list[dict[str, Any]]:
    """A row for each kernel that is there, over so many vectors."""
    rng = np.random.default_rng(number)
    vectors = headline_vectors(number, rng)
    queries = vectors[rng.integers(number, size=QUERIES)] + 0.05 * rng.standard_normal((QUERIES, vectors.shape[1]))
    queries = np.ascontiguousarray(queries, np.float32)
    best = [set(np.argsort(-(vectors.astype(np.float64) @ query))[:K].tolist()) for query in queries]
    searches = {name: KERNELS[name][1](vectors, K) for name in names if not _missing(name)}
    kept = {
        name: np.mean([len(best[at] & set(np.asarray(search(query)).tolist())) for at, query in enumerate(queries)])
        for name, search in searches.items()
    }
    turn = dict.fromkeys(searches, 0)

    def spent(name: str) -> float:
        turn[name] += 1
        query = queries[turn[name] % QUERIES]
        return cpu_us(lambda: searches[name](query))

    times = in_turns({name: lambda name=name: spent(name) for name in searches}, rounds)  # type: ignore[misc]
    return [
        {
            "kernel": name,
            "articles": number,
            "us": us,
            "ratio_to_ours": us / times[OURS],
            "top20_kept": float(kept[name]),
            "bandwidth_share": BYTES.get(name, 4) * vectors.size / (us / 1e6) / bandwidth,
        }
        for name, us in times.items()
    ]


def _missing(name: str) -> bool:
    module = KERNELS[name][0]
    return bool(module) and find_spec(module) is None


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--articles", type=int, action="append", metavar="N", help="measure this size, not all")
    args = parser.parse_args()
    print(*(f"{name}: not installed" for name in KERNELS if _missing(name)), sep="\n")
    bandwidth = bytes_a_second()
    figures = []
    for number in args.articles or SIZES:
        figures += measured(list(KERNELS), number, max(11, min(400, 4_000_000 // number)), bandwidth)
    report(figures, args.json, memory_gb_s=round(bandwidth / 1e9, 1))


if __name__ == "__main__":
    main()
