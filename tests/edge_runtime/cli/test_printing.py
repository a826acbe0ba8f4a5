from __future__ import annotations

from edge_runtime.cli.printing import Screen


def test_a_paragraph_is_indented_within_the_width():
    screen = Screen(is_json=False, has_colours=False, width=12)
    assert screen.paragraph("one two three", 5) == ["     one two", "     three"]
    assert screen.bold("x") == "x"
