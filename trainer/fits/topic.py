"""The bundle's members for content analysis: topic head and word counts, from the articles of a training log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold

from edge_runtime import Article, Bundle
from edge_runtime.model.article_text import text_of
from edge_runtime.model.token_table import pooled
from edge_runtime.model.tokens import SubwordEncoder
from edge_runtime.model.topic_head import LEAST_PROBABILITY, TopicHead, topic_head
from edge_runtime.model.word_counts import count_titles
from trainer.data.topics import topic_numbers

FOLDS = 5
MOST_ARTICLES = 50_000  # more teach so few numbers nothing
BINS = 10  # of the calibration error
TEMPERATURE = (0.2, 5.0)


@dataclass(frozen=True, slots=True)
class TopicFit:
    """How good a head is on articles that it did not learn from, as fractions."""

    articles: int
    accuracy: float
    log_loss: float
    calibration_error: float  # expected calibration error in `BINS` bins of equal width (Guo et al., ICML 2017)
    coverage: float  # share of the articles with a probability of at least `LEAST_PROBABILITY`
    covered_accuracy: float  # on those; 0 if there are none


def add_analysis(bundle: Bundle, articles: Sequence[Article], seed: int) -> Bundle:
    """The bundle with a topic head and word counts, the head's quality among its manifest's metrics.

    Args:
        bundle: Its token table, pieces and topics are used.
        articles: Of the training log alone.
        seed: Of folds and sample.

    Returns:
        The same bundle where no article has a text; without a head where fewer than two topics have `FOLDS` articles.
    """
    titles = [text for article in articles if (text := text_of(article))]
    if not titles:
        return bundle
    counted = replace(bundle, word_counts=count_titles(bundle.pieces, titles))
    fitted = fit_topic_head(bundle, articles, seed)
    if fitted is None:
        return counted
    head, facts = fitted
    metrics = {**bundle.manifest.metrics, "topic_head": {name: round(fact, 4) for name, fact in asdict(facts).items()}}
    return replace(counted, topic_head=head, manifest=replace(bundle.manifest, metrics=metrics))


def fit_topic_head(bundle: Bundle, articles: Sequence[Article], seed: int) -> tuple[TopicHead, TopicFit] | None:
    """Multinomial logistic regression of an article's category on its pooled token vector, calibrated.

    A feed has other shares of topics than the log. So an article weighs one over the root of its topic's number: half
    way from the log's shares to equal ones. The inverse temperature that calibrates the probabilities, and all figures,
    come from the folds' held-out articles; texts of one address stay in one fold. The head itself learns from all of
    them. A topic of too few articles never wins.

    Returns:
        None where fewer than two topics have at least `FOLDS` articles.
    """
    numbers = topic_numbers(articles, bundle.manifest.topics)
    counts = np.bincount(numbers, minlength=len(bundle.manifest.topics))
    is_usable = (numbers > 0) & (counts[numbers] >= FOLDS)
    usable = [row for row in np.flatnonzero(is_usable).tolist() if text_of(articles[row])]
    rows = np.random.default_rng(seed).permutation(usable)[:MOST_ARTICLES].astype(np.int64)
    topics, labels = np.unique(numbers[rows], return_inverse=True)
    if len(topics) < 2:
        return None
    encoder = SubwordEncoder(bundle.pieces)
    texts = np.stack([pooled(bundle.token_table, encoder.encode(text_of(articles[row]))) for row in rows])
    logits = np.zeros((len(rows), len(topics)))
    addresses = np.unique([articles[row].url or articles[row].article_id for row in rows], return_inverse=True)[1]
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=seed)
    for learned, held_out in folds.split(texts, labels, addresses):
        weights, biases = _fit(texts[learned], labels[learned], len(topics))
        logits[held_out] = texts[held_out] @ weights.T + biases
    best = minimize_scalar(lambda scale: _log_loss(scale * logits, labels), bounds=TEMPERATURE, method="bounded")
    weights, biases = _fit(texts, labels, len(topics))
    num_topics = len(bundle.manifest.topics) - 1
    every_weight = np.zeros((num_topics, texts.shape[1]), np.float32)
    every_bias = np.full(num_topics, -1e4, np.float32)
    every_weight[topics - 1], every_bias[topics - 1] = best.x * weights, best.x * biases
    return topic_head(every_weight, every_bias), _quality(best.x * logits, labels)


def _fit(
    texts: NDArray[np.float32], labels: NDArray[np.int64], num_topics: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(num_topics, dim) weights and (num_topics,) biases."""
    weights = 1 / np.sqrt(np.bincount(labels))[labels]
    model = LogisticRegression(max_iter=100, tol=1e-3).fit(texts, labels, weights / weights.mean())
    if num_topics == 2:  # sklearn gives one row, the second topic's log odds
        return np.vstack([-model.coef_, model.coef_]) / 2, np.concatenate([-model.intercept_, model.intercept_]) / 2
    return model.coef_, model.intercept_


def _probabilities(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    shares: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
    return shares


def _log_loss(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> float:
    return float(-np.log(_probabilities(logits)[np.arange(len(labels)), labels] + 1e-12).mean())


def _quality(logits: NDArray[np.float64], labels: NDArray[np.int64]) -> TopicFit:
    shares = _probabilities(logits)
    sure, is_right = shares.max(axis=1), shares.argmax(axis=1) == labels
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    gaps = [abs(sure[bins == part].sum() - is_right[bins == part].sum()) for part in range(BINS)]
    covered = sure >= LEAST_PROBABILITY
    return TopicFit(
        articles=len(labels),
        accuracy=float(is_right.mean()),
        log_loss=_log_loss(logits, labels),
        calibration_error=float(sum(gaps) / len(labels)),
        coverage=float(covered.mean()),
        covered_accuracy=float(is_right[covered].mean()) if covered.any() else 0.0,
    )
