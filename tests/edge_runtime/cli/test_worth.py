"""Whether the order helps, said by the command line, and the order set by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from edge_runtime import Reader
from edge_runtime.storage.trial_rows import new_trial, put_trial
from edge_runtime.worth.lists import LEAST_OPENS
from edge_runtime.worth.trials import Stage, Why, Worth


@pytest.fixture
def begun(edge_news):
    """A reader who has opened enough from the feed."""
    edge_news.add(*(f"{word} in the news" for word in ("Rain", "Senate", "Soup", "Cup", "Comet", "Bridge", "Ferry")))
    for _ in range(LEAST_OPENS):
        edge_news.text("feed")
        edge_news.text("open", "1")
    return edge_news


def known(edge_news, worth: Worth) -> str:
    with Reader.open(edge_news.data) as reader:
        store = reader._profile.store
        put_trial(store._db, replace(new_trial(worth, 0), bundle=store.trial().bundle))
    return " ".join(edge_news.text("worth").split())


def test_the_first_drafted_list_is_explained_once(begun):
    begun.text("feed")
    assert "a coin says which stands first" in begun.err.replace("\n", " ").lower()
    assert "warning" not in begun.err and max(map(len, begun.err.splitlines())) <= 80
    begun.text("feed")
    assert begun.err == ""
    assert "begins when you have opened" not in begun.text("info")
    assert "Too few choices yet: none" in begun.text("info")


def test_opens_of_the_feed_by_number_vote_and_others_do_not(begun):
    later = "2026-11-24T20:00:00Z"
    begun.text("feed")
    begun.text("open", "1")
    assert begun.json("worth", now=later)["choices"] == 1
    begun.text("feed", now=later)
    for how in ("search", "latest", "feed --unread"):
        begun.text(*how.split(), *(["news"] if how == "search" else []), now=later)
        begun.text("open", "1", now=later)
    assert begun.json("worth", now="2026-11-25T20:00:00Z")["choices"] == 1


def test_the_sentence_tells_the_share_of_choices(begun):
    assert known(begun, Worth(wins=9, losses=5)).startswith("Too few choices yet: 14, 9 of them for this order;")
    proven = known(begun, Worth(Stage.PROVEN, Why.BETTER, wins=45, losses=17))
    assert (
        "In 62 choices with both side by side you took this order's article 45 times (73%, surely between 5" in proven
    )
    newest = known(begun, Worth(Stage.NEWEST, Why.NO_HELP, wins=46, losses=54, rests=1))
    assert newest.startswith("You took this order's article in 46 of 100 choices: this order does not help you")
    assert "It is newest first now and tries again after 100 more opens" in newest
    assert "newest first" in begun.text("info")


def test_the_order_is_set_by_hand_and_asking_tries_again(begun):
    assert begun.text("order") == "auto\n"
    assert begun.json("order", "newest") == {"order": "newest"}
    assert "as you set it" in begun.text("worth")
    feed, latest = (
        [one["title"] for one in begun.json(command)["articles"] if not one["is_read"]]
        for command in ("feed", "latest")
    )
    assert feed == latest
    known(begun, Worth(Stage.NEWEST, Why.NO_HELP, wins=5, losses=15, rests=1))
    begun.text("order", "auto")
    facts = begun.json("worth")
    assert (facts["stage"], facts["trial"], facts["choices"]) == ("trial", 2, 0)
    assert "invalid choice" in begun.refused("order", "best")
