"""Why an article stands where it stands, in the numbers and words that a screen shows."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from edge_runtime.errors import Remedy
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.model.parts import PARTS, score_part
from edge_runtime.pages.rows import byline, title_of
from edge_runtime.types import Explanation

NUM_SHOWN = 5  # past reads, and words
LEAST_SHARE = 0.005  # less is 0 %
LEAST_EFFECT = 0.005  # less is 0 hundredths
_OVERRULING = tuple(part for part in PARTS.values() if part.overrules)


@dataclass(frozen=True, slots=True)
class WhyPart:
    """A named summand of the score."""

    name: str
    meaning: str  # what it says, in a few words; `Wording.sentence` says it in another language
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
    about: tuple[str, ...]  # its topics with how likely they are, then keywords
    parts: tuple[WhyPart, ...]  # largest first, without those that are 0 and those that `standing` tells of
    score: float  # in hundredths, their sum
    reads: tuple[WhyRead, ...]  # most similar first
    words: tuple[WhyWord, ...]  # largest effect first
    hidden: str = ""  # why the feed leaves it out, if it does
    hidden_remedy: Remedy | None = None  # how to undo that, where the reason does not say
    standing: str = ""  # what counts for more than the score, if anything does
    # What `facts` and `about` are made of, for a front end that words them itself.
    source: str = ""
    topic: str = ""  # as the publisher calls it
    published: datetime | None = None  # UTC-aware
    reason: str = ""  # "" beside `standing`
    likely_topic: str = ""  # of the bundle's
    topic_probability: float = 0.0
    other_topics: Mapping[str, float] = field(default_factory=dict)  # with their shares, largest first
    keywords: tuple[str, ...] = ()  # best first, without those topics


def why_page(found: Explanation, now: datetime) -> WhyPage:
    """What is shown of an explanation of `Reader.explain`."""
    article, parts = found.scored.article, found.scored.parts
    standing = _standing(parts)
    reason = "" if standing else found.scored.reason
    topics = {found.topic: found.topic_probability} if found.topic else {}
    topics |= found.other_topics
    about = [f"{name} ({share:.0%})" for name, share in topics.items()]
    keywords = tuple(clean_text(word) for word in found.keywords if word not in topics)
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
        " · ".join(filter(None, (byline(article, now), reason))),
        (*about, *keywords),
        score_parts(parts, found.scored.score, found.meanings),
        round(100 * shown_score(parts, found.scored.score)) / 100,
        tuple(reads),
        tuple(
            WhyWord(clean_text(word.word), word.effect)
            for word in found.words[:NUM_SHOWN]
            if abs(word.effect) >= LEAST_EFFECT
        ),
        found.hidden,
        found.hidden_remedy,
        standing,
        source=clean_text(article.source),
        topic=clean_text(article.category),
        published=article.published,
        reason=reason,
        likely_topic=found.topic,
        topic_probability=found.topic_probability,
        other_topics=found.other_topics,
        keywords=keywords,
    )


def score_parts(
    parts: Mapping[str, float], score: float, meanings: Mapping[str, str] | None = None
) -> tuple[WhyPart, ...]:
    """The parts that are not 0, largest first; also as shown, to hundredths, they add up to `shown_score`.

    What overrules all others is no summand: beside it the others could not be seen.

    Args:
        parts: All of an article.
        score: Their sum.
        meanings: Of parts that say something else here than elsewhere.
    """
    summed = {name: value for name, value in parts.items() if value and not score_part(name).overrules}
    names = sorted(summed, key=lambda name: -abs(summed[name]))
    shown = hundredths([summed[name] for name in names], shown_score(parts, score))
    own = meanings or {}
    return tuple(
        WhyPart(name, own.get(name, score_part(name).meaning), value / 100)
        for name, value in zip(names, shown, strict=True)
    )


def shown_score(parts: Mapping[str, float], score: float) -> float:
    """A score without what overrules all others."""
    return score - sum(parts.get(part.name, 0.0) for part in _OVERRULING)


def _standing(parts: Mapping[str, float]) -> str:
    """What overrules the score, as a sentence."""
    return next(
        (part.standing for part in _OVERRULING if parts.get(part.name, 0.0) < 0),
        "",
    )


def hundredths(values: Sequence[float], total: float) -> list[int]:
    """Each value in hundredths, rounded up or down so that they add up to the rounded total (largest remainders)."""
    down = [math.floor(100 * value) for value in values]
    by_remainder = sorted(range(len(values)), key=lambda place: down[place] - 100 * values[place])
    for place in by_remainder[: round(100 * total) - sum(down)]:
        down[place] += 1
    return down
