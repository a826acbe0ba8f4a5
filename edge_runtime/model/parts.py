"""The parts of a score. Weights, reasons, the why pages and the table in docs/ranking.md all follow from this one.

How to add a part: give it a row in this table, and compute it under the row's name in `personal.score_parts` or, if
the bundle alone says it, in `model.scoring`. Its weight, its reason, its line on the why pages and its share in what a
notification goes by need nothing more. A test compares the table in docs/ranking.md with this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import TypeVar

from edge_runtime.types import ScoredArticle, Shown

Value = TypeVar("Value")
PartWeights = Mapping[str, float]  # by name of a part that has a weight; 0 switches it off


class Origin(StrEnum):
    """Where a part comes from, in words for the reader."""

    PROFILE = "what you read and judged"
    RULES = "your rules"
    LISTS = "lists you saw"
    BUNDLE = "the bundle"
    OTHERS = "other readers"
    CLOCK = "the clock"
    FEEDS = "your feeds"
    CHANCE = "chance"


class Sign(StrEnum):
    """What a part can do to a score."""

    GAIN = "gain"
    LOSS = "loss"
    EITHER = "either"


@dataclass(frozen=True, slots=True)
class Part:
    """One named part of a score."""

    name: str  # in `ScoredArticle.parts`
    meaning: str  # what it says of an article, for a line of text
    label: str  # the same, for a small screen
    origin: Origin = Origin.BUNDLE
    sign: Sign = Sign.EITHER
    weight: float | None = None  # what it counts; None where another part's weight or the bundle alone says so
    weighed_with: str = ""  # the part whose weight it shares
    reason: str = (
        ""  # told where it speaks for an article; names what `personal.reasons.Claims` vouches for: {topic} ...
    )
    told_if: str = ""  # what `Claims` must vouch for beside
    told_with: str = ""  # the part whose reason speaks for it too
    is_of_vector: bool = False  # says nothing of an article in a language that the bundle does not read
    is_judged: bool = True  # says how much the reader will like the article
    is_learned: bool = False  # what lists that were shown have taught
    standing: str = (
        ""  # said in the place of its number; of a part that overrules: more than all others can make up for
    )

    @property
    def overrules(self) -> bool:
        """Whether it counts for more than all others together."""
        return bool(self.standing)


READ = "already read"
# Weights are chosen on simulated readers, see docs/ranking.md.
_TABLE = (
    Part(
        "interest",
        "near to something you read",
        "Close to something you read",
        Origin.PROFILE,
        weight=1.0,
        reason="Like {read}",
        is_of_vector=True,
    ),
    Part(
        "average",
        "near to all that you read",
        "Close to your reading as a whole",
        Origin.PROFILE,
        weighed_with="interest",
        told_with="interest",
        is_of_vector=True,
    ),
    Part(
        "session",
        "near to what you read just now",
        "Close to what you read just now",
        Origin.PROFILE,
        weight=0.3,
        reason="Like {read_now}",
        is_of_vector=True,
    ),
    Part(
        "topic",
        "how much you read its topic",
        "Topic you read",
        Origin.PROFILE,
        weight=2.0,
        reason="You often read {topic}",
    ),
    Part(
        "source",
        "how often you open its source",
        "Source you open",
        Origin.LISTS,
        weight=0.5,
        reason="You often open {source}",
    ),
    Part(
        "followed",
        "you follow its source, topic or a word",
        "You follow it",
        Origin.RULES,
        Sign.GAIN,
        weight=0.7,
        reason="You follow {follows}",
    ),
    Part(
        "own_words",
        "near to an interest in your own words",
        "Interest in your own words",
        Origin.RULES,
        Sign.GAIN,
        weight=1.5,
        reason="Like your interest {wish}",
    ),
    Part(
        "learned",
        "what you pick from your lists",
        "What you pick from your lists",
        Origin.LISTS,
        weight=0.6,
        reason="The kind that you pick from your lists",
        told_if="is_picking",
        is_of_vector=True,
        is_learned=True,
    ),
    Part(
        "words",
        "words of its title that you pick or pass over",
        "Words that you pick",
        Origin.LISTS,
        weight=1.0,
        reason="Words you pick: {words}",
        is_learned=True,
    ),
    Part(
        "exploration",  # its weight is in standard deviations of what lists have taught
        "to find out whether you like its kind",
        "To find out what you like",
        Origin.CHANCE,
        weight=0.1,
        reason="To find out whether you like its kind",
        is_of_vector=True,
        is_judged=False,
    ),
    Part(
        "prior",
        "readers like such headlines",
        "What readers like in general",
        weighed_with="interest",
        reason="The kind of headline that readers open",
        is_of_vector=True,
    ),
    Part(
        "freshness",
        "how new it is",
        "New",
        Origin.CLOCK,
        Sign.GAIN,
        weight=0.5,
        reason="New",
        told_if="is_new",
    ),
    Part(
        "rare",
        "its source writes seldom",
        "Its source writes seldom",
        Origin.FEEDS,
        Sign.GAIN,
        weight=1.5,
        reason="{publisher} writes seldom",
        is_judged=False,
    ),
    Part(
        "popularity",
        "how many of those who saw it opened it",
        "What other readers open",
        Origin.OTHERS,
        weight=1.0,
        reason="Many readers open it",
    ),
    Part(
        "co_clicks",
        "readers of what you read opened it",
        "Opened by readers of what you read",
        Origin.OTHERS,
        reason="Readers of {also} opened it too",
    ),
    Part(
        "disliked",
        "near to something you disliked or hid",
        "Like something you want less of",
        Origin.PROFILE,
        Sign.LOSS,
        weight=1.0,
    ),
    Part(
        "passed",
        "you saw it in a list and passed on",
        "Shown before and not opened",
        Origin.LISTS,
        Sign.LOSS,
        weight=0.7,  # at the first time of being passed over; as much again at each doubling
    ),
    Part(
        READ,
        "you have read it",
        "You have read it",
        Origin.PROFILE,
        Sign.LOSS,
        weight=100.0,  # read articles sink, but stay listed
        reason="You have read this",
        is_judged=False,
        standing="You have read this: it stands behind everything unread",
    ),
)
PARTS: Mapping[str, Part] = MappingProxyType({part.name: part for part in _TABLE})
WEIGHTS: PartWeights = MappingProxyType({part.name: part.weight for part in _TABLE if part.weight is not None})


def score_part(name: str) -> Part:
    """The part of a name; one that this table does not know, as of another engine, is called by its name alone."""
    return PARTS.get(name) or Part(name, meaning="", label=name)


def part_weights(changed: PartWeights) -> PartWeights:
    """The usual weights but for some.

    Raises:
        ValueError: No part of that name has a weight of its own.
    """
    if unknown := changed.keys() - WEIGHTS.keys():
        raise ValueError(f"no weight of {', '.join(sorted(unknown))}; there are {', '.join(WEIGHTS)}")
    return {**WEIGHTS, **changed}


def as_shown(scored: ScoredArticle, at: datetime) -> Shown:
    """What the profile keeps of an article that was put before the reader."""
    return Shown(scored.article.article_id, sum(judged(scored.parts).values()), at, sum(learned(scored.parts).values()))


def judged(parts: Mapping[str, Value]) -> dict[str, Value]:
    """The parts that say how much the reader will like an article."""
    return {name: value for name, value in parts.items() if score_part(name).is_judged}


def learned(parts: Mapping[str, Value]) -> dict[str, Value]:
    """The parts that come from lists that were shown."""
    return {name: value for name, value in parts.items() if score_part(name).is_learned}
