"""Verdicts: when they come, what is shown because of them, and how often chance brings them about."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from edge_runtime.worth.trials import REST_OPENS, Drafting, Stage, Why, Worth


def voted(worth: Worth, wins: int, losses: int) -> Worth:
    for is_win in [True] * wins + [False] * losses:
        worth = worth.voted(is_win=is_win)
    return worth


def lived(share: float, votes: int, rng: random.Random) -> list[Worth]:
    """A life of lists with a vote each, as far as there is one."""
    states = [Worth()]
    for number in range(votes):
        worth = states[-1]
        if worth.drafting(number) is not Drafting.NOTHING:
            worth = worth.voted(is_win=rng.random() < share)
        states.append(worth.closed(1))
    return states


def test_ten_wins_prove_the_order_and_the_votes_stay_as_they_were():
    proven = voted(Worth(), 10, 0)
    assert (proven.stage, proven.why, proven.votes) == (Stage.PROVEN, Why.BETTER, 10)
    assert voted(proven, 1, 2).votes == 10
    assert [proven.drafting(number) for number in (1, 2)] == [Drafting.PAIR, Drafting.NOTHING]


def test_twenty_votes_of_which_five_are_wins_step_back_and_rests_get_longer():
    newest = voted(Worth(), 5, 15)
    assert (newest.stage, newest.why, newest.is_ranked) == (Stage.NEWEST, Why.NO_HELP, False)
    assert newest.drafting(1) is Drafting.NOTHING and newest.voted(is_win=True) == newest
    resting = newest.closed(REST_OPENS - 1)
    assert resting.stage is Stage.NEWEST
    again = resting.closed(1)
    assert (again.stage, again.why, again.trial, again.votes) == (Stage.TRIAL, Why.RESTED, 2, 0)
    assert voted(again, 5, 15).closed(REST_OPENS).stage is Stage.NEWEST
    assert voted(again, 5, 15).closed(2 * REST_OPENS).stage is Stage.TRIAL


def test_losses_alone_say_that_newest_first_is_better():
    worse = voted(replace(Worth(), losses=14), 0, 1)
    assert (worse.stage, worse.why) == (Stage.NEWEST, Why.WORSE)


def test_a_later_trial_has_a_higher_bar():
    assert voted(Worth(trial=2), 10, 0).stage is Stage.TRIAL
    assert voted(Worth(trial=2), 13, 0).stage is Stage.PROVEN
    assert Worth(trial=2, wins=30, losses=10).interval[0] < Worth(wins=30, losses=10).interval[0]


def test_votes_against_a_proven_order_draft_every_list_then_end_it():
    proven = voted(voted(Worth(), 10, 0), 0, 7)
    assert proven.drafting(2) is Drafting.ALL
    assert (voted(proven, 0, 16).stage, voted(proven, 0, 17).why) == (Stage.PROVEN, Why.CHANGED)


def test_fewer_opens_than_usual_begin_a_new_trial_once():
    worth = voted(Worth(), 10, 0)
    for _ in range(70):
        worth = worth.closed(4)
    assert worth.stage is Stage.PROVEN
    lists = 0
    while worth.stage is Stage.PROVEN and lists < 40:
        worth, lists = worth.closed(0), lists + 1
    assert (worth.why, worth.trial) == (Why.DROPPED, 2) and lists < 12


def test_who_reads_everything_gets_newest_first():
    worth = voted(Worth(), 3, 2)
    for _ in range(60):
        worth = worth.closed(9)
    assert (worth.stage, worth.why) == (Stage.NEWEST, Why.READS_ALL)


@pytest.mark.slow
def test_chance_proves_nothing_and_a_good_order_is_found():
    """At most 5 % for life by theory; at shares of 0.8 and 0.4 half of the lives have theirs by 20 and 36 votes."""
    rng = random.Random(3)
    by_chance = [any(s.why is Why.BETTER for s in lived(0.5, 300, rng)) for _ in range(80)]
    assert sum(by_chance) <= 8
    good = [next((n for n, s in enumerate(lived(0.8, 60, rng)) if s.why is Why.BETTER), 99) for _ in range(80)]
    assert sorted(good)[40] <= 26 and sorted(good)[74] < 60
    bad = [next((n for n, s in enumerate(lived(0.4, 120, rng)) if s.stage is Stage.NEWEST), 99) for _ in range(80)]
    assert sorted(bad)[40] <= 50 and sorted(bad)[70] < 120
