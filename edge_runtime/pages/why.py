"""Why an article stands where it stands, in the numbers and words that a screen shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from edge_runtime.errors import Remedy
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.model.parts import score_part
from edge_runtime.pages.rows import byline, title_of
from edge_runtime.types import Explanation

NUM_SHOWN = 5  # past reads, and words
LEAST_SHARE = 0.005  # less is 0 %


@dataclass(frozen=True, slots=True)
class WhyPart:
    """A named summand of the score."""

    name: str
    meaning: str  # what it says, in a few words
    value: float  # in hundredths, rounded so that the parts shown add up to the score shown


@dataclass(frozen=True, slots=True)
class WhyRead:
    """What drew the article up: a past read, a search, or the article itself."""

    title: str
    share: float  # of its interest, 0 to 1
    is_search: bool = False  # the title is a query
    is_itself: bool = False  # the article was read before; no title


@dataclass(frozen=True, slots=True)
class WhyWord:
    """What a word of the title does to the score."""

    word: str
    effect: float


@dataclass(frozen=True, slots=True)
class WhyPage:
    """Everything that is shown of an explanation."""

    article_id: str
    heading: str
    facts: str  # byline and reason
    about: tuple[str, ...]  # its topic with how likely it is, then keywords
    parts: tuple[WhyPart, ...]  # largest first, without those that are 0
    score: float  # in hundredths, their sum
    reads: tuple[WhyRead, ...]  # most similar first
    words: tuple[WhyWord, ...]  # largest effect first
    hidden: str = ""  # why the feed leaves it out, if it does
    hidden_remedy: Remedy | None = None  # how to undo that, where the reason does not say


def why_page(found: Explanation, now: datetime) -> WhyPage:
    """What is shown of an explanation of `Reader.explain`."""
    article = found.scored.article
    about = [f"{found.topic} ({found.topic_probability:.0%})"] if found.topic else []
    reads = [
        WhyRead(
            clean_text(read.article.title) if read.is_search else title_of(read.article), read.share, read.is_search
        )
        for read in found.similar_reads
        if read.share >= LEAST_SHARE
    ][:NUM_SHOWN]
    own = 1 - sum(read.share for read in found.similar_reads)
    if reads and own >= LEAST_SHARE:
        reads.append(WhyRead("", own, is_itself=True))
    return WhyPage(
        article.article_id,
        title_of(article),
        " · ".join(filter(None, (byline(article, now), found.scored.reason))),
        (*about, *map(clean_text, found.keywords)),
        score_parts(found.scored.parts, found.scored.score),
        round(100 * found.scored.score) / 100,
        tuple(reads),
        tuple(WhyWord(clean_text(word.word), word.effect) for word in found.words[:NUM_SHOWN]),
        found.hidden,
        found.hidden_remedy,
    )


def score_parts(parts: Mapping[str, float], score: float) -> tuple[WhyPart, ...]:
    """The parts that are not 0, largest first; also as shown, to hundredths, they add up to the score."""
    names = sorted((name for name in parts if parts[name]), key=lambda name: -abs(parts[name]))
    shown = hundredths([parts[name] for name in names], score)
    return tuple(WhyPart(name, score_part(name).meaning, value / 100) for name, value in zip(names, shown, strict=True))


def hundredths(values: Sequence[float], total: float) -> list[int]:
    """Each value in hundredths, rounded up or down so that they add up to the rounded total (largest remainders)."""
    down = [math.floor(100 * value) for value in values]
    by_remainder = sorted(range(len(values)), key=lambda place: down[place] - 100 * values[place])
    for place in by_remainder[: round(100 * total) - sum(down)]:
        down[place] += 1
    return down
