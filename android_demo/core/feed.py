"""The rows of the feed: what each card says, and what changed between two rankings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from android_demo.core.wording import age_in_words, drawable, meta_line, topic_in_words
from edge_runtime import Event, ScoredArticle, Signal

FIRST_ROWS = 100  # shown at first; assigning rows is what costs in Kivy, not scrolling them
MORE_ROWS = 50  # appended whenever the end comes near


@dataclass(frozen=True, slots=True)
class FeedRow:
    """What one card of the feed shows."""

    article_id: str
    title: str
    meta: str  # topic, source and age
    reason: str
    verdict: str  # "like", "dislike" or "" when the reader gave none
    is_read: bool
    climbed: int  # places gained since the ranking shown before; 0 for a new article


def feed_rows(
    scored: Sequence[ScoredArticle],
    verdicts: Mapping[str, str],
    now: datetime,
    places_before: Mapping[str, int] | None = None,
) -> list[FeedRow]:
    """The cards of a ranked feed.

    Args:
        scored: Best first.
        verdicts: Of `last_verdicts`.
        now: Ages are counted up to it.
        places_before: Article id -> place in the ranking shown before, 0 = first.
    """
    before = places_before or {}
    return [
        FeedRow(
            article_id=item.article.article_id,
            title=drawable(item.article.title or item.article.abstract),
            meta=meta_line(
                topic_in_words(item.article.category),
                drawable(item.article.source),
                age_in_words(item.article.published, now),
            ),
            reason=drawable(item.reason),
            verdict=verdicts.get(item.article.article_id, ""),
            is_read=item.is_read,
            climbed=before.get(item.article.article_id, place) - place,
        )
        for place, item in enumerate(scored)
    ]


def last_verdicts(events: Sequence[Event]) -> dict[str, str]:
    """Article id -> the newest like or dislike given to it; `events` newest first."""
    verdicts: dict[str, str] = {}
    for event in events:
        if event.signal in (Signal.LIKE, Signal.DISLIKE):
            verdicts.setdefault(event.article.article_id, str(event.signal))
    return verdicts


def num_moved(shown: Sequence[FeedRow], ranked: Sequence[FeedRow]) -> int:
    """How many of the shown places would hold another story in the new ranking."""
    return sum(before.article_id != after.article_id for before, after in zip(shown, ranked, strict=False))


def rows_to_show(num_shown: int, num_ranked: int, *, end_is_near: bool) -> int:
    """How many rows the list should hold: the first page, then one more page whenever its end is near."""
    if num_shown == 0:
        return min(FIRST_ROWS, num_ranked)
    return min(num_shown + MORE_ROWS * end_is_near, num_ranked)
