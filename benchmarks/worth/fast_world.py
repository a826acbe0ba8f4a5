"""A world of numbers alone, in which thousands of lists take seconds: what readers like, and what a ranker sees of it.

Of a hundred candidates ten are shown. A reader opens the one at place p with the chance p^-0.35 * sigmoid(liking +
noise), as in the ranking benchmark. Liking is taste, less what age takes. The ranked order knows a part of the taste
and nothing of age. The dice belong to the candidates, so a life under another order meets the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from edge_runtime.types import FeedList, ListedArticle
from edge_runtime.worth.draft import drafted
from edge_runtime.worth.lists import LEAST_OPENS, NUM_COUNTED, Trial
from edge_runtime.worth.trials import Stage, Why, Worth

CANDIDATES = 100  # newest first
LISTS_A_DAY = 2
EXAMINATION = np.arange(1, NUM_COUNTED + 1) ** -0.35
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of reader, with a ranker."""

    name: str
    taste: float  # spread, logits
    age_loss: float  # logits, of the oldest candidate
    known: float  # of the taste, 0 to 1, that the ranked order knows; the rest is chance
    level: float = -1.6  # logits, of the average candidate that has no age


KINDS = (
    Kind("gains much", 1.5, 1.0, 0.8),
    Kind("gains twice", 1.05, 1.0, 0.74),
    Kind("gains half", 1.0, 1.0, 0.5),
    Kind("no difference", 1.0, 0.0, 0.0),
    Kind("loses a quarter", 1.0, 0.95, 0.0),
    Kind("reads by the clock", 0.3, 2.5, 0.0),
)


@dataclass(frozen=True, slots=True)
class Life:
    """What came of a life."""

    better_at: int | None  # opens until the order was found to help; None if it never was
    back_at: int | None  # opens until it stepped back first
    opens: tuple[int, int, int]  # of all lists: ranked, newest first, and with the trial


def live(kind: Kind, lists: int, rng: np.random.Generator, *, learns_for: int = 0) -> Life:
    """Let a reader live three times with the same dice.

    Args:
        kind: Of reader.
        lists: That are shown.
        rng: Draws everything.
        learns_for: Opens until the ranked order knows what it will; it knows nothing at first.
    """
    key = rng.bytes(32)
    trial = Trial(key, 0, Worth())
    ages = np.linspace(0, 1, CANDIDATES)
    newest = list(range(CANDIDATES))
    totals, better_at, back_at = [0, 0, 0], None, None
    for number in range(1, lists + 1):
        taste, noise, chance = rng.normal(size=(3, CANDIDATES))
        dice = rng.random(CANDIDATES)
        opens_at = 1 / (1 + np.exp(-(kind.level + kind.taste * taste - kind.age_loss * ages + 0.5 * noise)))

        ranked = []
        for opens in (totals[0], totals[2]):
            known = kind.known * min(1.0, opens / learns_for) if learns_for else kind.known
            ranked.append(np.argsort(-(known * taste + (1 - known) * chance)).tolist())
        totals[0] += int(_opened(ranked[0][:NUM_COUNTED], opens_at, dice).sum())
        totals[1] += int(_opened(newest[:NUM_COUNTED], opens_at, dice).sum())
        now_s = number * DAY_S // LISTS_A_DAY
        trial = trial.at(now_s, 0)
        if better_at is None and trial.worth.why is Why.BETTER:
            better_at = totals[2]
        if back_at is None and trial.worth.stage is Stage.NEWEST:
            back_at = totals[2]
        if totals[2] < LEAST_OPENS:
            totals[2] += int(_opened(ranked[1][:NUM_COUNTED], opens_at, dice).sum())
            continue
        order, shown = _listed(trial, ranked[1], newest)
        is_opened = _opened(order, opens_at, dice)
        totals[2] += int(is_opened.sum())
        articles = tuple(
            replace(one, is_opened=bool(is_open)) for one, is_open in zip(shown.articles, is_opened, strict=True)
        )
        trial = trial.with_list(replace(shown, articles=articles), now_s)
    return Life(better_at, back_at, (totals[0], totals[1], totals[2]))


def _listed(trial: Trial, ranked: Sequence[int], newest: Sequence[int]) -> tuple[list[int], FeedList]:
    """The ten articles that are shown, and the same as a list that is voted about."""
    sides: dict[int, tuple[int, bool]] = {}
    number = trial.last_list + 1
    if trial.worth.stage is Stage.NEWEST:
        order = list(newest[:NUM_COUNTED])
    else:
        draft = drafted(
            ranked[:NUM_COUNTED], newest[: 2 * NUM_COUNTED], trial.worth.drafting(number), trial.key, number
        )
        order = list(draft.order[:NUM_COUNTED])
        of_pairs = enumerate(draft.pairs)
        sides = {one: (n, one == pair.ranked) for n, pair in of_pairs for one in (pair.ranked, pair.newest)}
    # Candidates are others each time, so their ids are too.
    articles = tuple(ListedArticle(f"{number}-{one}", *sides.get(one, (None, False))) for one in order)
    return order, FeedList(number, articles, number, 0)


def _opened(order: Sequence[int], opens_at: np.ndarray, dice: np.ndarray) -> np.ndarray:
    """(10,) bool, of the articles of a list."""
    is_opened: np.ndarray = dice[list(order)] < EXAMINATION * opens_at[list(order)]
    return is_opened
