"""Rows that pages are listed with, a field to type into, and a dial."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kivy.clock import Clock
from kivy.factory import Factory
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from android_demo.ui import widgets

__all__ = ["Dial", "FactRow", "Field", "NoteRow", "Rows", "ShareOf", "TogglePill", "widgets"]

AT_ONCE = 4  # rows that are made in one frame, which a slow device has the time for


class Rows(BoxLayout):
    """Widgets of one class, one below the other; many of them come over some frames."""

    kind = StringProperty()  # of the widgets

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._rows: list[Mapping[str, Any]] = []
        self._next = 0  # to be shown
        self._go_on = Clock.create_trigger(self._show_some)

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
        self._show_some()

    def _show_some(self, *_: object) -> None:
        shown = self.children[::-1]
        for row in self._rows[self._next : self._next + AT_ONCE]:
            if self._next < len(shown):
                for name, value in row.items():
                    setattr(shown[self._next], name, value)
            else:
                self.add_widget(Factory.get(self.kind)(**row))
            self._next += 1
        if not self.is_filled:
            self._go_on()


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


class Field(TextInput):
    """One line to type into."""


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

    def _follow(self, touch: MotionEvent) -> None:
        width = max(1.0, self.width - dp(24))
        along = min(max((touch.x - self.x - dp(12)) / width, 0.0), 1.0)
        self.value = min(round(along * self.most / self.step) * self.step, self.most)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
