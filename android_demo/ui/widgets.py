"""The few shapes that all screens are made of; their looks are in widgets.kv."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.factory import Factory
from kivy.graphics import Color, SmoothEllipse
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.stacklayout import StackLayout
from kivy.uix.widget import Widget

from android_demo.ui import text
from android_demo.ui.stacked import Stacked
from android_demo.ui.still_bar import StillBar
from android_demo.ui.text import RunsText, Sign, lines_of, width_of

__all__ = [
    "Badge",
    "Card",
    "FirmButton",
    "Flat",
    "IconButton",
    "Pill",
    "Pills",
    "ScoreBar",
    "Scroller",
    "ShareBar",
    "Stacked",
    "Switch",
    "text",
]

PILL_SIDES = 28  # dp, both
PRESS, PRESS_SIDE = "press", 40  # the circle under a finger: its instructions, and dp
STILL = 12  # dp: a finger that moved less is still where it pressed


class FirmButton(ButtonBehavior):
    """A button that is pressed by a finger that stays, though the button itself moves away below it.

    A list is laid out anew when a second pane comes, which may be between a finger's touch and its lifting.
    """

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Let go, and count it."""
        self.always_release = max(abs(touch.x - touch.ox), abs(touch.y - touch.oy)) < dp(STILL)
        return bool(super().on_touch_up(touch))


class Pill(ButtonBehavior, RunsText):
    """A button with words; 48 dp to the finger, 36 dp to the eye, and no wider than what it stands in."""

    words = StringProperty()
    active = BooleanProperty(False)  # the reader's standing choice
    grave = BooleanProperty(False)  # takes something away for good

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("words", "font_size", "parent"):
            self.fbind(name, self._fit)
        self._fit()

    def on_parent(self, _pill: Widget, parent: Widget | None) -> None:
        """Follow the width of what it stands in."""
        if parent is not None:
            parent.fbind("width", self._fit)

    def _fit(self, *_: object) -> None:
        most = self.parent.width if isinstance(self.parent, Pills) else float("inf")
        sides = dp(PILL_SIDES)
        lines = lines_of(self.words, max(most - sides, dp(40)), self.font_size)
        self.text = "\n".join(lines)
        self.width = max(dp(48), max((width_of(line, self.font_size) for line in lines), default=0) + sides)


class Pills(StackLayout):
    """Pills side by side, in as many rows as they need."""


class Flat(ButtonBehavior, RunsText):
    """A button that is words alone."""


class IconButton(FirmButton, Sign):
    """A sign to press, 48 dp square, on a circle while it is pressed."""

    name = StringProperty()  # what it does, in words
    _is_drawn = False  # the circle

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("state", "pos", "size"):
            self.fbind(name, self._draw_press)

    def _draw_press(self, *_: object) -> None:
        """A list has many of these, so what is not seen is not drawn."""
        if self.state == "normal" and not self._is_drawn:
            return
        self.canvas.before.remove_group(PRESS)
        self._is_drawn = self.state == "down"
        if self._is_drawn:
            with self.canvas.before:
                Color(*App.get_running_app().theme.pill, group=PRESS)
                corner = self.center_x - dp(PRESS_SIDE / 2), self.center_y - dp(PRESS_SIDE / 2)
                SmoothEllipse(pos=corner, size=(dp(PRESS_SIDE),) * 2, segments=36, group=PRESS)


class Badge(Widget):
    """The first letter of a source on the source's colour."""

    letter = StringProperty()
    colour = NumericProperty(0)  # its place in `Theme.badges`


class Card(Stacked):
    """A sheet of paper with round corners; a Section is one that is as high as what is on it."""


class Entry(ButtonBehavior, BoxLayout):
    """A row that leads somewhere: a sign, what it is called, and a line about it."""

    ring_side = -8  # dp: the keyboard's ring goes round words that begin at the edge

    sign = StringProperty()
    words = StringProperty()
    about = StringProperty()
    leads_on = BooleanProperty(True)


class Switch(ButtonBehavior, BoxLayout):
    """A row that is on or off."""

    ring_side = -8  # dp: the keyboard's ring goes round words that begin at the edge

    words = StringProperty()
    about = StringProperty()
    active = BooleanProperty(False)


# Kivy has a Switch of its own, by whose name kv would find that one.
Factory.unregister("Switch")
Factory.register("Switch", cls=Switch)


class Fold(Stacked):
    """What is there or not: folded away it has no height, and takes no touch, which disabled widgets do."""

    is_open = BooleanProperty(True)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Pass touches on while it is there."""
        return bool(self.is_open and super().on_touch_down(touch))


class Scroller(StillBar):
    """What is higher than the screen."""


class ScoreBar(Widget):
    """A bar from the middle: right raises a score, left lowers it."""

    value = NumericProperty(0)  # -1 to 1


class ShareBar(Widget):
    """A bar that grows from the left with a share."""

    value = NumericProperty(0)  # 0 to 1


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
