from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.cli.printing import Screen, columns, wrapped
from edge_runtime.feeds.plain_text import clean_text


@given(st.text(max_size=200), st.integers(10, 40))
def test_lines_are_never_wider_than_asked_and_lose_no_letter(text, width):
    lines = wrapped(text, width)
    assert lines and all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == clean_text(text).replace(" ", "")


def test_words_stay_whole_where_they_can():
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("a characterisation", 8) == ["a", "characte", "risation"]


def test_chinese_takes_two_columns_a_character_and_breaks_anywhere():
    assert columns("雨ab") == 4
    assert wrapped("社区食堂推出", 5) == ["社区", "食堂", "推出"]


def test_no_title_can_steer_a_terminal():
    assert wrapped("\x1b[31mred\x07 \u202eturned\x9b2J", 80) == ["[31mred turned 2J"]


def test_a_paragraph_is_indented_within_the_width():
    screen = Screen(is_json=False, has_colours=False, width=12)
    assert screen.paragraph("one two three", 5) == ["     one two", "     three"]
    assert screen.bold("x") == "x"
