"""Rows that pages are listed with, pills that are on or off, and a dial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.widget import Widget

from android_demo.ui import text_field, widgets

__all__ = ["Dial", "FactRow", "NoteRow", "Rows", "ShareOf", "TogglePill", "TogglePills", "text_field", "widgets"]

A_FRAME = 2  # widgets that are made in one frame of all lists together: each takes a slow device some milliseconds


class Refilled:
    """Holds widgets of one class that take other values when a page comes anew; they come over some frames."""

    waiting: ClassVar[list[Refilled]] = []  # lists that are not filled yet, the first one first

    kind = ""  # class of the widgets

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[Mapping[str, Any]] = []
        self._next = 0  # to be shown

    @property
    def is_filled(self) -> bool:
        """Whether all rows are there."""
        return self._next >= len(self._rows)

    def put(self, rows: Sequence[Mapping[str, Any]]) -> None:
        """Show these rows in the place of those before.

        Args:
            rows: Of each the properties of its widget.
        """
        self._rows, self._next = list(rows), 0
        for widget in self.children[: max(0, len(self.children) - len(rows))]:
            self.remove_widget(widget)
        if self not in self.waiting:
            self.waiting.append(self)
        _go_on()

    def show_some(self) -> None:
        """Show the next few."""
        shown = self.children[::-1]
        for row in self._rows[self._next : self._next + A_FRAME]:
            if self._next < len(shown):
                for name, value in row.items():
                    setattr(shown[self._next], name, value)
            else:
                self.add_widget(Factory.get(self.kind)(**row))
            self._next += 1


def _fill_on(_dt: float) -> None:
    waiting = Refilled.waiting
    if waiting:
        in_sight = (one for one in waiting if one.get_root_window() is not None)
        first = next(in_sight, waiting[0])
        first.show_some()
        if first.is_filled:
            waiting.remove(first)
        _go_on()


_go_on = Clock.create_trigger(_fill_on)


class Rows(Refilled, BoxLayout):
    """Rows one below the other."""

    kind = StringProperty()


class NoteRow(BoxLayout):
    """Something with a line about it, and one thing that can be done with it."""

    words = StringProperty()
    about = StringProperty()
    sign = StringProperty()  # of the button
    name = StringProperty()  # what it does, in words
    bar = NumericProperty(0)  # -1 to 1
    has_bar = BooleanProperty(False)
    do = ObjectProperty(None, allownone=True)

    def act(self) -> None:
        """Do it."""
        if self.do is not None:
            self.do()


class FactRow(BoxLayout):
    """Something and how much of it."""

    words = StringProperty()
    value = StringProperty()


class ShareOf(BoxLayout):
    """A share with its bar, in the colour that a chart has for it."""

    words = StringProperty()
    share = StringProperty()
    bar = NumericProperty(0)  # 0 to 1
    colour = NumericProperty(-2)  # place in `Theme.badges`; -1 for what is not named, -2 where there is no chart


class TogglePill(widgets.Pill):
    """One of several things that are each on or off."""

    do = ObjectProperty(None, allownone=True)

    def on_release(self) -> None:
        """Turn it round."""
        if self.do is not None:
            self.do(not self.active)


class TogglePills(Refilled, widgets.Pills):
    """Pills that are on or off."""

    kind = "TogglePill"


class Dial(Widget):
    """A knob on a line; a finger may be as far from it as a button's edge.

    `on_chosen` comes when the finger is lifted.
    """

    value = NumericProperty(0)
    most = NumericProperty(1)
    step = NumericProperty(0.1)

    __events__ = ("on_chosen",)

    def on_chosen(self, value: float) -> None:
        """The finger left the knob there."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Take the knob to the finger."""
        if not self.collide_point(*touch.pos) or self.disabled:
            return False
        touch.grab(self)
        self._follow(touch)
        return True

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Follow the finger."""
        if touch.grab_current is not self:
            return False
        self._follow(touch)
        return True

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Leave the knob there."""
        if touch.grab_current is not self:
            return False
        touch.ungrab(self)
        self._follow(touch)
        self.dispatch("on_chosen", self.value)
        return True

    def nudge(self, by: int) -> None:
        """Move the knob by so many steps, as by a key."""
        self.value = min(max(self.value + by * self.step, 0), self.most)
        self.dispatch("on_chosen", self.value)

    def _follow(self, touch: MotionEvent) -> None:
        width = max(1.0, self.width - dp(24))
        along = min(max((touch.x - self.x - dp(12)) / width, 0.0), 1.0)
        self.value = min(round(along * self.most / self.step) * self.step, self.most)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
