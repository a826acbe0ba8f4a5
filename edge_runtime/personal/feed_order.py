"""The feed's order: what is left out and why, one article a story, then a mixed list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.errors import Notice
from edge_runtime.personal.selection import VarietySettings, arrange, one_of_each_story
from edge_runtime.storage.articles import CachedRows


@dataclass(frozen=True, slots=True)
class FeedOrder:
    """Places of cached articles, and of those that are left out."""

    places: NDArray[np.int64]  # best first
    same_story: Mapping[int, list[int]]  # of a place in the feed: the others of its story
    hidden: Mapping[int, Notice]  # left out, with the reason
    of_read_story: frozenset[int] = frozenset()  # in the feed and not read, though another one of their story is


def order_feed(
    rows: CachedRows,
    scores: NDArray[np.float64],
    is_known: NDArray[np.bool_],
    is_read: NDArray[np.bool_],
    muted: Mapping[int, Notice],
    k: int,
    settings: VarietySettings,
    listed: NDArray[np.bool_] | None = None,
) -> FeedOrder:
    """Order the cache for a reader.

    Args:
        rows: The cache.
        scores: (num_articles,) higher is better.
        is_known: (num_articles,) read or judged.
        is_read: (num_articles,) read.
        muted: Places that the reader wants left out, with the reason.
        k: How many places to give; all if there are fewer.
        settings: How mixed the feed is.
        listed: (num_articles,) which of them the feed may show; all if not given. Stories are those of the whole cache.
    """
    hidden = dict(muted)
    kept = np.array([place for place in range(len(scores)) if place not in hidden], np.int64)
    stories = [rows.stories[place] for place in kept]
    may_stay = None if listed is None else listed[kept]
    lines = one_of_each_story(scores[kept], stories, is_known[kept], is_read[kept], may_stay)
    same_story = {int(kept[best]): [int(kept[other]) for other in of_it] for best, of_it in lines.others.items()}
    of_read_story = frozenset(int(kept[place]) for place in lines.of_read_story)
    for best, of_it in same_story.items():
        title = rows.titles[best]
        reason = f"same story as “{title}”" + (", which you read or judged" if is_known[best] else "")
        hidden.update(dict.fromkeys(of_it, Notice(reason)))
    kept, line_scores = kept[lines.stays], lines.scores[lines.stays]
    order = arrange(
        line_scores,
        rows.vectors[kept],
        [rows.topics[place] for place in kept],
        [rows.sources[place] for place in kept],
        k,
        settings,
    )
    return FeedOrder(kept[order], same_story, hidden, of_read_story)
