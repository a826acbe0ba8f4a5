"""Topics count as far as they are known and as opens tell: hand-worked values and laws."""

from __future__ import annotations

from math import log

import numpy as np
from pytest import approx

from edge_runtime import Signal
from edge_runtime.model.news_model import PICK_CLICKS
from edge_runtime.personal.topic_lift import GUESS, HALF_READS, TRUST, topic_claims, topic_lift, topic_opens, topic_sums


def test_a_guess_counts_less_than_what_the_feed_says_and_the_unknown_nothing():
    claims = topic_claims(np.array([2, 2, 0, 3]), np.array([1.0, 0.8, 1.0, 0.0], np.float32))
    assert claims.tolist() == approx([1.0, 0.8 * GUESS, 0.0, 0.0])


def test_opens_of_a_topic_are_those_that_are_known_of_the_latest_most():
    topics, claims = np.array([1, 1, 2, 0]), np.array([1.0, 0.4, 1.0, 0.0], np.float32)
    assert topic_sums(topics, claims, 4).tolist() == approx([0, 1.4, 1, 0])
    opens = topic_opens(topics, claims, np.array([2, 0]), 4).tolist()
    fading = [2 ** (-n / HALF_READS) for n in range(3)]
    assert opens == approx([0, 1 + 0.4 * fading[1], fading[2] + PICK_CLICKS, 0])


def test_a_lift_is_opens_over_what_was_to_be_expected():
    # Ten opens, nine of topic 1, which is half of what is known to be offered: 5 were to be expected.
    lift = topic_lift(np.array([0.0, 9.0, 1.0, 0.0]), np.array([40.0, 30.0, 15.0, 15.0]))
    expected = [0, log((9 + TRUST) / (5 + TRUST)), log((1 + TRUST) / (2.5 + TRUST)), log(TRUST / (2.5 + TRUST))]
    assert lift.tolist() == approx(expected, abs=1e-6)


def test_without_opens_or_offers_no_topic_is_lifted():
    offered = np.array([5.0, 30.0, 15.0])
    assert topic_lift(np.zeros(3), offered).tolist() == [0, 0, 0]
    assert np.isfinite(topic_lift(np.array([0.0, 2.0, 0.0]), np.zeros(3))).all()


def test_who_reads_as_is_offered_has_no_taste_and_more_opens_tell_more():
    offered = np.array([0.0, 60.0, 30.0, 10.0])
    assert topic_lift(offered / 5, offered).tolist() == approx([0, 0, 0, 0], abs=1e-6)
    few, many = (topic_lift(times * np.array([0.0, 0.0, 0.0, 1.0]), offered) for times in (3, 30))
    assert 0 < few[3] < many[3] and 0 > few[1] > many[1]
    # Nothing was opened of either, but more of topic 1 could have been.
    assert many[1] < many[2] < 0


def test_an_unknown_topic_neither_lifts_an_article_nor_costs_it(reader, make_article, now):
    named = [make_article(f"s{n}", f"Cup final {n}", category="sports") for n in range(6)]
    named += [make_article(f"p{n}", f"Vote on law {n}", category="politics") for n in range(6)]
    unknown = make_article("x", "Zzyzx qwrtl", category="")
    reader.add([*named, unknown], now)
    for article in named[:3]:
        reader.record(article.article_id, Signal.OPEN, now)
    maker = reader._maker(now)
    topic = dict(zip(maker.rows.article_ids, maker.parts()["topic"].tolist(), strict=True))
    assert maker.rows.topics[maker.rows.article_ids.index("x")] == "" and topic["x"] == 0
    assert topic["s5"] > 0 > topic["p5"]
