"""Follows and mutes: which articles a reader's rule is about."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from edge_runtime.types import Rule, RuleKind


def comparable(text: str) -> str:
    """What sources, topics and words are compared by: without case, width forms and outer spaces."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())


rule_key = lru_cache(maxsize=8192)(comparable)  # for what comes again and again


def has_word(text: str, word: str) -> bool:
    """Whether a text holds a word or phrase as a whole; both as `rule_key` gives them.

    A letter of a script that is written without spaces, such as Chinese, is no part of its neighbours.
    """
    start = text.find(word)
    while word and start >= 0:
        end = start + len(word)
        if not (_joined(text[start - 1 : start], word[0]) or _joined(text[end : end + 1], word[-1])):
            return True
        start = text.find(word, start + 1)
    return False


def is_about(rule: Rule, source: str, topics: Sequence[str], text: str) -> bool:
    """Whether a rule is about an article.

    Args:
        rule: Of any kind.
        source: The article's source.
        topics: The article's own category and the one that analysis gave it.
        text: Title and abstract.
    """
    value = rule_key(rule.value)
    match rule.kind:
        case RuleKind.SOURCE:
            return rule_key(source) == value
        case RuleKind.TOPIC:
            return any(rule_key(topic) == value for topic in topics)
        case RuleKind.WORD:
            return has_word(rule_key(text), value)


def _joined(neighbour: str, own: str) -> bool:
    """Whether two characters side by side belong to one word."""
    return all(
        character.isalnum() and unicodedata.east_asian_width(character) not in ("W", "F")
        for character in (neighbour, own)
        if character
    ) and bool(neighbour)
