"""Topics count as far as they are known and as opens tell: hand-worked values and laws."""

from __future__ import annotations

from math import log

import numpy as np
from pytest import approx

from edge_runtime import Signal
from edge_runtime.personal.topic_lift import (
    DISLIKED_SHOWS,
    GUESS,
    HALF_SHOWN,
    TRUST,
    USUAL_RATE,
    disliked_shows,
    fading,
    topic_claims,
    topic_lift,
    topic_sums,
)


def test_a_guess_counts_less_than_what_the_feed_says_and_the_unknown_nothing():
    claims = topic_claims(np.array([2, 2, 0, 3]), np.array([1.0, 0.8, 1.0, 0.0], np.float32))
    assert claims.tolist() == approx([1.0, 0.8 * GUESS, 0.0, 0.0])


def test_sums_leave_out_the_unknown_and_shows_fade():
    topics, weights = np.array([1, 1, 2, 0]), np.array([1.0, 0.4, 1.0, 9.0])
    assert topic_sums(topics, weights, 4).tolist() == approx([0, 1.4, 1, 0])
    assert fading(3).tolist() == approx([2 ** (-2 / HALF_SHOWN), 2 ** (-1 / HALF_SHOWN), 1])


def test_a_lift_is_a_rate_of_opens_over_that_of_all_that_there_is():
    # Shown ten times each: eight and none were opened. Half of the news is of either.
    opened, shown, offered = np.array([0.0, 8.0, 0.0]), np.array([0.0, 10.0, 10.0]), np.array([0.0, 40.0, 40.0])
    usual = (0.5 * 8 / (10 + TRUST) + 0.1 * USUAL_RATE) / (10 / (10 + TRUST) + 0.1)
    expected = [0, log((8 + TRUST * usual) / (10 + TRUST) / usual), log(TRUST * usual / (10 + TRUST) / usual)]
    assert topic_lift(opened, shown, offered).tolist() == approx(expected)


def test_without_shows_or_offers_no_topic_is_lifted():
    assert topic_lift(np.zeros(3), np.zeros(3), np.array([0.0, 30.0, 15.0])).tolist() == approx([0, 0, 0])
    assert np.isfinite(topic_lift(np.array([0.0, 2.0, 0.0]), np.array([0.0, 2.0, 0.0]), np.zeros(3))).all()


def test_to_be_shown_a_topic_often_is_no_taste_for_it():
    offered = np.array([0.0, 60.0, 30.0, 10.0])
    shown = np.array([0.0, 10.0, 20.0, 400.0])
    assert topic_lift(shown / 10, shown, offered).tolist() == approx([0, 0, 0, 0], abs=0.03)


def test_more_shows_tell_more():
    offered = np.array([0.0, 60.0, 40.0])
    few, many = (topic_lift(np.array([0.0, 0.0, n]), np.array([0.0, n, n]), offered) for n in (3.0, 30.0))
    assert 0 < few[2] < many[2] and 0 > few[1] > many[1]


def test_an_unknown_topic_neither_lifts_an_article_nor_costs_it(reader, make_article, now):
    named = [make_article(f"s{n}", f"Cup final {n}", category="sports") for n in range(6)]
    named += [make_article(f"p{n}", f"Vote on law {n}", category="politics") for n in range(6)]
    unknown = make_article("x", "Haushalt beschlossen", category="", language="de")
    reader.add([*named, unknown], now)
    for article in named[:3]:
        reader.record(article.article_id, Signal.OPEN, now)
    maker = reader._maker(now)
    topic = dict(zip(maker.rows.article_ids, maker.parts()["topic"].tolist(), strict=True))
    assert maker.rows.topics[maker.rows.article_ids.index("x")] == "" and topic["x"] == 0
    assert topic["s5"] > 0 and topic["s5"] > topic["p5"]


def test_a_dislike_stays_until_opens_outweigh_it():
    assert disliked_shows(np.array([0.0, 1.0, 3.0])).tolist() == approx([0, DISLIKED_SHOWS, 2 * DISLIKED_SHOWS])
    offered, in_vain = np.array([0.0, 50.0, 50.0]), disliked_shows(np.array([0.0, 1.0, 0.0]))

    def lift(opened: float, shown: float) -> float:
        return float(topic_lift(np.array([0.0, opened, 6.0]), np.array([0.0, shown, 60.0]) + in_vain, offered)[1])

    assert lift(0, 1) < lift(1, 1) < -0.3, "one open by chance changes little"
    assert lift(40, 50) > 0.5


def test_a_dislike_takes_the_topic_down_though_it_was_opened_once(reader, make_article, now):
    named = [make_article(f"s{n}", f"Cup final {n}", category="sports") for n in range(6)]
    named += [make_article(f"p{n}", f"Vote on law {n}", category="politics") for n in range(6)]
    reader.add(named, now)

    def topics() -> dict[str, float]:
        maker = reader._maker(now)
        return dict(zip(maker.rows.article_ids, maker.parts()["topic"].tolist(), strict=True))

    reader.record("p0", Signal.OPEN, now)
    before = topics()["p5"]
    reader.record("p1", Signal.DISLIKE, now)
    assert topics()["p5"] < before - 0.5 and topics()["p5"] < topics()["s5"]
    reader.record("p1", Signal.LIKE, now)
    assert topics()["p5"] > before, "a like takes it back"
