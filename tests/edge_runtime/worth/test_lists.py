"""The list whose opens are counted: when it votes, when it is over, and when it is shown again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_runtime.types import FeedList, ListedArticle
from edge_runtime.worth.lists import OPEN_FOR_S, SITTING_S, Trial
from edge_runtime.worth.trials import Stage, Why, Worth

BUNDLE, AT = 7, 1_000_000 * 86_400  # the beginning of a day
KEY = bytes(32)


def make_list(number: int, *, cache: int = 1, names: str = "abcdefghij", bundle: int = BUNDLE) -> FeedList:
    """Five pairs; in each the ranked order's stands first."""
    pairs = enumerate(names)
    return FeedList(number, tuple(ListedArticle(name, n // 2, n % 2 == 0) for n, name in pairs), cache, bundle)


def opened(trial: Trial, names: str) -> Trial:
    assert trial.pending
    articles = tuple(replace(a, is_opened=a.is_opened or a.article_id in names) for a in trial.pending.shown.articles)
    return replace(trial, pending=replace(trial.pending, shown=replace(trial.pending.shown, articles=articles)))


@pytest.fixture
def trial():
    return Trial(KEY, BUNDLE, Worth()).with_list(make_list(1), AT)


def votes(trial: Trial) -> tuple[int, int]:
    return trial.worth.wins, trial.worth.losses


def test_a_pair_votes_if_exactly_one_of_it_was_opened_once_the_list_is_over(trial):
    # a against b, both c and d, f against e; nothing of the rest
    read = opened(trial, "acdf")
    assert votes(read.at(AT + OPEN_FOR_S - 1, BUNDLE)) == (0, 0)
    over = read.at(AT + OPEN_FOR_S, BUNDLE)
    assert (votes(over), over.worth.lists, over.worth.opens, over.pending) == ((1, 1), 1, 4, None)
    assert over.at(AT + 2 * OPEN_FOR_S, BUNDLE) == over


def test_the_next_list_or_a_clock_that_went_back_ends_a_list(trial):
    read = opened(trial, "a")
    assert votes(read.with_list(make_list(2), AT + 60)) == votes(read.at(AT - 1, BUNDLE)) == (1, 0)


def test_a_list_that_is_there_already_or_out_of_date_changes_nothing(trial):
    second = trial.with_list(make_list(2), AT + 9)
    for number in (1, 2, 4):
        assert second.with_list(make_list(number, names="zyxwvutsrq"), AT + 20) == second


def test_half_a_pair_is_none():
    trial = Trial(KEY, BUNDLE, Worth()).with_list(make_list(1, names="abc"), AT)
    assert votes(opened(trial, "bc").at(AT + OPEN_FOR_S, BUNDLE)) == (0, 1)


def test_within_a_sitting_a_list_is_shown_again_until_articles_come(trial):
    assert trial.list_to_keep(AT + SITTING_S - 1, 1) == make_list(1)
    assert trial.list_to_keep(AT + SITTING_S, 1) is None
    assert trial.list_to_keep(AT - 1, 1) is trial.list_to_keep(AT, 2) is None
    assert trial.pending
    asked = replace(trial, pending=replace(trial.pending, is_kept=False))
    assert asked.list_to_keep(AT, 1) is None


def test_a_pair_that_has_voted_about_an_article_has_no_second_vote_about_it_that_day(trial):
    # a won against b, which comes again in the first pair; d, which gave no vote, in the second.
    again = opened(trial, "a").with_list(make_list(2, names="bxdyefghij"), AT + 7200)
    assert votes(opened(again, "xy").at(AT + 9 * 3600, BUNDLE)) == (1, 1)
    # The next day, or in another pair, it may.
    later = opened(trial, "a").with_list(make_list(2, names="bxdyefghij"), AT + 86_400)
    assert votes(opened(later, "xy").at(AT + 86_400 + OPEN_FOR_S, BUNDLE)) == (1, 2)


def test_another_bundle_begins_a_new_trial_with_a_higher_bar(trial):
    moved = opened(trial, "a").at(AT + 60, BUNDLE + 1)
    assert (moved.worth.why, moved.worth.trial, votes(moved), moved.pending) == (Why.MOVED, 2, (0, 0), None)
    assert moved.at(AT + 90, BUNDLE + 1) == moved
    shown = moved.with_list(make_list(2, bundle=BUNDLE + 1), AT + 90)
    assert shown.pending and shown.told is Stage.TRIAL


def test_asking_again_begins_a_new_trial_only_where_newest_first_is_shown():
    resting = Trial(KEY, BUNDLE, Worth(Stage.NEWEST, Why.NO_HELP, wins=5, losses=15, rests=1))
    asked = resting.asked_again(AT)
    assert (asked.worth.stage, asked.worth.why, asked.worth.trial, asked.since_s) == (Stage.TRIAL, Why.ASKED, 2, AT)
    proven = replace(resting, worth=Worth(Stage.PROVEN, Why.BETTER, wins=10))
    assert proven.asked_again(AT) == proven


def test_a_stage_is_dated_when_it_begins():
    trial = Trial(KEY, BUNDLE, Worth(wins=9)).with_list(make_list(1), AT)
    proven = opened(trial, "a").at(AT + OPEN_FOR_S, BUNDLE)
    assert (proven.worth.stage, proven.since_s, proven.told) == (Stage.PROVEN, AT + OPEN_FOR_S, Stage.TRIAL)
