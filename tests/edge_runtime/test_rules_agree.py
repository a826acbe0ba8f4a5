"""The law of rules: what is counted is what a mute hides and what a follow lifts, and a search finds no less."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Article, Reader, RuleEffect, RuleKind
from edge_runtime.content.compare_text import fold

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TEXTS = [  # title, abstract
    ("Football tonight", ""),
    ("Two teams", "All of it is football."),
    ("Footballers strike", "FOOTBALL’S end"),
    ("A Café in Paris", "cafe\u0301 culture"),
    ("The cafeteria", "CAFÉ"),
    ("Straßenbahn fährt", "Die STRASSE in Köln"),
    ("İSTANBUL kazandı", "Iğdır’da kar"),
    ("ISTANBUL KIRMIZI", "kırmızı"),
    ("天气很好", "東京の電車 AIが"),
    ("ＦＵＬＬ width ｶﾞｽ", "ガス"),
    ("แมวน้ำในทะเล", "ม้าวิ่ง"),
    ("हिन्दी समाचार", "किताब"),
    ("ﬁnance oﬃce", "Œuvre d’art"),
    ("Party 🎉 ❤️", "👨\u200d👩\u200d👧 family"),
    ("World-cup final", "World Cup"),
    ("The New World", "Cup of tea"),
    ("שָׁלוֹם עולם", "שלום"),
    ("مُحَمَّد", "محمد أحمد"),
    ("Ёлка и йод", "елка"),
    ("iPhone™ price: 100%_sure", "C++ wins"),
    ("서울에서 만나요", "soft\u00adware"),
    ("", "Only an abstract about trains"),
    ("COVID‑19", "covid–19 cases"),
]
SOURCES = ["Le Café", "LE CAFE", "Straße", "strasse", "Kitchen  Post", "Ёлка", "İl"]
CATEGORIES = ["sports", "Sports", "économie", "ECONOMIE", "", "Food ", "天气"]
WORDS = """
    football Café cafe STRASSE straße bahn istanbul İstanbul kirmizi KIRMIZI 天气 気 電車 AI full ガス ｶﾞｽ แมว ม ม้า หน
    हिन्दी ह finance ﬁnance oeuvre œuvre art 🎉 ❤ ❤️ 👩 world-cup cup שלום שָׁלוֹם محمد احمد ёлка елка Йод иод iphone iPhone™
    % c++ 100%_sure 서울 software soft\u00adware covid-19 COVID‑19 e l’ ’s absent \u0301
"""
VALUES = {
    RuleKind.WORD: [*WORDS.split(), "World Cup", "world  cup", "new world cup", "d'art"],
    RuleKind.SOURCE: ["le café", "LE CAFÉ", "STRASSE", "kitchen post", "елка", "IL", "none"],
    RuleKind.TOPIC: ["SPORTS", "economie", "Économie", "food", "天气", "none"],
}


@pytest.fixture(scope="module")
def reader(tmp_path_factory):
    with Reader.open(tmp_path_factory.mktemp("rules")) as opened:
        articles = [
            Article(
                f"a{n}",
                title,
                abstract,
                CATEGORIES[n % len(CATEGORIES)],
                SOURCES[n % len(SOURCES)],
                # Too far apart to be of one story, of which the feed shows one article.
                published=NOW - n * timedelta(days=2),
            )
            for n, (title, abstract) in enumerate(TEXTS)
        ]
        opened.add(articles, NOW)
        opened.private = True  # a search is to leave nothing behind
        yield opened


def counted(reader: Reader) -> int:
    ((_, count),) = reader.rule_counts()
    return count


def muted(reader: Reader, kind: RuleKind, value: str) -> set[str]:
    """Ids of what a mute hides, as many as are counted."""
    reader.set_rule(kind, value, RuleEffect.MUTE, NOW)
    hidden = {one.article.article_id for one in reader.hidden(NOW) if one.reason.startswith("muted")}
    assert counted(reader) == len(hidden)
    return hidden


@pytest.mark.parametrize(("kind", "value"), [(kind, value) for kind, values in VALUES.items() for value in values])
def test_what_is_counted_is_what_a_mute_hides_and_a_follow_lifts(reader, kind, value):
    hidden = muted(reader, kind, value)
    reader.set_rule(kind, value, RuleEffect.FOLLOW, NOW)
    feed = reader.feed(NOW)
    lifted = {scored.article.article_id for scored in feed if scored.parts["followed"] > 0}
    assert len(feed) == len(TEXTS)
    assert lifted == hidden
    assert counted(reader) == len(hidden)
    assert {scored.article.article_id for scored in feed if scored.reason == f"You follow {value}"} <= hidden
    reader.drop_rule(kind, value)


@pytest.mark.parametrize("value", [value for value in VALUES[RuleKind.WORD] if len(fold(value).split()) == 1])
def test_a_search_finds_what_a_mute_hides_and_more_only_within_longer_words(reader, value):
    hidden = muted(reader, RuleKind.WORD, value)
    reader.drop_rule(RuleKind.WORD, value)
    found = {scored.article.article_id for scored in reader.search(value, NOW, len(TEXTS))}
    assert hidden <= found
    for name in found - hidden:
        article = reader.article(name)
        before_and_after = neighbours(f" {fold(article.title)}\n{fold(article.abstract)} ", fold(value))
        assert all(any(unicodedata.category(letter)[0] in "LNM" for letter in pair) for pair in before_and_after)


def neighbours(text: str, word: str) -> list[str]:
    """The characters before and after each place where a word stands."""
    places = [at for at in range(len(text)) if text.startswith(word, at)]
    return [text[at - 1] + text[at + len(word)] for at in places]


def test_a_word_is_followed_by_title_and_abstract_and_muted_without_accents(reader):
    for value, expected in (("football", {"a0", "a1", "a2"}), ("cafe", {"a3", "a4"})):
        assert muted(reader, RuleKind.WORD, value) == expected
        reader.drop_rule(RuleKind.WORD, value)
