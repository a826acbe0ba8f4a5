"""Betting against chance with paired votes (Waudby-Smith & Ramdas, 2024): valid however often one looks.

A vote is one for the ranked order or one for newest first. To a reader who does not care which order an article came
from, both are equally likely, as a fair coin put the one or the other first. Each wealth below then starts at 1 and
does not grow on average, so that by chance it ever reaches 1 / a with a probability of at most a (Ville, 1939).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

_SHARES = (0.6, 0.7, 0.8)  # of votes for an order, on which the bets for it are spread
_DISTANCES = (0.1, 0.2, 0.3)  # from a share that is tested, on which the bets against it are spread
HELPS = 0.6  # share of votes of an order that helps noticeably
_NO_HELP = (0.5, 0.45, 0.35)
_HALVINGS = 40


def wealth_for(wins: int, losses: int) -> float:
    """The natural logarithm of what bets on more wins than losses have become."""
    return _mean_of(wins * math.log(2 * p) + losses * math.log(2 - 2 * p) for p in _SHARES)


def wealth_against_help(wins: int, losses: int) -> float:
    """The same of bets against an order with a share of `HELPS` or more."""
    return _mean_of(wins * math.log(p / HELPS) + losses * math.log((1 - p) / (1 - HELPS)) for p in _NO_HELP)


def share_interval(wins: int, losses: int, bar: float) -> tuple[float, float]:
    """Between which shares of wins the true one surely lies.

    Args:
        wins: Votes for an order.
        losses: Votes against it.
        bar: Natural logarithm of the wealth at which a share is out.

    Returns:
        Its ends, 0 to 1. It leaves out one half exactly when `wealth_for` either side has reached the bar.
    """
    return _least_share(wins, losses, bar), 1 - _least_share(losses, wins, bar)


def _least_share(wins: int, losses: int, bar: float) -> float:
    """The largest share that the votes rule out from below; their wealth falls as the share rises."""
    if not wins:
        return 0.0
    low, high = 0.0, wins / (wins + losses)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        if _wealth_above(middle, wins, losses) >= bar:
            low = middle
        else:
            high = middle
    return low


def _wealth_above(share: float, wins: int, losses: int) -> float:
    """Of bets on a share above one."""
    bets = [share + min(distance, 0.6 * (1 - share)) for distance in _DISTANCES]
    return _mean_of(wins * math.log(p / share) + losses * math.log((1 - p) / (1 - share)) for p in bets)


def _mean_of(logarithms: Iterable[float]) -> float:
    """The logarithm of the mean of numbers whose logarithms are given."""
    given = list(logarithms)
    top = max(given)
    return top + math.log(sum(math.exp(one - top) for one in given) / len(given))
