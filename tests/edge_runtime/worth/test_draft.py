"""Drafted lists: nothing is lost, each side stands first by a fair coin, and a list keeps its coins."""

from __future__ import annotations

import random
from collections.abc import Iterator, Set
from itertools import product

import pytest

from edge_runtime.worth import draft as draft_module
from edge_runtime.worth.draft import NUM_PAIRS, drafted
from edge_runtime.worth.trials import Drafting

KEY = bytes(range(32))
RANKED, NEWEST = list(range(30)), list(range(29, -1, -1))


@pytest.mark.parametrize("drafting", Drafting)
def test_every_article_stands_in_the_list_once(drafting):
    rng = random.Random(5)
    for number in range(200):
        size = rng.randrange(25)
        ranked, newest = rng.sample(range(size), size), rng.sample(range(size), size)
        draft = drafted(ranked, newest, drafting, KEY, number)
        assert sorted(draft.order) == sorted(ranked)
        for pair in draft.pairs:
            one, other = draft.order.index(pair.ranked), draft.order.index(pair.newest)
            assert abs(one - other) == 1 and max(one, other) < 2 * NUM_PAIRS and min(one, other) % 2 == 0


def test_the_first_ten_are_the_best_five_of_both_orders():
    draft = drafted(RANKED, NEWEST, Drafting.ALL, KEY, 1)
    assert [(pair.ranked, pair.newest) for pair in draft.pairs] == [(n, 29 - n) for n in range(5)]
    assert draft.order[10:] == tuple(range(5, 25))


def test_an_article_that_both_name_is_no_pair_and_the_ranked_order_goes_on_beside_it():
    draft = drafted([1, 2, 3, 4], [1, 4, 3, 2], Drafting.ALL, KEY, 1)
    assert draft.order[:2] == (1, 2)
    assert [{pair.ranked, pair.newest} for pair in draft.pairs] == [{3, 4}]


def test_the_same_list_has_the_same_coins_and_each_pair_a_fair_one():
    assert drafted(RANKED, NEWEST, Drafting.ALL, KEY, 7) == drafted(RANKED, NEWEST, Drafting.ALL, KEY, 7)
    first = [0] * NUM_PAIRS
    for number in range(2000):
        draft = drafted(RANKED, NEWEST, Drafting.ALL, KEY, number)
        for place, pair in enumerate(draft.pairs):
            first[place] += draft.order.index(pair.ranked) < draft.order.index(pair.newest)
    assert all(900 < count < 1100 for count in first)


def test_a_lone_pair_is_drafted_at_every_depth_from_articles_as_deep_in_both_orders():
    depths = set()
    for number in range(60):
        draft = drafted(RANKED, NEWEST, Drafting.PAIR, KEY, number)
        (pair,) = draft.pairs
        assert pair.ranked % 2 == 0 and pair.newest == 29 - pair.ranked
        assert draft.order[: pair.ranked] == tuple(range(pair.ranked))
        depths.add(pair.ranked // 2)
    assert depths == set(range(NUM_PAIRS))
    assert drafted(RANKED, NEWEST, Drafting.NOTHING, KEY, 1).order == tuple(RANKED)


def read_by_place(places: int, rng: random.Random) -> Iterator[Set[int]]:
    """Readers who do not look at what an article is: each opens the same places of any list."""
    for _ in range(60):
        yield frozenset(place for place in range(places) if rng.random() < rng.choice((0.2, 0.5, 0.9)))


@pytest.mark.parametrize("drafting", [Drafting.ALL, Drafting.PAIR])
def test_to_who_reads_by_place_each_vote_is_fair_whatever_the_coins_before_it(drafting, monkeypatch):
    rng = random.Random(8)
    lists = {}
    for depth, *coins in product(range(NUM_PAIRS), *[(0, 1)] * NUM_PAIRS):
        drawn = ([depth] if drafting is Drafting.PAIR else []) + coins
        monkeypatch.setattr(draft_module, "_coins", lambda key, number, drawn=drawn: iter(drawn))
        lists[depth, *coins] = drafted(RANKED, NEWEST, drafting, KEY, 1)
    for opened in read_by_place(2 * NUM_PAIRS, rng):
        balance: dict[tuple[int, ...], int] = {}  # by depth, pair and the coins above it: wins less losses
        for (depth, *coins), draft in lists.items():
            for number, pair in enumerate(draft.pairs):
                above = depth if drafting is Drafting.PAIR else number
                won, lost = (draft.order.index(one) in opened for one in (pair.ranked, pair.newest))
                past = depth, number, *coins[:above]
                balance[past] = balance.get(past, 0) + won - lost
        assert set(balance.values()) == {0}


def test_an_article_that_is_to_stand_apart_keeps_its_place_and_is_in_no_pair():
    for number in range(20):
        draft = drafted(RANKED, [29, 28, 27, 26, 25], Drafting.ALL, KEY, number, apart={1})
        assert draft.order[2:4] == (1, 2) and 1 not in {pair.ranked for pair in draft.pairs}
        assert [pair.newest for pair in draft.pairs] == [29, 28, 27, 26]
