"""Laws of the head that learns from the reader's own lists."""

from __future__ import annotations

import numpy as np
from pytest import approx

from edge_runtime.personal.linear_head import LinearHead


def test_one_example_by_hand():
    # precision 1 + 0.25 * 2^2 = 2, information (1 - 0.5) * 2 = 1: the weight is 0.5
    head = LinearHead(np.array([1.0]))
    head.learn(np.array([2.0]), 0.5, opened=True)
    assert head.mean() == approx([0.5])


def test_the_order_of_examples_does_not_matter():
    rng = np.random.default_rng(3)
    examples = [(rng.normal(size=4), rng.uniform(0.05, 0.6), bool(rng.random() < 0.3)) for _ in range(50)]
    forward, backward = LinearHead(np.ones(4)), LinearHead(np.ones(4))
    for example in examples:
        forward.learn(*example)
    for example in reversed(examples):
        backward.learn(*example)
    assert forward.mean() == approx(backward.mean())


def test_opened_after_all_is_as_if_opened_at_once():
    features = np.array([0.3, -1.0])
    late, at_once = LinearHead(np.ones(2)), LinearHead(np.ones(2))
    late.learn(features, 0.2, opened=False)
    late.reconsider(features)
    at_once.learn(features, 0.2, opened=True)
    assert late.mean() == approx(at_once.mean())


def test_it_finds_what_the_reader_likes_beyond_the_model():
    rng = np.random.default_rng(5)
    truth = np.array([1.5, -1.0, 0.0])
    head = LinearHead(np.ones(3))
    for _ in range(4000):
        features = rng.normal(size=3)
        head.learn(features, 0.5, opened=bool(rng.random() < 1 / (1 + np.exp(-features @ truth))))
    # One Newton step falls short of the maximum, but it points there.
    learnt = head.mean()
    assert learnt @ truth / np.linalg.norm(learnt) / np.linalg.norm(truth) > 0.98


def test_draws_have_the_covariance_of_the_posterior():
    head = LinearHead(np.array([1.0, 4.0]))
    head.learn(np.array([1.0, 1.0]), 0.5, opened=True)
    # precision [[1.25, 0.25], [0.25, 4.25]]
    wanted = np.linalg.inv(np.array([[1.25, 0.25], [0.25, 4.25]]))
    rng = np.random.default_rng(0)
    draws = np.stack([head.draw(rng) for _ in range(20_000)])
    assert np.cov(draws.T) == approx(wanted, abs=0.02)
    assert (head.draw(np.random.default_rng(1)) == head.draw(np.random.default_rng(1))).all()
