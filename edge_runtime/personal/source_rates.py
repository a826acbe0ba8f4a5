"""How often the reader opens what a source publishes, against what this reader opens at all."""

from __future__ import annotations

import math
from collections.abc import Mapping

from edge_runtime.personal.shown_lists import USUAL_OPEN_RATE

SOURCE_TRUST = 10.0  # a source counts as shown so many times more, opened at the reader's usual rate


def log_rates(shown: Mapping[str, int], opened: Mapping[str, int]) -> dict[str, float]:
    """Log of each source's smoothed rate of being opened over the reader's usual one; of other sources it is 0.

    Args:
        shown: How many articles of each source were shown.
        opened: How many were opened; of some of them no list told.
    """
    most = {name: max(shown.get(name, 0), opened.get(name, 0)) for name in {*shown, *opened}}
    usual = (sum(opened.values()) + SOURCE_TRUST * USUAL_OPEN_RATE) / (sum(most.values()) + SOURCE_TRUST)
    return {
        name: math.log((opened.get(name, 0) + SOURCE_TRUST * usual) / (times + SOURCE_TRUST) / usual)
        for name, times in most.items()
        if name
    }
