"""One feed ranked in several ways, to see what each way moves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from android_demo.core.session import Session
from android_demo.core.throwaway import throwaway_reader
from edge_runtime import EdgeError, OrderChoice, ScoredArticle

COMPARED = 200  # stories, the first of the feed
FIRST = 20  # places that are compared
COUNTS = ("popularity", "co_clicks")  # parts that come from many readers
UNROUNDED = "numpy-unrounded"  # engine


@dataclass(frozen=True, slots=True)
class Comparison:
    """What another way of ranking does to the first places of the feed, by score alone."""

    compared: int  # places
    moved: int  # of them that hold another story
    overlap: int  # stories that are among the first in both


@dataclass(frozen=True, slots=True)
class Comparisons:
    """The ways that this device can rank in."""

    without_counts: Comparison
    carry_counts: int  # of the stories, how many have counts or co-clicks at all
    stories: int
    unrounded: Comparison | None  # not rounded between the layers, the weights as they are; None: the engine cannot


def compare(session: Session, now: datetime) -> Comparisons:
    """Rank the first stories of the feed in each way."""
    reader = session.reader
    scored = reader.feed(now, COMPARED, order=OrderChoice.RANKED)
    as_is = by_score(scored)
    counted = [sum(one.parts.get(name, 0.0) for name in COUNTS) for one in scored]
    without = sorted(range(len(scored)), key=lambda n: -(scored[n].score - counted[n]))
    return Comparisons(
        without_counts=compared(as_is, [scored[n].article.article_id for n in without]),
        carry_counts=sum(abs(value) > 1e-9 for value in counted),
        stories=len(scored),
        unrounded=_unrounded(session, scored, now),
    )


def by_score(scored: Sequence[ScoredArticle]) -> list[str]:
    """Ids, best first."""
    return [one.article.article_id for one in sorted(scored, key=lambda one: -one.score)]


def compared(one: Sequence[str], other: Sequence[str]) -> Comparison:
    """Two orders of the same stories."""
    first, second = one[:FIRST], other[:FIRST]
    return Comparison(
        compared=len(first),
        moved=sum(a != b for a, b in zip(first, second, strict=True)),
        overlap=len(set(first) & set(second)),
    )


def _unrounded(session: Session, scored: Sequence[ScoredArticle], now: datetime) -> Comparison | None:
    """Both ways in readers of their own, as they see the stories anew."""
    document, articles = session.reader.export_profile(), [one.article for one in scored]
    orders = []
    try:
        for engine in (None, UNROUNDED):
            with throwaway_reader(session, document, engine) as reader:
                reader.add(articles, now)
                orders.append(by_score(reader.feed(now, order=OrderChoice.RANKED)))
    except EdgeError:  # an interpreter's model that numpy does not know
        return None
    return compared(*orders)
