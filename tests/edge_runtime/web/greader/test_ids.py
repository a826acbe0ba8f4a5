"""Ids in all spellings: none may mean two."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Feed
from edge_runtime.web.greader.ids import (
    copy_number,
    feed_name,
    folder_of,
    item_name,
    item_number,
    label_name,
    plain_stream,
)

NOW = datetime(2026, 11, 30, tzinfo=UTC)


def spellings(number: int) -> list[str]:
    return [
        str(number),
        item_name(number),
        f"tag:google.com,2005:reader/item/{number:x}",
        f"{number:016x}",
        f"{number:x}",
    ]


def test_every_spelling_of_every_number_means_that_number():
    rng = random.Random(1)
    years = [NOW + timedelta(days=365 * n) for n in range(0, 250, 10)]
    numbers = [10**12 + n for n in (0, 1, 10, 999_999)]  # of an older release
    numbers += [int(year.timestamp()) * 1000 + rng.randrange(10**6) for year in years]
    numbers += [copy_number(year, position) for year in years for position in (1, 2, 30)]
    # Those whose hexadecimal digits look like decimal ones are where two readings would part.
    numbers += [int(f"{start}{rng.randrange(10**9):09d}", 16) for start in ("19", "20", "45") for _ in range(200)]
    numbers += [int(f"5c{rng.randrange(10**10):010d}", 16) for _ in range(200)]
    assert {item_number(text) for number in numbers for text in spellings(number)} == set(numbers)
    for number in numbers:
        assert {item_number(text) for text in spellings(number)} == {number}
        assert number < 2**53 and len(str(number)) in (13, 15)


@pytest.mark.parametrize("text", ["", "-5", "tag:google.com,2005:reader/item/", "feed/1", "1" * 17, "xyz", "１２３"])
def test_what_is_no_id_is_refused(text):
    with pytest.raises(ValueError, match="no id of an item"):
        item_number(text)


def test_copies_of_all_editions_are_different_and_the_first_has_the_highest():
    numbers = [copy_number(NOW + timedelta(seconds=s), position) for s in range(3) for position in range(30, 0, -1)]
    assert numbers == sorted(set(numbers))


def test_a_stream_stays_where_its_feed_moves_and_is_never_another_ones():
    feed = Feed("https://a.example/feed", "A", "", NOW, identity="https://a.example/feed")
    moved = Feed("https://b.example/feed", "B", "", NOW, identity="https://a.example/feed")
    other = Feed("https://b.example/feed", "B", "", NOW, identity="https://b.example/feed")
    assert feed_name(feed) == feed_name(moved) != feed_name(other)
    assert feed_name(feed).removeprefix("feed/").isdecimal()


def test_folders_and_users():
    assert folder_of(label_name("News/Europe")) == "News/Europe" and "/" not in label_name("News/Europe")
    assert plain_stream("user/1/state/com.google/read") == plain_stream("user/-/state/com.google/read")
    assert plain_stream("feed/7") == "feed/7"
