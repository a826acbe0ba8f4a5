"""Stories as rows of any screen."""

from __future__ import annotations

import pytest

from edge_runtime.screens.marks import Marks
from edge_runtime.screens.rows import NUM_COLOURS, num_moved, story_rows


def test_a_topic_is_a_caption(tr):
    assert tr.topic("us_news") == "US news"
    assert tr.topic("TV") == "TV" and tr.topic("about us") == "About us" and tr.topic("usage") == "Usage"
    assert tr.topic("ARTS & CULTURE") == "Arts & culture"
    assert tr.topic("iOS") == "iOS"


def test_a_row_says_where_the_story_comes_from(make_article, now, tr):
    (row,) = story_rows([make_article(1, age_h=3)], {}, now, tr, ["New"])
    assert (row.title, row.source, row.badge, row.meta, row.reason) == (
        "Story number 1",
        "Example",
        "E",
        "3 h ago · Travel",
        "New",
    )


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"title": "", "abstract": "Rain at last."}, "Rain at last."),
        ({"title": "👍🎉", "abstract": "Rain."}, "Rain."),
        ({"title": "👍🎉", "abstract": ""}, "No title"),
    ],
)
def test_a_story_without_a_title_that_can_be_drawn_is_still_called_something(make_article, now, tr, fields, title):
    (row,) = story_rows([make_article(1, **fields)], {}, now, tr)
    assert row.title == title


def test_a_reason_is_told_only_where_it_changes(make_article, now, tr):
    articles = [make_article(number) for number in range(4)]
    rows = story_rows(articles, {}, now, tr, ["New", "New", "same story as “A”", "New"])
    assert [row.reason for row in rows] == ["New", "", "Same story as “A”", "New"]


def test_rows_carry_the_marks_of_their_articles(make_article, now, tr):
    liked = Marks("like", is_read=True)
    rows = story_rows([make_article(1), make_article(2)], {"a2": liked}, now, tr)
    assert [row.marks for row in rows] == [Marks(), liked]


def test_a_source_has_one_colour_everywhere(make_article, now, tr):
    rows = story_rows([make_article(1), make_article(2), make_article(3, source="Other")], {}, now, tr)
    assert rows[0].badge_colour == rows[1].badge_colour
    assert all(0 <= row.badge_colour < NUM_COLOURS for row in rows)


def test_places_that_hold_another_story_are_counted(make_article, now, tr):
    rows = story_rows([make_article(number) for number in range(4)], {}, now, tr)
    assert num_moved(rows, [rows[1], rows[0], rows[2], rows[3]]) == 2
    assert num_moved(rows, rows) == 0
