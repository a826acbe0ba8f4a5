"""An article between topics counts for each of them by its share: hand-worked values, and a reader who learns so."""

from __future__ import annotations

from math import log

import numpy as np
from pytest import approx

from edge_runtime import Signal
from edge_runtime.content.topic_shares import no_others, other_topics
from edge_runtime.personal.article_topics import ArticleTopics
from edge_runtime.personal.topic_lift import GUESS, TRUST, topic_lift

HEALTH, SCIENCE, SPORTS = 1, 2, 3
TOPICS = "sports", "entertainment", "travel"


def test_a_part_is_the_mean_of_the_rates_weighted_by_shares_and_what_is_not_known_claims_nothing():
    # By their texts half health and 0.35 science; by its feed science; by its text health; unknown.
    mains, others = np.array([HEALTH, SCIENCE, HEALTH, 0]), no_others(4)
    others[0] = other_topics(np.array([[0.5, 0.35, 0.15]], np.float32), mains[:1])[0]
    topics = ArticleTopics.of(mains, np.array([GUESS * 0.5, 1.0, GUESS * 0.6, 0.0], np.float32), others)
    by_topic = np.array([9.0, 2.0, -1.0, 5.0], np.float32)
    assert topics.part(by_topic).tolist() == approx([GUESS * (0.5 * 2 - 0.35), -1.0, GUESS * 0.6 * 2, 0.0], abs=1e-5)
    weights = np.array([1.0, 0.5, 1.0, 1.0])
    assert topics.sums(weights, 4).tolist() == approx([0, GUESS * 1.1, 0.5 + GUESS * 0.35, 0], abs=1e-5)


def test_an_open_teaches_each_topic_by_its_share():
    mains = np.array([HEALTH])
    others = other_topics(np.array([[0.5, 0.35, 0.15]], np.float32), mains)
    opened = ArticleTopics.of(mains, np.array([GUESS * 0.5], np.float32), others).sums(1.0, 4)
    lift = topic_lift(opened, opened, np.array([0.0, 40.0, 40.0, 20.0]))
    # Shown as often as opened: 0.25 health, 0.175 science, no sports. Of the news 0.4, 0.4 and 0.2.
    assert (GUESS, TRUST) == (0.5, 5.0)
    rate = 0.4 * 0.25 / 5.25 + 0.4 * 0.175 / 5.175
    usual = (rate + 0.01) / (rate + 0.1)
    expected = [0, log((0.25 + 5 * usual) / 5.25 / usual), log((0.175 + 5 * usual) / 5.175 / usual), 0]
    assert lift.tolist() == approx(expected, abs=1e-5)
    assert lift[HEALTH] > lift[SCIENCE] > lift[SPORTS] == 0


def test_a_reader_learns_of_all_topics_of_a_text_and_asks_for_its_main_one(reader, make_article, now):
    reader.add(
        [
            make_article("both", "Actor plays at the football final"),  # sports 0.54, entertainment 0.43
            make_article("neither", "Actor visits the football final"),  # entertainment 0.47, sports 0.45
            *(make_article(topic, "Nothing new", category=topic) for topic in TOPICS),
        ],
        now,
    )
    both, neither = reader.explain("both", now), reader.explain("neither", now)
    assert both.topic == "sports" and both.other_topics == approx({"entertainment": 0.43}, abs=0.01)
    assert neither.topic == "" and [*neither.other_topics] == ["entertainment", "sports"]
    assert not reader.explain("travel", now).other_topics

    def parts() -> dict[str, float]:
        maker = reader._maker(now)
        return dict(zip(maker.rows.article_ids, maker.parts()["topic"].tolist(), strict=True))

    before = parts()
    reader.record("both", Signal.OPEN, now)
    gains = {name: part - before[name] for name, part in parts().items()}
    assert gains["sports"] > gains["entertainment"] > gains["travel"]
    assert reader.profile().topic_shares == {"sports": 1.0}, "what is counted goes by the main topic"


def test_no_reason_names_a_topic_that_opened_texts_were_about_beside_their_main_one(reader, make_article, now):
    both = [make_article(f"b{n}", "Actor plays at the football final", source=f"Paper {n}") for n in range(14)]
    titles = "Letters from the coast", "What Monday brings", "Eleven quiet evenings"
    fresh = [make_article(topic, title, category=topic) for topic, title in zip(TOPICS, titles, strict=True)]
    reader.add([*both, *fresh], now)
    for article in both:
        reader.record(article.article_id, Signal.OPEN, now)
    found = {one.article.article_id: (one.parts["topic"], one.reason) for one in reader.feed(now)}
    assert found["sports"][0] > found["entertainment"][0] > 0 > found["travel"][0]
    assert found["sports"][1] == "You often read sports"
    assert not [reason for _, reason in found.values() if reason == "You often read entertainment"]
