"""Scores as sums of named parts: what a reader's history says of each candidate. Pure numpy, no clock, no storage."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.head import ScoringHead, coefficient
from edge_runtime.model.products import products
from edge_runtime.model.warm_articles import WarmArticles, co_click_similarity

DISLIKE_WEIGHT = 2.0  # score lost by an article equal to a disliked one; relevance spreads over about 2

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ReaderState:
    """What ranking needs of a state."""

    interests: Floats  # (num_clicks, dim): user encoder's view of each past click, oldest first
    log_weights: Floats  # (num_clicks,): how much each counts
    clicks: Floats  # (num_clicks, dim): the clicked articles' own vectors
    topic_shares: Floats  # (num_topics,): share of each topic among clicks and picks; sums to 1, or 0 without any
    topic_clicks: int  # how many clicks and picks the shares are made of
    disliked: Floats  # (num_dislikes, dim)
    warm: Floats  # (num_clicks, warm_dim): the clicks among other readers' clicks; zeros for one that is not warm


def topic_shares(topics: NDArray[np.int64], num_topics: int) -> Floats:
    """Share of each topic among the topics of some clicks.

    Args:
        topics: (num_clicks,) topic numbers.
        num_topics: All that there are.

    Returns:
        (num_topics,) float32 with sum 1; zeros without clicks.
    """
    # A 32-bit system counts 32-bit numbers only.
    counts = np.bincount(topics.astype(np.intp), minlength=num_topics).astype(np.float32)
    shares: Floats = counts / np.float32(max(len(topics), 1))
    return shares


@dataclass(frozen=True, slots=True)
class Nearness:
    """How near candidates are to what the click model goes by."""

    nearest: Floats  # (num_candidates,) `log_mean_exp` of the similarities to past clicks; not read without clicks
    average: Floats  # (num_candidates,) mean similarity to past clicks; likewise
    prior: Floats  # (num_candidates,) to `ScoringHead.prior`


def relevance_parts(
    head: ScoringHead, state: ReaderState, vectors: Floats, topics: NDArray[np.int64]
) -> dict[str, Floats]:
    """What the click model says of candidates, part by part; their sum is the relevance.

    Args:
        head: The bundle's scoring head.
        state: The reader's history.
        vectors: (num_candidates, dim) float32, length 1.
        topics: (num_candidates,) topic numbers, 0 = unknown.

    Returns:
        The parts of `relevance_of`.
    """
    prior = vectors @ head.prior
    if not len(state.clicks):
        return relevance_of(head, state, Nearness(prior, prior, prior), topics)
    nearest = log_mean_exp(vectors, state.interests, state.log_weights, head.sharpness)
    return relevance_of(head, state, Nearness(nearest, vectors @ state.clicks.mean(axis=0), prior), topics)


def relevance_of(
    head: ScoringHead, state: ReaderState, nearness: Nearness, topics: NDArray[np.int64]
) -> dict[str, Floats]:
    """The same of candidates whose nearness is known.

    Args:
        head: The bundle's scoring head.
        state: The reader's history.
        nearness: Of the candidates.
        topics: (num_candidates,) topic numbers, 0 = unknown.

    Returns:
        interest: Log-mean-exp of the similarities to past clicks: near one of many interests is enough.
        average: Mean similarity to past clicks.
        topic: Share of the topic among past clicks, and which topics go with it.
        prior: What readers like in general, from the text alone.
        Each (num_candidates,) float32.
    """
    num_clicks = len(state.clicks)
    none = np.zeros(len(topics), np.float32)
    parts = {"interest": none, "average": none, "topic": head.topic_bias[topics], "prior": nearness.prior}
    if num_clicks:
        parts["interest"] = np.float32(coefficient(head.interest, num_clicks)) * nearness.nearest
        parts["average"] = np.float32(coefficient(head.average, num_clicks)) * nearness.average
    if state.topic_clicks:
        share = np.float32(coefficient(head.topic_share, state.topic_clicks))
        by_topic = share * np.log(state.topic_shares + np.float32(SHARE_FLOOR))
        by_topic += state.topic_shares @ head.topic_matrix
        parts["topic"] = (head.topic_bias + by_topic)[topics]
    return parts


SHARE_FLOOR = 0.02  # a topic never read has a share of log(0.02), not of minus infinity


def log_mean_exp(vectors: Floats, interests: Floats, log_weights: Floats, sharpness: float) -> Floats:
    """(1 / sharpness) log sum_h w_h exp(sharpness * s_h), s_h = candidate . interest h, w_h = softmax(log_weights).

    Args:
        vectors: (num_candidates, dim), length 1.
        interests: (num_clicks, dim).
        log_weights: (num_clicks,).
        sharpness: 0 would be the mean of the similarities, infinity their maximum.

    Returns:
        (num_candidates,) float32.
    """
    return log_mean_of(interest_powers(vectors, interests, sharpness), interests, log_weights, sharpness)


def interest_powers(vectors: Floats, interests: Floats, sharpness: float) -> Floats:
    """exp(sharpness * (s_h - l_h)) of each interest h and candidate; l_h is the interest's length.

    Each depends on one interest and one candidate alone, so they can be kept while others come and go.

    Args:
        vectors: (num_candidates, dim), length 1.
        interests: (num_clicks, dim).
        sharpness: As of `log_mean_exp`.

    Returns:
        (num_clicks, num_candidates) float32, in [0, 1].
    """
    # No similarity is above the interest's length, so exp cannot overflow. In place: this is the one large array of a
    # ranking, and each further pass over it costs as much as the product.
    scaled: Floats = interests * np.float32(sharpness)
    powers = products(scaled, vectors)
    powers -= _peaks(interests, sharpness)[:, None]
    np.exp(powers, out=powers)
    return powers


def log_mean_of(powers: Floats, interests: Floats, log_weights: Floats, sharpness: float) -> Floats:
    """`log_mean_exp` of powers that are known.

    Args:
        powers: (num_clicks, num_candidates) from `interest_powers`.
        interests: (num_clicks, dim) that they are of.
        log_weights: (num_clicks,), or (n, num_clicks) for n readings of the same history.
        sharpness: As they were made with.

    Returns:
        (num_candidates,) float32, or (n, num_candidates).
    """
    weights = np.exp(log_weights - log_weights.max(axis=-1, keepdims=True))
    weights /= weights.sum(axis=-1, keepdims=True)
    peaks = _peaks(interests, sharpness)
    peak = peaks.max()
    scaled = (weights * np.exp(peaks - peak)).astype(np.float32, copy=False)
    sums = products(np.atleast_2d(scaled), powers.T)
    total: Floats = (np.log(sums + np.float32(1e-35)) + peak) / np.float32(sharpness)
    return total if scaled.ndim > 1 else total[0]


def _peaks(interests: Floats, sharpness: float) -> Floats:
    peaks: Floats = np.sqrt(np.square(interests).sum(axis=1)) * np.float32(sharpness)
    return peaks


# News of these topics is old sooner or later than others: what happened, against what is worth reading any day. By
# judgement: no log that we have tells publication times. A topic that is not named has the bundle's own half-life.
HALF_LIFE_FACTORS = {
    **dict.fromkeys(("crime", "finance", "politics", "sports", "us news", "weather", "world", "world news"), 0.7),
    **dict.fromkeys(("culture", "food", "foodanddrink", "health", "home", "lifestyle", "parenting", "travel"), 1.5),
}


def freshness(head: ScoringHead, ages_s: NDArray[np.float64], factors: float | Floats = 1.0) -> Floats:
    """Score for being new; an article from the future counts as published this moment.

    Args:
        head: Its `freshness` and `half_life_s` are used.
        ages_s: (num_candidates,) seconds since publication; NaN where that is unknown, which scores 0.
        factors: (num_candidates,) of the half-life, from `HALF_LIFE_FACTORS`.

    Returns:
        (num_candidates,) float32.
    """
    decay = np.exp2(-np.maximum(ages_s, 0.0) / (head.half_life_s * factors))
    return np.where(np.isnan(ages_s), 0.0, head.freshness * decay).astype(np.float32)


def popularity(head: ScoringHead, shown: NDArray[np.float64], clicked: NDArray[np.float64]) -> Floats:
    """Score for what other readers made of an article: its smoothed click rate against the usual one.

    Args:
        head: Its `popularity` is used; without one every article scores 0.
        shown: (num_candidates,) how often each was shown; 0 where nothing is known, which scores 0.
        clicked: (num_candidates,) how often it was clicked.

    Returns:
        (num_candidates,) float32.
    """
    if head.popularity is None:
        return np.zeros(len(shown), np.float32)
    known = head.popularity
    usual = known.trust * known.usual_rate
    rate = (clicked + usual) / (shown + known.trust)
    score: Floats = (known.weight * np.log(rate / known.usual_rate)).astype(np.float32)
    return score


def co_clicks(table: WarmArticles | None, state: ReaderState, warm: Floats) -> Floats:
    """Score for being opened by those who open what the reader opened.

    Args:
        table: Its weight is used; without a table every article scores 0.
        state: Its `warm` clicks.
        warm: (num_candidates, warm_dim) from `WarmArticles.vectors`; one that is not warm scores 0, and so does every
            candidate if no click is warm.

    Returns:
        (num_candidates,) float32.
    """
    if table is None:
        return np.zeros(len(warm), np.float32)
    similarity = co_click_similarity(state.warm, warm)
    score = np.float32(table.weight) * (similarity - np.float32(table.usual))
    return np.where(np.isnan(similarity), np.float32(0), score)


def dislike_penalty(state: ReaderState, vectors: Floats) -> Floats:
    """Loss for resembling a disliked article: the cosine to the nearest one, if positive.

    Args:
        state: Its `disliked` vectors.
        vectors: (num_candidates, dim) float32, each of length 1.

    Returns:
        (num_candidates,) float32, none above 0.
    """
    if not len(state.disliked):
        return np.zeros(len(vectors), np.float32)
    nearest = products(state.disliked, vectors).max(axis=0)
    penalty: Floats = np.float32(-DISLIKE_WEIGHT) * np.maximum(nearest, np.float32(0))
    return penalty


def total(parts: Mapping[str, Floats]) -> NDArray[np.float64]:
    """The score: the sum of its parts, in double precision so that it equals the printed parts' sum.

    Args:
        parts: By name, (num_candidates,) float32 each; at least one.

    Returns:
        (num_candidates,) float64.
    """
    first, *others = parts.values()
    score = first.astype(np.float64)
    for part in others:
        score += part
    return score
