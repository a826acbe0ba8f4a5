"""A card that follows a finger sideways: right wants more like it, left less; and a list pulled down at its top."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kivy.app import App
from kivy.core.text import Label as CoreLabel
from kivy.graphics import Color, InstructionGroup, PopMatrix, PushMatrix, Rectangle, SmoothRoundedRectangle, Translate
from kivy.input import MotionEvent
from kivy.metrics import dp

from android_demo.core.signs import SIGNS
from android_demo.ui.text import SIGNS_FONT

if TYPE_CHECKING:
    from android_demo.ui.story_card import StoryCard

START, ENOUGH = 24, 88  # dp: from where a touch is a swipe, and from where it does something
SIDEWAYS = 2.0  # times as far across as along; else the list is scrolled
PULL_START, PULL_ENOUGH = 16, 96  # dp


class Swipe:
    """One card under one finger; what it would do is drawn beside it while it is away from its place."""

    def __init__(self, card: StoryCard, touch: MotionEvent) -> None:
        """Take the card up."""
        self.card, self.touch = card, touch
        theme = App.get_running_app().theme
        self._colours = {"like": theme.accent, "dislike": theme.negative}
        self._on_colour = theme.on_accent
        self._shift = Translate()
        self._ground = SmoothRoundedRectangle(radius=[dp(10)])
        self._colour, self._sign_colour, self._sign = Color(), Color(), Rectangle(size=(0, 0))
        self._before, self._after = InstructionGroup(), InstructionGroup()
        for step in (
            *(self._colour, self._ground, self._sign_colour, self._sign),
            *(PushMatrix(), self._shift),
        ):
            self._before.add(step)
        self._after.add(PopMatrix())
        card.canvas.before.insert(0, self._before)
        card.canvas.after.add(self._after)
        self._shown: tuple[str, bool] = ("", False)
        self.follow()

    @property
    def verdict(self) -> str:
        """What lifting the finger now would say: "like", "dislike", or "" for nothing."""
        return self._direction if abs(self._distance) >= dp(ENOUGH) else ""

    @property
    def _distance(self) -> float:
        return float(self.touch.x - self.touch.ox)

    @property
    def _direction(self) -> str:
        return "like" if self._distance > 0 else "dislike"

    def follow(self) -> None:
        """Put the card where the finger is."""
        card, distance = self.card, self._distance
        self._shift.x = distance
        self._ground.pos, self._ground.size = card.pos, card.size
        is_enough = bool(self.verdict)
        # Paler until it is far enough to do something.
        self._colour.rgba = (*self._colours[self._direction][:3], 1.0 if is_enough else 0.45)
        self._sign_colour.rgba = self._on_colour
        if self._shown != (self._direction, is_enough):
            self._shown = (self._direction, is_enough)
            name = {"like": ("like", "liked"), "dislike": ("less", "less_given")}[self._direction][is_enough]
            label = CoreLabel(text=SIGNS[name], font_name=SIGNS_FONT, font_size=dp(26), color=(1, 1, 1, 1))
            label.refresh()
            self._sign.texture, self._sign.size = label.texture, label.texture.size
        width, height = self._sign.size
        x = card.x + dp(22) if distance > 0 else card.right - dp(22) - width
        self._sign.pos = (x, card.center_y - height / 2)

    def end(self) -> None:
        """Put the card back."""
        self.card.canvas.before.remove(self._before)
        self.card.canvas.after.remove(self._after)


def is_sideways(touch: MotionEvent) -> bool:
    """Whether a touch has become a swipe over a card."""
    across, along = abs(touch.x - touch.ox), abs(touch.y - touch.oy)
    return across >= dp(START) and across > SIDEWAYS * along


def pulled(touch: MotionEvent) -> float:
    """How far a list is pulled down, 0 to 1; at 1 lifting the finger refreshes it."""
    across, down = abs(touch.x - touch.ox), touch.oy - touch.y
    return 0.0 if down < across else min(1.0, max(0.0, (down - dp(PULL_START)) / dp(PULL_ENOUGH - PULL_START)))
