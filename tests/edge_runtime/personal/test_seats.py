from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.personal.seats import MOST_SEATS, seated
from edge_runtime.personal.selection import WINDOW

SCORES = -np.arange(30.0)
ORDER = np.arange(30)


def seats(*wanted: list[int], order=ORDER):
    places, lifted = seated(order, SCORES, [np.array(places, np.intp) for places in wanted])
    return places.tolist(), lifted


def test_a_follow_out_of_sight_takes_the_last_place_and_nothing_is_lost():
    places, lifted = seats([20, 25])
    assert places == [*range(9), 20, 9, *range(10, 20), *range(21, 30)]
    assert lifted == {20}


def test_a_follow_in_sight_takes_none_and_keeps_its_place_from_others():
    assert seats([3, 20], []) == (list(range(30)), set())
    # 9 is the first follow's one in sight, so 8 gives way.
    places, lifted = seats([9, 28], [15])
    assert places[:11] == [*range(8), 9, 15, 8] and lifted == {15}


def test_of_many_follows_the_best_are_seated_and_one_article_serves_several():
    places, lifted = seats(*([n] for n in range(25, 15, -1)))
    assert lifted == {16, 17, 18, 19} and places[:10] == [*range(6), 16, 17, 18, 19]
    assert seats([20], [20, 21])[1] == {20}


@given(st.lists(st.lists(st.integers(0, 29), max_size=5), max_size=12), st.integers(0, 2**31), st.integers(10, 30))
def test_the_first_are_those_of_the_whole_order_whoever_is_seated(wanted, seed, k):
    order = np.random.default_rng(seed).permutation(30)
    whole, lifted = seats(*wanted, order=order)
    assert sorted(whole) == list(range(30)) and len(lifted) <= MOST_SEATS
    assert lifted <= set(whole[:WINDOW]) and not lifted & set(order[:WINDOW].tolist())
    assert seats(*wanted, order=order[:k])[0] == whole[:k]
    # What a follow had in sight stays there.
    for places in wanted:
        if set(places) & set(order[:WINDOW].tolist()):
            assert set(places) & set(whole[:WINDOW])
