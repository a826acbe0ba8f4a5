"""Topics that a bundle guesses for headlines whose feed gives none: how often they are right, and how honest.

Two sets that the default bundle's topic head has not learned from: HuffPost's headlines of 2018, and those of hundreds
of publishers of 2014 with the four topics that the News Aggregator Dataset gives them.

    python -m benchmarks.topics [BUNDLE]
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from edge_runtime import Article, NewsModel, read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.topic_head import LEAST_PROBABILITY
from trainer.data.corpus import read_articles
from trainer.data.open_headlines import PUBLISHERS_FILE, held_out
from trainer.errors import ConfigError

BINS = 10


@dataclass(frozen=True, slots=True)
class Guesses:
    """How good guesses are, as fractions."""

    articles: int
    accuracy: float
    calibration_error: float  # in `BINS` bins of equal width (Guo et al., ICML 2017)
    named: float  # share with at least `LEAST_PROBABILITY`: the others stay unknown
    right_if_named: float  # 0 if none is named


def judge(shares: np.ndarray, topics: Sequence[str], labels: Sequence[str]) -> Guesses:
    """Compare guesses with the truth.

    Args:
        shares: (n, num_topics) probabilities; rows sum to 1.
        topics: Their names.
        labels: (n,) the true names.
    """
    sure, best = shares.max(axis=1), np.array(topics)[shares.argmax(axis=1)]
    is_right = best == np.array(labels)
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(sure[bins == part].sum() - is_right[bins == part].sum()) for part in range(BINS)]
    named = sure >= LEAST_PROBABILITY
    right = float(is_right[named].mean()) if named.any() else 0.0
    return Guesses(len(labels), float(is_right.mean()), float(sum(gaps) / len(labels)), float(named.mean()), right)


def guesses(bundle: Path, articles: Sequence[Article]) -> Guesses:
    """What a bundle guesses from titles alone.

    Raises:
        ConfigError: The bundle has no topic head.
    """
    opened = read_bundle(bundle)
    if opened.topic_head is None:
        raise ConfigError(f"{bundle}: has no topic head; train with a recipe that has analysis = true")
    bare = [replace(article, category="") for article in articles]
    shares = opened.topic_head.probabilities(NewsModel(opened).pooled(bare))
    return judge(shares, opened.manifest.topics[1:], [article.category for article in articles])


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each set."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.topics", description="Topics of held-out headlines.")
    parser.add_argument("bundle", type=Path, nargs="?", default=DEFAULT_BUNDLE, help="the default bundle, if not given")
    options = parser.parse_args(arguments)
    print("| headlines | number | right | calibration error | named | right of these |\n|---|---:|---:|---:|---:|---:|")
    for name, articles in (("HuffPost 2018", held_out()), ("other publishers, 2014", read_articles(PUBLISHERS_FILE))):
        found = guesses(options.bundle, articles)
        print(
            f"| {name} | {found.articles:,} | {found.accuracy:.3f} | {found.calibration_error:.3f} | "
            f"{found.named:.3f} | {found.right_if_named:.3f} |"
        )


if __name__ == "__main__":
    main()
