"""Sums that are kept up say what a computation of everything says, whatever came, went, faded or was evicted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime import Article
from edge_runtime.model.scoring import log_mean_exp
from edge_runtime.personal import interest_sums
from edge_runtime.personal.interest_sums import InterestSums
from edge_runtime.storage.articles import ArticleCache, quantize_vectors
from tests.edge_runtime.conftest import NOW

DIM, SHARPNESS = 8, 12.0
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["click", "click", "undo", "decay", "weigh", "add", "evict", "rest"]), st.integers(0, 99)
    ),
    min_size=1,
    max_size=30,
)


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    opened = ArticleCache(tmp_path_factory.mktemp("data") / "cache.db")
    yield opened
    opened.close()


def unit(rng: np.random.Generator, count: int) -> np.ndarray:
    rows = rng.normal(size=(count, DIM)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def put(cache: ArticleCache, names: list[str], rng: np.random.Generator) -> None:
    articles = [Article(name, name) for name in names]
    cache.put(articles, quantize_vectors(unit(rng, len(names))), "bundle", NOW)


@settings(deadline=None, max_examples=40)
@given(STEPS, st.integers(0, 2**31))
def test_log_means_after_anything_are_those_that_are_computed_anew(cache, steps, seed):
    rng, sums, names = np.random.default_rng(seed), InterestSums(), [f"a{n}" for n in range(12)]
    cache.remove(cache.rows(DIM).article_ids)
    put(cache, names, rng)
    rows, weights = cache.rows(DIM), [0.0]
    interests = unit(rng, 1)
    for kind, number in steps:
        changed: list[str] = []
        match kind:
            case "click":  # on an article of the cache: the interest is the article, and no more than five count
                interests = np.concatenate([interests, rows.vectors[[number % len(rows)]]])[-5:]
                weights = [*weights, 0.0][-5:]
            case "undo" if len(interests) > 1:
                gone = number % len(interests)
                interests, weights = np.delete(interests, gone, axis=0), [*weights[:gone], *weights[gone + 1 :]]
            case "decay":
                weights = [weight - number / 10 for weight in weights]
            case "weigh":
                weights[number % len(weights)] += 0.5
            case "add":
                changed = [f"b{number}"]
                put(cache, changed, rng)
            case "evict" if len(rows) > 3:
                changed = [rows.article_ids[number % len(rows)]]
                cache.remove(changed)
        if changed:
            rows = rows.changed(changed, cache.rows(DIM, changed))
        by_name = {"long": np.array(weights, np.float32)}
        if number % 2:
            by_name["session"] = np.maximum(3 * by_name["long"], -69).astype(np.float32)
        for name, means in sums.log_means(rows, interests, by_name, SHARPNESS).items():
            expected = log_mean_exp(rows.vectors[:], interests, by_name[name], SHARPNESS)
            np.testing.assert_allclose(means, expected, atol=1e-5)


def test_time_alone_computes_nothing(cache, monkeypatch):
    rng, sums = np.random.default_rng(0), InterestSums()
    put(cache, ["a", "b", "c"], rng)
    rows, interests, weights = cache.rows(DIM), unit(rng, 4), np.array([0, -1, -2, -3], np.float32)
    before = sums.log_means(rows, interests, {"long": weights}, SHARPNESS)["long"]
    monkeypatch.setattr(interest_sums, "interest_powers", None)
    assert sums.log_means(rows, interests, {"long": weights - 5}, SHARPNESS)["long"] is before
