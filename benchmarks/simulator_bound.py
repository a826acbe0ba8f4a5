"""How much of the way from chance to the true preferences anybody could go on a simulated log.

    python -m benchmarks.simulator_bound [--readers 2000] [--impressions-per-reader 18] [--seed 7]

Measures, on the last 15 % of the lists, a learner that no trainer can be: it knows the simulator's formula, the quality
and age of every article, how often each position is looked at, and what tastes are like in general. Of a reader it sees
what a model sees: earlier lists and clicks. It gives each reader the most likely taste (maximum a posteriori, a normal
prior with the simulator's own means and spreads). What it misses, clicks do not tell.
"""

from __future__ import annotations

import argparse

import numpy as np

from trainer.data import simulate as simulator
from trainer.data.corpus import load_corpus
from trainer.data.newsroom import DAY_S, Newsroom, open_newsroom
from trainer.data.readers import RECENCY_LOSS, TOPIC_STRENGTH, WORD_STRENGTH, Readers
from trainer.measure.metrics import impression_metrics

DEV_SHARE = 0.15
NEWTON_STEPS = 8
PRIOR_READERS = 5000  # drawn to know what tastes are like
USUAL_THRESHOLD = 4.0  # logits; the simulator's own lies near it


def features(newsroom: Newsroom, rows: np.ndarray) -> np.ndarray:
    """(n,) article rows -> (n, num_topics + num_words): its topic, and the words in its title."""
    num_topics, num_words = newsroom.words_in_topics.shape
    found = np.zeros((len(rows), num_topics + num_words + 1), np.float32)
    found[np.arange(len(rows)), newsroom.topics[rows]] = 1
    for words in newsroom.title_words[rows].T:
        found[np.arange(len(rows)), num_topics + words] = 1
    return found[:, :-1]


def usual_tastes(newsroom: Newsroom) -> tuple[np.ndarray, np.ndarray]:
    """Means and variances of the tastes of many readers, in logits for each feature."""
    readers = Readers(PRIOR_READERS, newsroom, np.random.default_rng(0))
    topics, words = TOPIC_STRENGTH * np.sqrt(readers.topic_tastes), WORD_STRENGTH * readers.word_tastes[:, :-1]
    tastes = np.concatenate([topics, words], axis=1)
    return tastes.mean(axis=0), tastes.var(axis=0) + 1e-3


def likely_taste(
    seen: np.ndarray,
    offsets: np.ndarray,
    looked_at: np.ndarray,
    clicked: np.ndarray,
    prior: tuple[np.ndarray, np.ndarray],
) -> np.ndarray:
    """Newton's method for a click with probability looked_at * sigmoid(seen . taste + offset)."""
    mean, variance = prior
    taste = mean.copy()
    for _ in range(NEWTON_STEPS if len(seen) else 0):
        liked = 1 / (1 + np.exp(-(seen @ taste + offsets)))
        chance = np.clip(looked_at * liked, 1e-6, 1 - 1e-6)
        slope = np.where(clicked, 1 - liked, -looked_at * liked * (1 - liked) / (1 - chance))
        curve = np.clip(liked * (1 - liked) * np.where(clicked, 1, looked_at), 1e-4, 0.25)
        pull = seen.T @ slope - (taste - mean) / variance
        step = np.linalg.solve((seen * curve[:, None]).T @ seen + np.diag(1 / variance), pull)
        taste = taste + step
        if np.abs(step).max() < 1e-3:
            break
    return taste


def main() -> None:
    """Simulate, learn, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--readers", type=int, default=2000)
    parser.add_argument("--impressions-per-reader", type=float, default=18.0)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    settings = simulator.SimulatorSettings(
        readers=options.readers, impressions_per_reader=options.impressions_per_reader, seed=options.seed
    )
    articles = load_corpus()
    # The simulator draws the newsroom from the first of its five streams.
    newsroom = open_newsroom(articles, settings.days, settings.shown, np.random.default_rng(settings.seed).spawn(5)[0])
    batches = list(simulator.simulate(settings, articles, lambda line: None).batches)
    readers, times_s, shown, clicked, truth = (
        np.concatenate([getattr(batch, name) for batch in batches])
        for name in ("readers", "times_s", "shown", "is_clicked", "preference")
    )
    is_dev = np.arange(len(readers)) >= int(len(readers) * (1 - DEV_SHARE))
    known = newsroom.quality[shown] - RECENCY_LOSS * (times_s[:, None] - newsroom.published_s[shown]) / DAY_S
    looked_at = simulator.examination(settings.shown)
    prior, informed = usual_tastes(newsroom), known.copy()
    for reader in range(settings.readers):
        before, after = (np.flatnonzero((readers == reader) & part) for part in (~is_dev, is_dev))
        if len(after):
            taste = likely_taste(
                features(newsroom, shown[before].ravel()),
                known[before].ravel() - USUAL_THRESHOLD,
                np.tile(looked_at, len(before)),
                clicked[before].ravel(),
                prior,
            )
            informed[after] += (features(newsroom, shown[after].ravel()) @ taste).reshape(len(after), -1)
    offsets = np.arange(is_dev.sum() + 1) * settings.shown

    def ndcg10(scores: np.ndarray) -> float:
        found = impression_metrics(scores[is_dev].astype(float).ravel(), clicked[is_dev].ravel(), offsets)
        return float(np.nanmean(found["ndcg10"]))

    chance = ndcg10(np.random.default_rng(settings.seed).random(shown.shape))
    best = ndcg10(truth)
    print(f"{len(readers)} lists, {clicked.sum()} clicks; nDCG@10 on the last {is_dev.sum()} lists, share of the way")
    for name, scores in (("true preferences", truth), ("informed learner", informed), ("quality and age", known)):
        found = ndcg10(scores)
        print(f"{name:18} {found:.4f}  {(found - chance) / (best - chance):6.1%}")
    print(f"{'chance':18} {chance:.4f}")


if __name__ == "__main__":
    main()
