"""Likes and dislikes in a real profile: one of an article, which can be taken back, and what replaced it undone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edge_runtime.errors import UnknownEntryError
from edge_runtime.personal.interests import Opinion, updated
from edge_runtime.storage.judgements import JUDGEMENTS, Judged
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import Article, ArticleMarks, Event, Signal

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIKE, DISLIKE, HIDE = Signal.LIKE, Signal.DISLIKE, Signal.HIDE


@pytest.fixture
def store(tmp_path):
    opened = ProfileStore(tmp_path / "profile.db")
    yield opened
    opened.close()


def do(store: ProfileStore, signal: Signal, name: str = "a") -> Judged | None:
    event = Event(Article(name, f"Title of {name}"), signal, NOW)
    return store.judge(event) if signal in JUDGEMENTS else store.record_all([event])


def signals(store: ProfileStore) -> list[Signal]:
    return [event.signal for event in store.events()]


def test_the_same_again_says_nothing_new_and_the_other_replaces(store):
    assert [do(store, one) for one in (LIKE, LIKE, DISLIKE)] == [Judged.ADDED, Judged.SAME, Judged.REPLACED]
    assert signals(store) == [DISLIKE]
    do(store, LIKE, "b")
    assert signals(store) == [DISLIKE, LIKE]


def test_a_like_after_a_hide_is_kept_as_it_ends_the_hide(store):
    for signal in (LIKE, HIDE, LIKE):
        do(store, signal)
    assert signals(store) == [HIDE, LIKE]
    assert store.marks(["a"]) == [ArticleMarks(is_read=False, is_saved=False, is_liked=True)]


def test_undo_of_what_replaced_brings_back_what_was_before(store):
    do(store, LIKE)
    liked = store.events()
    do(store, DISLIKE)
    assert store.undo().signal is DISLIKE
    assert store.events() == liked
    store.undo()
    assert store.events() == []
    with pytest.raises(UnknownEntryError):
        store.undo()


def test_what_was_taken_back_is_undone_through_all_steps(store):
    do(store, LIKE)
    do(store, DISLIKE)
    disliked = store.events()
    store.take_back("a", *JUDGEMENTS)
    assert store.events() == []
    with pytest.raises(UnknownEntryError, match="no like or dislike of article 'a'"):
        store.take_back("a", *JUDGEMENTS)
    store.undo()
    assert store.events() == disliked
    store.undo()
    assert signals(store) == [LIKE]


def test_an_event_that_replaced_and_is_forgotten_leaves_the_earlier_one_to_undo(store):
    do(store, LIKE)
    do(store, DISLIKE)
    store.delete_event(store.events()[0].number)
    assert store.events() == []
    assert store.undo().signal is LIKE


@settings(max_examples=12, deadline=timedelta(seconds=5))
@given(st.lists(st.tuples(st.sampled_from([*Signal, None]), st.sampled_from("ab")), max_size=12))
def test_marks_are_what_learning_makes_of_the_same_events(tmp_path_factory, steps):
    store = ProfileStore(tmp_path_factory.mktemp("profile") / "profile.db")
    for signal, name in steps:
        if signal is not None:
            do(store, signal, name)
        elif store.events():
            store.undo()
    opinions: dict[str, Opinion] = {}
    for event in store.events():
        name = event.article.article_id
        opinions[name] = updated(opinions.get(name), event)
    for name, mark in zip("ab", store.marks(["a", "b"]), strict=True):
        one = opinions.get(name, Opinion(Article(name, ""), 0))
        assert mark == ArticleMarks(one.is_opened, one.is_saved, one.is_liked, one.is_disliked, one.is_hidden)
    judged = [(event.article.article_id, event.signal in JUDGEMENTS) for event in store.events()]
    assert judged.count(("a", True)) <= 1 and judged.count(("b", True)) <= 1
    store.close()
