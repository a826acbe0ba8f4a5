"""Topics, keywords and rarity: the feed's own word first, the bundle's tables next, the device's counts last."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

from edge_runtime import Article, read_bundle
from edge_runtime.content.analysis import Analyst
from edge_runtime.content.titles import content_words, language_of_article, title_words
from edge_runtime.content.topic_shares import LEAST_SHARE, shares_by_name
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.token_table import pooled
from edge_runtime.model.tokens import SubwordEncoder
from edge_runtime.model.topic_head import LEAST_PROBABILITY, topic_head
from edge_runtime.model.word_counts import count_titles

FOOTBALL = "The cup final goes to penalties"
COOKING = "How to make the best soup with a chicken"


def article(title: str, category: str = "", abstract: str = "", language: str = "en") -> Article:
    return Article(title, title, abstract, category, language=language)


@pytest.fixture(scope="module")
def plain():
    return replace(read_bundle(DEFAULT_BUNDLE), topic_head=None, word_counts=None)


@pytest.fixture(scope="module")
def analysed(plain):
    """Knows two topics by one title each, and how common words are in 100 titles."""
    encoder = SubwordEncoder(plain.pieces)
    topics = plain.manifest.topics[1:]
    weights = np.zeros((len(topics), plain.manifest.token_dim), np.float32)
    for topic, title in (("sports", FOOTBALL), ("food", COOKING)):
        weights[topics.index(topic)] = 12 * pooled(plain.token_table, encoder.encode(title))
    counts = count_titles(plain.pieces, ["The soup"] * 10 + ["The penalties"] + ["The"] * 89)
    return replace(plain, topic_head=topic_head(weights, np.zeros(len(topics))), word_counts=counts)


def test_the_feeds_category_is_taken_with_certainty_under_any_of_its_names(analysed):
    given = ["Sports", " sport ", "World news", "TECH", "finance", "Food & Drink"]
    found = Analyst(analysed).topics([article("Kane", category) for category in given])
    assert found.names == ["sports", "sports", "world news", "science and technology", "business", "food"]
    assert found.probabilities.tolist() == [1] * 6 and not found.others.any()


def test_a_category_that_feeds_give_to_everything_gives_way_to_the_text(analysed):
    articles = [article(FOOTBALL, "World"), article("Stocks fall", "World"), article(FOOTBALL, "World news")]
    found = Analyst(analysed).topics(articles)
    assert found.names == ["sports", "world news", "world news"]
    assert found.probabilities[0] > LEAST_PROBABILITY and found.probabilities[1:].tolist() == [LEAST_PROBABILITY, 1]


def test_an_alias_leads_to_no_topic_that_the_bundle_does_not_have(plain):
    manifest = replace(plain.manifest, topics=("", "tech", "world"))
    found = Analyst(replace(plain, manifest=manifest)).topics(
        [article("Kane", category) for category in ("technology", "world news", "sport")]
    )
    assert found.names == ["tech", "world", ""]


def test_the_head_names_a_topic_where_it_is_sure_and_none_where_it_is_not(analysed):
    found = Analyst(analysed).topics([article(FOOTBALL), article(COOKING), article("Zq"), article("")])
    assert found.names == ["sports", "food", "", ""]
    assert (found.probabilities[:2] >= 0.5).all() and (found.probabilities[2:] == 0).all()


def test_a_text_between_two_topics_has_a_share_of_both_unless_its_feed_names_one(analysed):
    between = Analyst(analysed).topics([article(f"{FOOTBALL} {COOKING}"), article(f"{FOOTBALL} {COOKING}", "travel")])
    found = shares_by_name(between.others[0], analysed.manifest.topics)
    told = found | ({between.names[0]: float(between.probabilities[0])} if between.names[0] else {})
    assert told.keys() == {"sports", "food"} and min(told.values()) >= LEAST_SHARE and sum(told.values()) <= 1
    assert between.names[1] == "travel" and not between.others[1].any()


def test_an_unknown_category_leaves_the_title_to_the_head(analysed):
    assert Analyst(analysed).topics([article(FOOTBALL, "Breaking")]).names == ["sports"]


def test_a_title_in_a_language_that_the_bundle_does_not_read_has_no_topic(analysed):
    assert Analyst(analysed).topics([article(FOOTBALL, language="de")]).names == [""]


def test_a_bundle_without_a_head_knows_the_feeds_categories_alone(plain):
    found = Analyst(plain).topics([article(FOOTBALL), article(FOOTBALL, "sports")])
    assert found.names == ["", "sports"] and found.probabilities.tolist() == [0, 1]
    assert Analyst(plain).topics([]).names == []


def test_rarity_is_the_logarithm_of_titles_to_titles_with_the_word(analysed):
    analyst = Analyst(analysed)
    assert analyst.rarity("the", "en") == approx(0, abs=0.2)
    assert analyst.rarity("soup", "en") == approx(math.log(101 / 10.5), abs=0.2)
    assert analyst.rarity("penalties", "en") == approx(math.log(101 / 1.5), abs=0.2)


def test_a_language_that_the_bundle_does_not_know_is_counted_in_its_own_titles(analysed):
    seen = [title_words(article(title, language="fi")) for title in ("talo on", "puu on", "auto on")]
    analyst = Analyst(analysed, seen)
    # "on" is in all three of the Finnish titles, "talo" in one; the many English ones do not count
    assert analyst.rarity("on", "fi") == approx(math.log(4 / 3.5))
    assert analyst.rarity("talo", "fi") == approx(math.log(4 / 1.5))


@pytest.mark.parametrize("first", ["learn", "rarity"])
def test_what_was_seen_is_read_once_and_not_before_another_language_asks(analysed, first):
    reads = []

    def seen():
        reads.append(1)
        yield from [title_words(article("Regen im Norden", language="de"))] * 3

    analyst = Analyst(analysed, seen())
    analyst.learn([title_words(article("The soup"))])
    analyst.rarity("soup", "en")
    analyst.topics([article("Regen", language="de")])
    assert not reads
    if first == "learn":
        analyst.learn([title_words(article("Sonne", language="de"))])
        assert reads == [1]
    # Of three titles, or of four, three have the word.
    titles = 4 if first == "learn" else 3
    assert analyst.rarity("regen", "de") == max(0, math.log((titles + 1) / 3.5))
    assert reads == [1]


def test_without_a_table_the_device_counts_in_what_it_has_seen(plain):
    analyst = Analyst(plain, map(title_words, [article("soup cup"), article("soup pie")]))
    analyst.learn([title_words(article("soup bread"))])
    assert analyst.rarity("soup", "en") == approx(math.log(4 / 3.5))
    assert analyst.rarity("pie", "en") == approx(math.log(4 / 1.5))


def test_keywords_are_the_rare_words_and_the_titles_count_twice(analysed):
    found = Analyst(analysed).keywords(article("The Penalties of 2026", abstract="the soup and an umbrella"), 8)
    # penalties twice, the rarest once; soup, in one title of ten, the stop words and the number are none
    assert found == ("penalties", "umbrella")
    assert Analyst(analysed).keywords(article("The Penalties", abstract="an umbrella"), 1) == ("penalties",)
    assert Analyst(analysed).keywords(article("The of and"), 5) == ()


def test_words_without_spaces_are_pairs_of_characters():
    assert content_words("政府增税 Apple", "zh") == ["政府", "府增", "增税", "apple"]
    assert content_words("ขาวดี", "th") == ["ขา", "าว", "วด", "ดี"]
    assert content_words("The cup's final!", "en") == ["cup", "s", "final"]


def test_the_language_is_the_feeds_without_region_else_the_titles():
    assert language_of_article(article("Kane", language="de-AT")) == "de"
    assert language_of_article(article("Kane", language="PT_br")) == "pt"
    assert language_of_article(article("Die Regierung will nicht", language="")) == "de"
    assert language_of_article(article("Kane", language="")) == ""
