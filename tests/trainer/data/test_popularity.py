"""Popularity counted from a log: only what lies before a list is in its counts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

from trainer.data.dataset import Impressions, Ragged
from trainer.data.popularity import causal_counts, check_causal
from trainer.errors import LogError
from trainer.fits.popularity import SCALE, WEIGHT, fit_popularity, list_loss


def log_of(*lists: tuple[int, list[int], list[int]]) -> Impressions:
    """Impressions from (second, shown articles, clicked 0 or 1)."""
    shown = [articles for _, articles, _ in lists]
    return Impressions(
        ids=[f"i{number}" for number in range(len(lists))],
        users=np.arange(len(lists), dtype=np.int32),
        times=np.array([second for second, _, _ in lists], np.int64),
        history=Ragged(np.zeros(0, np.int32), np.zeros(len(lists) + 1, np.int64)),
        candidates=Ragged(
            np.concatenate(shown).astype(np.int32), np.concatenate([[0], np.cumsum([len(a) for a in shown])])
        ),
        clicked=np.concatenate([clicked for _, _, clicked in lists]).astype(bool),
    )


LOG = log_of((10, [0, 1], [1, 0]), (10, [1], [1]), (20, [0, 1], [0, 0]), (40, [1, 2], [1, 0]))


def test_counts_by_hand():
    counts = causal_counts(LOG)
    # Lists of one second do not see each other.
    assert counts.shown.tolist() == [0, 0, 0, 1, 2, 3, 0]
    assert counts.clicked.tolist() == [0, 0, 0, 1, 1, 1, 0]
    assert counts.as_of_s.tolist() == [-1, -1, -1, 10, 10, 20, -1]


def test_decayed_counts_by_hand():
    # Half-life 10 s: article 1 at second 40 was shown twice 30 s ago (1/8 each) and once 20 s ago (1/4)
    counts = causal_counts(LOG, half_life_s=10.0)
    assert counts.shown[5] == approx(2 / 8 + 1 / 4)
    assert counts.clicked[5] == approx(1 / 8)


def test_an_earlier_log_counts_too_and_the_future_of_it_does_not():
    earlier = log_of((5, [2], [1]), (90, [2], [1]))
    counts = causal_counts(LOG, [earlier])
    assert (counts.shown[-1], counts.clicked[-1]) == (1, 1)


def test_later_labels_change_no_earlier_count():
    changed = replace(LOG, clicked=~LOG.clicked)
    before, after = causal_counts(LOG), causal_counts(changed)
    first_second = slice(0, 3)
    assert (before.clicked[first_second] == after.clicked[first_second]).all()
    assert (before.shown == after.shown).all()


def test_a_count_of_the_future_is_refused():
    counts = causal_counts(LOG)
    check_causal(counts, LOG)
    peeking = replace(counts, as_of_s=np.where(np.arange(7) == 4, 20, counts.as_of_s))
    with pytest.raises(LogError, match=r"impression 'i2'.*as of second 20"):
        check_causal(peeking, LOG)


def drawn_log(rng: np.random.Generator, quality: np.ndarray, first_s: int) -> tuple[Impressions, np.ndarray]:
    """2,000 lists of five articles with one click each, and what the content alone says of every shown article."""
    lists, scores = [], []
    for second in range(first_s, first_s + 2000):
        shown = rng.choice(len(quality), 5, replace=False)
        content = rng.normal(size=5)
        clicked = np.arange(5) == np.argmax(content + quality[shown] + rng.gumbel(size=5))
        lists.append((second, shown.tolist(), clicked.tolist()))
        scores.append(content)
    return log_of(*lists), np.concatenate(scores)


def test_the_fit_finds_what_counts_are_worth():
    rng = np.random.default_rng(0)
    quality = rng.normal(size=40)
    log, scores = drawn_log(rng, quality, 0)
    head = fit_popularity(scores, causal_counts(log), log)
    assert head is not None
    assert head.usual_rate == approx(0.2)
    later, content = drawn_log(rng, quality, 5000)
    counts = causal_counts(later, [log])
    rate = (counts.clicked + head.trust * head.usual_rate) / (counts.shown + head.trust)
    every = np.ones(len(content), bool)
    known = list_loss(content + head.weight * np.log(rate / head.usual_rate), later, every)
    truth = list_loss(content + quality[later.candidates.values], later, every)
    unknown = list_loss(content, later, every)
    assert known < truth + 0.1 * (unknown - truth)


def test_a_log_that_tells_nothing_of_counts_gives_none():
    one_list = log_of((1, [0, 1], [1, 0]))
    assert fit_popularity(np.zeros(2), causal_counts(one_list), one_list) is None
    flat = log_of((1, [0, 1], [0, 0]), (2, [0, 1], [1, 0]))  # both were shown as often
    assert fit_popularity(np.zeros(4), causal_counts(flat), flat) is None


def test_clicks_by_lot_make_no_popularity_and_a_useless_score_no_huge_weight():
    rng = np.random.default_rng(1)
    lists = []
    for second in range(800):
        lists.append((second, rng.choice(30, 8, replace=False).tolist(), rng.permutation([1] + [0] * 7).tolist()))
    by_lot = log_of(*lists)
    scores = rng.normal(size=len(by_lot.clicked))
    assert fit_popularity(scores, causal_counts(by_lot), by_lot) is None
    log, content = drawn_log(rng, rng.normal(size=40), 0)
    head = fit_popularity(-content, causal_counts(log), log)
    assert head is not None
    assert head.weight <= WEIGHT[1] / SCALE[0]
