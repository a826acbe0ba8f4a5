"""The digest: the few articles of the last day and a half that are worth reading, fewer where there are fewer."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

import numpy as np

from edge_runtime.feed_maker import FeedMaker
from edge_runtime.model.probability import Calibration
from edge_runtime.types import NewsDigest

MAX_AGE = timedelta(hours=36)


def make_digest(maker: FeedMaker, chances: Calibration, seen: Collection[str], limit: int) -> NewsDigest:
    """Choose from what came within `MAX_AGE`, was neither seen in a list nor read, and is of no story that was judged.

    Args:
        maker: Of the moment.
        chances: From scores to probabilities of being opened.
        seen: Ids of the articles that a list has shown.
        limit: How many to name at most.
    """
    rows, parts = maker.rows, maker.parts()
    since = maker.now - MAX_AGE
    is_recent = np.minimum(rows.published_s, rows.added_s) >= since.timestamp()
    is_new = is_recent & ~rows.are_among(seen)
    came = maker.order(parts, 0, is_new)
    feed = maker.order(parts, 0)
    # Where the feed shows an article of the story that was judged, another of it is no news.
    is_new = came.lines.stays & ~came.lines.of_read_story & ~feed.is_known[feed.lines.line_of]
    order = maker.order(parts, limit, is_new & maker.is_worth_reading(parts, chances))
    named = maker.scored(parts, order.places, order)
    return NewsDigest(tuple(named), int(np.count_nonzero(is_new)), since)
