from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from edge_runtime import Explanation, ScoredArticle
from edge_runtime.pages.why import hundredths, why_page

SCORES = st.lists(st.floats(-200, 200, allow_nan=False), max_size=20)


@given(SCORES)
def test_printed_parts_add_up_to_the_printed_score_and_are_off_by_less_than_a_hundredth(values):
    total = sum(values)
    printed = hundredths(values, total)
    assert sum(printed) == round(100 * total)
    assert all(abs(whole - 100 * value) < 1 + 1e-6 for whole, value in zip(printed, values, strict=True))


def test_thirds_make_a_whole():
    # 0.333 + 0.333 + 0.334 = 1: one of them is rounded up, the nearest to it
    assert hundredths([0.333, 0.333, 0.334], 1.0) == [33, 33, 34]


def test_a_topic_is_named_once_though_it_is_a_keyword_too(make_article, now):
    scored = ScoredArticle(make_article("a", "Travel by rail"), 0.0, {}, "New", is_read=False)
    page = why_page(
        Explanation(scored, (), (), topic="travel", topic_probability=1.0, keywords=("rail", "travel")), now
    )
    assert page.about == ("travel (100%)", "rail")
    assert (page.likely_topic, page.topic_probability, page.keywords) == ("travel", 1.0, ("rail",))


def test_all_topics_of_a_text_are_named_with_their_shares(make_article, now):
    scored = ScoredArticle(make_article("a", "Sleep on Mars"), 0.0, {}, "New", is_read=False)
    found = Explanation(scored, (), topic="health", topic_probability=0.5, keywords=("mars", "science"))
    assert why_page(replace(found, other_topics={"science": 0.35}), now).about == (
        "health (50%)",
        "science (35%)",
        "mars",
    )
    assert why_page(replace(found, topic="", other_topics={"science": 0.35}), now).about == ("science (35%)", "mars")


def test_what_the_line_of_facts_is_made_of_stands_beside_it(make_article, now):
    scored = ScoredArticle(make_article("a", "Rain", source="Gazette"), 0.0, {}, "New", is_read=False)
    page = why_page(Explanation(scored, ()), now)
    assert page.facts == "Gazette · 3 h · New"
    assert (page.source, page.topic, page.published, page.reason) == ("Gazette", "", scored.article.published, "New")
