"""Laws of the head that learns from the reader's own lists."""

from __future__ import annotations

import numpy as np
import pytest
from pytest import approx

from edge_runtime.personal.linear_head import LinearHead


def test_one_example_by_hand():
    # precision 1 + 0.25 * 2^2 = 2, information (1 - 0.5) * 2 = 1: the weight is 0.5
    head = LinearHead(np.array([1.0]))
    head.learn(np.array([[2.0]]), np.array([0.5]), np.array([True]))
    assert head.mean() == approx([0.5])


def test_neither_order_nor_company_of_examples_matters():
    rng = np.random.default_rng(3)
    features, probabilities, opened = rng.normal(size=(50, 4)), rng.uniform(0.05, 0.6, 50), rng.random(50) < 0.3
    together, alone = LinearHead(np.ones(4)), LinearHead(np.ones(4))
    together.learn(features, probabilities, opened)
    for row in reversed(range(50)):
        alone.learn(features[[row]], probabilities[[row]], opened[[row]])
    assert together.mean() == approx(alone.mean())


@pytest.mark.parametrize("opened", [True, False])
def test_to_reconsider_is_as_if_it_had_been_so_at_once(opened):
    features, probability = np.array([[0.3, -1.0]]), np.array([0.2])
    late, at_once = LinearHead(np.ones(2)), LinearHead(np.ones(2))
    late.learn(features, probability, np.array([not opened]))
    late.reconsider(features, np.array([opened]))
    at_once.learn(features, probability, np.array([opened]))
    assert late.mean() == approx(at_once.mean())


def test_it_finds_what_the_reader_likes_beyond_the_model():
    rng = np.random.default_rng(5)
    truth = np.array([1.5, -1.0, 0.0])
    head = LinearHead(np.ones(3))
    features = rng.normal(size=(4000, 3))
    head.learn(features, np.full(4000, 0.5), rng.random(4000) < 1 / (1 + np.exp(-features @ truth)))
    # One Newton step falls short of the maximum, but it points there.
    found = head.mean()
    assert found @ truth / np.linalg.norm(found) / np.linalg.norm(truth) > 0.98


def test_draws_have_the_covariance_of_the_posterior():
    head = LinearHead(np.array([1.0, 4.0]))
    head.learn(np.array([[1.0, 1.0]]), np.array([0.5]), np.array([True]))
    # precision [[1.25, 0.25], [0.25, 4.25]]
    wanted = np.linalg.inv(np.array([[1.25, 0.25], [0.25, 4.25]]))
    rng = np.random.default_rng(0)
    draws = np.stack([head.draw(rng) for _ in range(20_000)])
    assert np.cov(draws.T) == approx(wanted, abs=0.02)
    assert (head.draw(np.random.default_rng(1)) == head.draw(np.random.default_rng(1))).all()
