"""What came since a time: how much of each source, which stories several sources report, what the reader follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from edge_runtime.feed_maker import FeedMaker
from edge_runtime.model.scoring import total
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.types import NewsSince, ReportedStory, RuleEffect

FEWEST_SOURCES = 2  # of a story that is named

Mask = NDArray[np.bool_]


def news_since(maker: FeedMaker, since: datetime, limit: int) -> NewsSince:
    """Look at what arrived since a time and is not read, muted or hidden.

    Args:
        maker: Of the moment.
        since: UTC-aware.
        limit: How many stories to name at most, and how many articles of what is followed.
    """
    rows, parts = maker.rows, maker.parts()
    order = maker.order(parts, 0)
    is_left = np.ones(len(rows), bool)
    is_left[list(order.muted)] = False
    came = (rows.added_s > since.timestamp()) & is_left & ~maker.learned.is_read(rows)
    # One article a story: in its place it stands for all of them.
    faces = order.lines.line_of
    is_face = order.lines.stays & ~order.lines.of_read_story & ~order.is_known
    num_sources = _num_sources(rows, is_left)
    scores = total(parts)
    stories = np.unique(faces[came & (num_sources >= FEWEST_SOURCES)])
    stories = stories[is_face[stories]]
    stories = stories[np.lexsort((-scores[stories], -num_sources[stories]))][:limit]
    followed = np.unique(faces[came & _is_followed(maker)])
    followed = np.setdiff1d(followed[is_face[followed]], stories)
    followed = followed[np.argsort(-scores[followed], kind="stable")][:limit]
    first_of = _first_of(rows, is_left, stories)
    firsts = iter(maker.cache.get(rows.article_ids[first_of[int(place)]] for place in stories))
    named = zip(stories.tolist(), maker.scored(parts, stories, order), strict=True)
    return NewsSince(
        since,
        int(np.count_nonzero(came)),
        _by_source(rows, came),
        tuple(ReportedStory(one, next(firsts), int(num_sources[place])) for place, one in named),
        tuple(maker.scored(parts, followed, order)),
    )


def _num_sources(rows: CachedRows, is_left: Mask) -> NDArray[np.intp]:
    """(num_articles,) how many sources report the story of each; 0 for one without a story."""
    stories, sources = rows.stories.named_codes().astype(np.int64), rows.sources.named_codes().astype(np.int64)
    counts = np.zeros(len(rows), np.intp)
    is_told = is_left & (stories >= 0) & (sources >= 0)
    if not is_told.any():
        return counts
    pairs = np.unique(stories[is_told] * (sources.max() + 1) + sources[is_told])
    of_story = np.bincount(pairs // (sources.max() + 1), minlength=stories.max() + 1)
    counts[is_told] = of_story[stories[is_told]]
    return counts


def _first_of(rows: CachedRows, is_left: Mask, faces: NDArray[np.intp]) -> Mapping[int, int]:
    """Of each story's article, the place of the one that was published first."""
    stories = rows.stories.named_codes()
    found = {}
    for face in faces.tolist():
        members = np.flatnonzero((stories == stories[face]) & is_left)
        found[face] = int(members[rows.published_s[members].argmin()])
    return found


def _is_followed(maker: FeedMaker) -> Mask:
    """(num_articles,) whether a follow rule is about each."""
    followed = np.zeros(len(maker.rows), bool)
    for rule, places in maker.rules.items():
        if rule.effect is RuleEffect.FOLLOW:
            followed[list(places)] = True
    return followed


def _by_source(rows: CachedRows, came: Mask) -> dict[str, int]:
    """Source -> how many articles came, most first, then by name."""
    codes, counts = np.unique(rows.sources.codes[came], return_counts=True)
    found = {rows.sources.names[code]: count for code, count in zip(codes.tolist(), counts.tolist(), strict=True)}
    return dict(sorted(found.items(), key=lambda one: (-one[1], one[0])))
