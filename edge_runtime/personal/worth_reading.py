"""Which articles a digest may name: what this reader is likely enough to open, and nothing like what they dislike."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.scoring import DISLIKE_WEIGHT

FEWEST_READ = 5  # articles; before that there is nothing to go by, and everything may be named
LEAST_PROBABILITY = 0.05  # of being opened
MOST_ASKED = 0.5  # of being opened; what is as likely as not is worth reading
DISLIKED_COSINE = 0.6  # to something disliked; nearer ones are not named
_SMOOTHED_BY = 10, 0.1  # shows, at this rate


def least_probability(num_read: int, num_shown: int, num_opened: int) -> float:
    """How likely to be opened an article has to be: as likely as what lists usually show.

    Args:
        num_read: Articles that the reader opened, liked, saved or shared.
        num_shown: Articles in lists of which it is known whether they were opened.
        num_opened: How many of these were.
    """
    if num_read < FEWEST_READ:
        return 0.0
    shows, rate = _SMOOTHED_BY
    usual = (num_opened + shows * rate) / (num_shown + shows)
    return min(max(LEAST_PROBABILITY, usual), MOST_ASKED)


def worth_reading(
    probabilities: NDArray[np.float64],
    disliked: NDArray[np.float32],
    of_disliked_topic: NDArray[np.bool_],
    least: float,
) -> NDArray[np.bool_]:
    """Which articles may be named.

    Args:
        probabilities: (num_articles,) of being opened.
        disliked: (num_articles,) the part of the score for being near to something disliked, none above 0.
        of_disliked_topic: (num_articles,) of a topic that the reader only ever disliked.
        least: From `least_probability`.

    Returns:
        (num_articles,) bool.
    """
    return (probabilities >= least) & (disliked > -DISLIKE_WEIGHT * DISLIKED_COSINE) & ~of_disliked_topic
