"""What follows and mutes are about."""

from __future__ import annotations

from datetime import UTC, datetime

from edge_runtime.content.compare_text import fold
from edge_runtime.content.rules import RuleMatcher
from edge_runtime.types import Rule, RuleEffect, RuleKind

AT = datetime(2026, 11, 24, tzinfo=UTC)
ARTICLES = [  # source, category and topic, title, abstract
    ("Le Café", ("Sports", "sport"), "Élections", "Football in the abstract"),
    ("LE CAFE", ("", "politics"), "Football elections", ""),
    ("Reuters", (" SPORTS ", "sports"), "Footballers", "World\u00a0Cup"),
    ("Reuters", ("", ""), "The world", "cup"),
]


def rule(kind: RuleKind, value: str, effect: RuleEffect = RuleEffect.MUTE) -> Rule:
    return Rule(kind, value, effect, AT)


class Texts:
    """Counts how often they are read."""

    reads = 0

    def __call__(self):
        self.reads += 1
        return [(place, f"{fold(title)}\n{fold(abstract)}") for place, (*_, title, abstract) in enumerate(ARTICLES)]


def cosines(text: str) -> None:
    """A bundle that reads nothing."""


def matcher(texts: Texts) -> RuleMatcher:
    return RuleMatcher([article[0] for article in ARTICLES], [article[1] for article in ARTICLES], texts, cosines)


def test_a_rule_is_about_its_own_kind_alone():
    found = matcher(Texts()).places([rule(kind, "sports") for kind in RuleKind])
    assert {rule.kind: list(places) for rule, places in found.items()} == {
        RuleKind.SOURCE: [],
        RuleKind.TOPIC: [0, 2],
        RuleKind.WORD: [],
        RuleKind.TEXT: [],
    }


def test_accents_and_case_make_no_difference_and_a_phrase_stays_within_title_or_abstract():
    asked = {
        rule(RuleKind.SOURCE, "le café"): [0, 1],
        rule(RuleKind.WORD, "elections"): [0, 1],
        rule(RuleKind.WORD, "FOOTBALL"): [0, 1],
        rule(RuleKind.WORD, "world cup"): [2],
        rule(RuleKind.TOPIC, "Pólitics"): [1],
    }
    assert {rule: list(places) for rule, places in matcher(Texts()).places(list(asked)).items()} == asked


def test_texts_are_read_once_for_all_new_words_and_not_at_all_for_known_ones():
    texts = Texts()
    match = matcher(texts)
    match.places([rule(RuleKind.SOURCE, "Reuters"), rule(RuleKind.TOPIC, "sports")])
    assert texts.reads == 0
    words = [rule(RuleKind.WORD, word) for word in ("football", "world", "cup")]
    match.places(words)
    match.places([*words, rule(RuleKind.WORD, "FOOTBALL", RuleEffect.FOLLOW)])
    assert texts.reads == 1
    match.places([*words, rule(RuleKind.WORD, "elections")])
    assert texts.reads == 2
