"""A list of thousands of feeds: what is out of sight is not drawn, and only what is near is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataViewBehavior

from android_demo.ui import widgets
from android_demo.ui.still_bar import StillBar
from android_demo.ui.text import height_of, lines_of, width_of
from edge_runtime.screens.feeds import FeedRow, FolderRow

__all__ = ["FeedCard", "FeedList", "FolderTitle", "widgets"]

NAME_SIZE, STATE_SIZE, FOLDER_SIZE, COUNT_SIZE = 15, 13, 14, 13  # sp
PADDING, BADGE, SIDES, SPACING = 10, 20, 16, 10  # dp
AT_ONCE = 40  # rows that are measured at first, and whenever the end comes near


def row_data(row: FeedRow | FolderRow, width: float) -> dict[str, object]:
    """What RecycleView gives to a row's widget."""
    if isinstance(row, FolderRow):
        lines = lines_of(row.name, width - dp(2 * SIDES), sp(FOLDER_SIZE), bold=True, max_lines=2)
        height = height_of(lines, sp(FOLDER_SIZE), bold=True) + dp(18)
        return {"viewclass": "FolderTitle", "text": "\n".join(lines), "height": height}
    count = App.get_running_app().tr.number(row.unread) if row.unread else ""
    count_width = width_of(count, sp(COUNT_SIZE), bold=True)
    text_width = width - dp(2 * SIDES + BADGE + 2 * SPACING) - count_width
    name = lines_of(row.name, text_width, sp(NAME_SIZE), max_lines=2)
    state = lines_of(row.state, text_width, sp(STATE_SIZE), max_lines=4)
    height = height_of(name, sp(NAME_SIZE)) + height_of(state, sp(STATE_SIZE)) + dp(2 * PADDING + 2)
    return {
        "viewclass": "FeedCard",
        "row": row,
        "name": "\n".join(name),
        "state_words": "\n".join(state),
        "count": count,
        "count_width": count_width,
        "is_failing": row.is_failing,
        "badge": row.badge,
        "badge_colour": row.badge_colour,
        "height": max(height, dp(56)),
    }


class FeedCard(RecycleDataViewBehavior, ButtonBehavior, BoxLayout):
    """One subscription."""

    row = ObjectProperty(None, allownone=True)
    name = StringProperty()
    state_words = StringProperty()
    count = StringProperty()
    count_width = NumericProperty(0)
    is_failing = BooleanProperty(False)
    badge = StringProperty()
    badge_colour = NumericProperty(0)

    def on_release(self) -> None:
        """Offer what can be done with it."""
        self.parent.recycleview.dispatch("on_choose", self.row)


class FolderTitle(RecycleDataViewBehavior, BoxLayout):
    """The name of a folder over its feeds."""

    text = StringProperty()


class FeedList(StillBar, RecycleView):
    """The rows; more are measured when the end comes near."""

    __events__ = ("on_choose",)

    rows = ListProperty()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._again = Clock.create_trigger(lambda _: self._lay_out(max(len(self.data), AT_ONCE)))
        self._more = Clock.create_trigger(lambda _: self._grow())
        self.fbind("width", lambda *_: self._again())

    def on_choose(self, row: FeedRow) -> None:
        """A feed was tapped."""

    def show(self, rows: Sequence[FeedRow | FolderRow]) -> None:
        """Show other rows; the list stays where it is."""
        if list(rows) != self.rows:
            self.rows = list(rows)
            self._lay_out(max(len(self.data), AT_ONCE))

    def say(self, url: str, state: str) -> None:
        """Say something else of a feed."""
        for place, row in enumerate(self.rows):
            if isinstance(row, FeedRow) and row.url == url:
                self.rows[place] = new = replace(row, state=state)
                if place < len(self.data):
                    self.data[place] = row_data(new, self.width)
                return

    def on_scroll_y(self, *_: object) -> None:
        """Measure more when less than a screen is left below."""
        if len(self.data) < len(self.rows) and self.scroll_y * self._scrollable() < self.height:
            self._more()

    def _lay_out(self, count: int) -> None:
        if self.width > dp(120):  # not while it is being laid out
            self.data = [row_data(row, self.width) for row in self.rows[:count]]

    def _grow(self) -> None:
        above = (1 - self.scroll_y) * self._scrollable()
        added = [row_data(row, self.width) for row in self.rows[len(self.data) : len(self.data) + AT_ONCE]]
        self.data.extend(added)
        whole = self._scrollable() + sum(float(str(one["height"])) for one in added)
        self.scroll_y = 1 - above / max(whole, 1.0)

    def _scrollable(self) -> float:
        return max(float(self.layout_manager.height) - self.height, 1.0)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
