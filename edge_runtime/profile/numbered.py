"""Every cached article under the number that programs of other makers know it by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from edge_runtime.storage.feeds import Feed


@dataclass(frozen=True, slots=True)
class NumberedArticles:
    """What lists of articles need to know, as columns: one row for each cached article, in order of arrival."""

    numbers: NDArray[np.int64]  # of 13 digits; of an article that is gone it is never given again
    article_ids: Sequence[str]
    arrived_s: NDArray[np.float64]  # seconds UTC
    published_s: NDArray[np.float64]  # likewise; arrival where a feed says no time
    feeds: tuple[Feed, ...]  # the subscriptions
    feed_of: NDArray[np.intp]  # place in `feeds` of the first that brought it; -1 where none of them did
    is_read: NDArray[np.bool_]
    is_saved: NDArray[np.bool_]
