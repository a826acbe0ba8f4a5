"""What is not there takes no room."""

from __future__ import annotations

import pytest


@pytest.fixture
def stacked(window):
    from android_demo.driver import prepare_offscreen

    prepare_offscreen()
    from android_demo.ui.stacked import Stacked

    return Stacked


def filled(stacked, heights):
    from kivy.uix.widget import Widget

    column = stacked(orientation="vertical", spacing=10, padding=(1, 2, 3, 4), size_hint=(None, None), width=100)
    for height in heights:
        column.add_widget(Widget(size_hint_y=None, height=height))
    column.do_layout()
    column.height = column.minimum_height
    column.do_layout()
    return column


def test_a_child_without_height_leaves_no_gap(stacked):
    column = filled(stacked, [20, 0, 30, 0, 0])
    # padding of 2 and 4, 20 and 30, one gap
    assert column.minimum_height == 2 + 20 + 10 + 30 + 4
    assert [child.y for child in column.children[::-1] if child.height] == [4 + 30 + 10, 4]
    assert {(child.x, child.width) for child in column.children} == {(1, 100 - 1 - 3)}


def test_a_child_that_comes_gets_its_gap(stacked):
    column = filled(stacked, [20, 0])
    column.children[0].height = 7
    column.do_layout()
    assert column.minimum_height == 2 + 20 + 10 + 7 + 4


def test_a_column_of_nothing_is_its_padding(stacked):
    assert filled(stacked, [0, 0]).minimum_height == filled(stacked, []).minimum_height == 2 + 4
