"""What follows and mutes are about."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from edge_runtime.content.rules import has_word, is_about, rule_key
from edge_runtime.types import Rule, RuleEffect, RuleKind

AT = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "word", "expected"),
    [
        ("Trump speaks", "trump", True),
        ("A trumpet solo", "trump", False),
        ("Ace of trumps, trump", "trump", True),
        ("The World Cup final", "world cup", True),
        ("World-cup final", "cup", True),
        ("天气很好", "天气", True),  # no spaces around a Chinese word
        ("ＡＩ chips", "ai", True),  # full-width letters are letters
        ("Élysée palace", "élysée", True),
        ("anything", "", False),
    ],
)
def test_a_word_is_found_as_a_whole_and_without_case(text, word, expected):
    assert has_word(rule_key(text), rule_key(word)) is expected


def test_a_rule_is_about_its_own_kind_alone():
    def rule(kind: RuleKind) -> Rule:
        return Rule(kind, "Sports", RuleEffect.MUTE, AT)

    article = ("Sports", ("politics", "world"), "Senate votes")
    assert is_about(rule(RuleKind.SOURCE), *article)
    assert not is_about(rule(RuleKind.TOPIC), *article)
    assert not is_about(rule(RuleKind.WORD), *article)
    assert is_about(rule(RuleKind.TOPIC), "Reuters", ("", " SPORTS "), "")
    assert is_about(rule(RuleKind.WORD), "Reuters", (), "All sports today")
