"""Places in sight for what the reader follows: of each followed source or word, something new within the first ten."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from edge_runtime.personal.selection import WINDOW

Places = NDArray[np.intp]
MOST_SEATS = 4  # of the first WINDOW places


def seated(order: Places, scores: NDArray[np.float64], wanted: Sequence[Places]) -> tuple[Places, set[int]]:
    """Let the best of each follow stand within the first WINDOW places, where none of it does.

    What is lifted stands below what is in sight anyway, and takes the place of what is last there. It takes nothing
    from another follow.

    Args:
        order: Places of candidates, best first; at least WINDOW of them, or all.
        scores: (num_candidates,) higher is better.
        wanted: Of each follow, the places of what is new about it, each of which may be in the list.

    Returns:
        The order, as long as before, and what was lifted: MOST_SEATS at most, those of the highest scores.
    """
    head, tail = order[:WINDOW].tolist(), order[WINDOW:]
    kept: set[int] = set()  # in sight, and the best of a follow there
    offered: list[int] = []
    for places in wanted:
        about = set(places.tolist())
        if in_sight := [place for place in head if place in about]:
            kept.add(in_sight[0])
        elif len(places):
            offered.append(int(places[scores[places].argmax()]))
    lifted: list[int] = []
    for place in sorted(dict.fromkeys(offered), key=lambda place: -scores[place])[:MOST_SEATS]:
        giving_way = [other for other in head if other not in kept and other not in lifted]
        if len(head) < WINDOW or not giving_way:
            break
        head.remove(giving_way[-1])
        head.append(place)
        lifted.append(place)
    if not lifted:
        return order, set()
    gone = [place for place in order[:WINDOW].tolist() if place not in head]
    rest = np.concatenate([np.array(gone, np.intp), tail[~np.isin(tail, lifted)]])
    return np.concatenate([np.array(head, np.intp), rest])[: len(order)], set(lifted)
