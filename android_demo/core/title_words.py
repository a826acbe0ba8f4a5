"""Words of a title that a reader may want to mute."""

from __future__ import annotations

import re

MOST, LEAST_LETTERS = 6, 4
# What comes in any title; the reader may still mute one in their rules.
_COMMON_WORDS = """
about after again against also amid another back been before being between both could does down during
each even ever every first from have here into just know last like made make many more most much need
next only other over says said should some still such take than that their them then there these they
thing this those through time under until very want week were what when where which while will with
without year your
"""
_COMMON = frozenset(_COMMON_WORDS.split())
# Scripts that put spaces between words: elsewhere a word cannot be told from its neighbours.
_WORD = re.compile(rf"[^\W\d_\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff]{{{LEAST_LETTERS},}}")


def words_to_mute(title: str) -> tuple[str, ...]:
    """The first few words of a title that say something, in their order."""
    found = dict.fromkeys(word for word in _WORD.findall(title) if word.casefold() not in _COMMON)
    return tuple(found)[:MOST]
