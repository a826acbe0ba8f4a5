"""The study of the order's worth: verdicts are right in worlds whose truth is known, and the page is filled."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.worth import fast_world, shares
from benchmarks.worth.cost import Cost
from benchmarks.worth.page import TABLES, Figures, by_then, fill_page
from benchmarks.worth.reader_lives import ReaderLife, kept_bytes, live, make_world
from edge_runtime import Reader


def test_a_share_far_from_one_half_has_its_verdict():
    good = [shares.live(0.85, 80, np.random.default_rng(n)) for n in range(5)]
    bad = [shares.live(0.15, 80, np.random.default_rng(n)) for n in range(5)]
    assert all(one.better_at and one.back_at is None for one in good)
    assert all(one.back_at and one.better_at is None for one in bad)


def test_in_the_fast_world_a_life_has_the_better_orders_opens_but_for_the_trial():
    much, *_, clock = fast_world.KINDS
    gains, loses = (fast_world.live(kind, 100, np.random.default_rng(3)) for kind in (much, clock))
    assert gains.better_at and not gains.back_at and gains.opens[1] < gains.opens[2] < 1.1 * gains.opens[0]
    assert loses.back_at and not loses.better_at and loses.opens[0] < loses.opens[2]
    again = fast_world.live(much, 100, np.random.default_rng(3))
    assert again == gains


def test_a_share_of_lives_has_it_by_so_many_opens_or_never():
    assert (by_then([10, None, 30, 20], 0.5), by_then([10, None, 30, 20], 0.75)) == ("20", "30")
    assert by_then([10, None, 30, 20], 0.95) == ""


def test_the_page_is_filled_between_its_marks(tmp_path):
    page = tmp_path / "worth.md"
    page.write_text("Title\n" + "\n".join(f"<!-- {mark} -->\nold\n<!-- end -->" for mark in TABLES))
    verdicts = {0.85: [shares.Verdict(20, None), shares.Verdict(40, None)]}
    lives = {"gains much": [fast_world.Life(20, None, (50, 25, 45))]}
    readers = [ReaderLife("by the clock", 36, (48, 108, 92), 21, 6, None, 31, 265)]
    fill_page(page, Figures(verdicts, lives, 100, readers, Cost(1000, 2.0, 2.5)))
    text = page.read_text()
    assert "old" not in text
    assert "| 0.85 | 0/0 | 50/0 | 100/0 | 100/0 | 100/0 | 100/0 | 20, 40 |  |" in text
    assert "| gains much | 2.00 | 100.0% | 20, 20 | 0.0% |  | 0.900 | 0.50 |" in text
    assert "0.50 ms more" in text and "265 bytes" in text


@pytest.mark.usefixtures("slow")
def test_a_reader_lives_three_times_with_the_whole_engine(tmp_path):
    world = make_world(2, 3, 5)
    life = live(world, int(world.readers[0]), "topics and words")
    assert life.lists >= 1 and all(number >= 0 for number in life.opens) and life.kept_bytes < 500
    with Reader.open(tmp_path) as reader:
        assert kept_bytes(reader) == 0
