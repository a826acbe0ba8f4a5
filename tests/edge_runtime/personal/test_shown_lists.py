"""What lists teach does not depend on who looked when: it follows from the lists, the opinions and the time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from edge_runtime.content.topic_shares import no_others
from edge_runtime.personal.examples import Examples
from edge_runtime.personal.shown_lists import GRACE_S, OPENED, PASSED, WAITING, ShownLists

DIM, NUM_TOPICS = 3, 4
NAMES = [f"a{n}" for n in range(8)]


def examples(names: list[str], at_s: float = 0.0) -> Examples:
    rng = np.random.default_rng([NAMES.index(name) for name in names])
    num = len(names)
    return Examples(
        article_ids=names,
        sources=[f"Source {NAMES.index(name) % 2}" for name in names],
        topics=np.array([NAMES.index(name) % NUM_TOPICS for name in names], np.int64),
        claims=np.array([NAMES.index(name) % 3 / 2 for name in names], np.float32),
        others=no_others(num),
        vectors=rng.normal(size=(num, DIM)).astype(np.float32),
        words=np.array([[1 + NAMES.index(name) % 3, 9, 0] for name in names], np.int16).reshape(num, 3),
        scores=rng.normal(size=num),
        at_s=np.full(num, at_s),
    )


def assert_same(mine: ShownLists, other: ShownLists) -> None:
    for counted in ("passed", "shown_of_source"):
        assert +getattr(mine, counted) == +getattr(other, counted)
    assert mine.num_learned == other.num_learned
    all_words = np.arange(12, dtype=np.int16)[:, None]
    assert mine.word_head.scores(all_words).tolist() == other.word_head.scores(all_words).tolist()
    # The order of a sum may differ.
    assert mine.linear_head.mean() == approx(other.linear_head.mean(), abs=1e-9)


def test_an_article_is_passed_over_when_the_time_is_up():
    lists = ShownLists(DIM, NUM_TOPICS)
    lists.add(examples(["a0", "a1"]), [WAITING, WAITING])
    lists.settle(GRACE_S - 1)
    assert lists.num_learned == 0 and not lists.passed
    lists.settle(GRACE_S)
    assert (lists.num_learned, lists.passed) == (2, {"a0": 1, "a1": 1})
    assert lists.shown_of_source == {"Source 0": 1, "Source 1": 1}


def test_an_opinion_teaches_at_once_and_may_change():
    lists = ShownLists(DIM, NUM_TOPICS)
    lists.add(examples(["a0", "a1"]), [WAITING, PASSED])
    lists.settle(0)
    assert lists.passed == {"a1": 1}
    lists.judge("a1", OPENED)
    lists.judge("nowhere", OPENED)
    lists.settle(0)
    assert not +lists.passed and lists.num_learned == 1


def test_a_list_from_the_future_was_passed_over_and_a_clock_set_back_takes_nothing_for_certain():
    lists, anew = ShownLists(DIM, NUM_TOPICS), ShownLists(DIM, NUM_TOPICS)
    for one in (lists, anew):
        one.add(examples(["a0"], at_s=100.0), [WAITING])
    lists.settle(50)
    assert lists.passed == {"a0": 1}
    lists.settle(200)
    anew.settle(200)
    assert_same(lists, anew)
    assert not +lists.passed


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("show"), st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)),
        st.tuples(st.just("judge"), st.tuples(st.sampled_from(NAMES), st.sampled_from([PASSED, OPENED]))),
        st.tuples(st.just("wait"), st.sampled_from([1.0, GRACE_S / 2, 2 * GRACE_S, -GRACE_S])),
    ),
    max_size=25,
)


@settings(deadline=None)
@given(STEPS)
def test_whoever_looks_after_each_step_knows_what_one_look_at_the_end_gives(steps):
    lists, opinions, shown, now_s = ShownLists(DIM, NUM_TOPICS), {}, [], 0.0
    for kind, what in steps:
        if kind == "show":
            shown.append(examples(what, now_s))
            lists.add(shown[-1], [opinions.get(name, WAITING) for name in what])
        elif kind == "judge":
            opinions[what[0]] = what[1]
            lists.judge(*what)
        else:
            now_s += what
        lists.settle(now_s)
    anew = ShownLists(DIM, NUM_TOPICS)
    for one in shown:
        anew.add(one, [opinions.get(name, WAITING) for name in one.article_ids])
    anew.settle(now_s)
    assert_same(lists, anew)


@pytest.mark.parametrize("changed", [0, 700, 1499])
def test_an_example_that_was_opened_after_all_is_learned_where_it_stood(changed):
    """Far more examples than lie between two copies of the words."""
    late, at_once = ShownLists(DIM, NUM_TOPICS), ShownLists(DIM, NUM_TOPICS)
    many = examples([NAMES[n % 7] for n in range(1500)])
    many.article_ids[changed] = "late"
    late.add(many, [WAITING] * 1500)
    late.settle(GRACE_S)
    late.judge("late", OPENED)
    late.settle(GRACE_S)
    at_once.add(many, [OPENED if n == changed else PASSED for n in range(1500)])
    at_once.settle(0)
    assert_same(late, at_once)


def test_examples_know_how_another_list_of_them_goes_on():
    all_of_them, first = examples(["a0", "a1", "a2"]), examples(["a0", "a1", "a2"])
    assert all_of_them.starts_like(first) and not all_of_them.after(1).starts_like(first)
    head = Examples(*(getattr(first, name)[:2] for name in Examples.__slots__))
    assert all_of_them.starts_like(head) and not head.starts_like(all_of_them)
    assert head.followed_by(all_of_them.after(2)).starts_like(all_of_them)
