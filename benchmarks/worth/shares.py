"""Verdicts by the share of choices for the ranked order, of the trial alone: nothing is assumed of readers or lists."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from edge_runtime.worth.trials import Drafting, Stage, Why, Worth

VOTES_AN_OPEN = 0.85  # of drafted lists
OPENS_A_LIST = 2
SHARES = (0.85, 0.8, 0.75, 0.7, 0.65, 0.6, 0.55, 0.5, 0.45, 0.4, 0.15)


@dataclass(frozen=True, slots=True)
class Verdict:
    """When a life's verdicts came, in opens; None where they did not."""

    better_at: int | None
    back_at: int | None  # stepped back to newest first, for the first time


def live(share: float, opens: int, rng: np.random.Generator) -> Verdict:
    """A life of so many opens, looked at after each; it goes on after a verdict, until both are known.

    Args:
        share: Of choices for the ranked order.
        opens: How long the life is.
        rng: Draws choices.
    """
    worth, better_at, back_at = Worth(), None, None
    is_choice, is_win = rng.random((2, opens)) < np.array([[VOTES_AN_OPEN], [share]])
    for number in range(opens):
        is_drafted = worth.drafting(number) is not Drafting.NOTHING
        # Of a lone pair in ten places a fifth of the opens are choices.
        counts = is_choice[number] and (worth.drafting(number) is Drafting.ALL or number % 5 == 0)
        if is_drafted and counts:
            worth = worth.voted(is_win=bool(is_win[number]))
        if better_at is None and worth.why is Why.BETTER:
            better_at = number + 1
        if back_at is None and worth.stage is Stage.NEWEST:
            back_at = number + 1
        if (number + 1) % OPENS_A_LIST == 0:
            worth = worth.closed(OPENS_A_LIST)
    return Verdict(better_at, back_at)
