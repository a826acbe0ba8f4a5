"""The keyboard's place among buttons, switches, tabs and fields: Tab goes on, Enter presses, a ring shows it.

A list of stories is one stop, with a place of its own in it; a field draws its own ring.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from kivy.core.window import Window
from kivy.graphics import Color, InstructionGroup, Line
from kivy.metrics import dp
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.modalview import ModalView
from kivy.uix.recyclelayout import RecycleLayout
from kivy.uix.textinput import TextInput
from kivy.uix.widget import Widget

from android_demo.core.theme import Theme
from android_demo.ui.listed import Dial
from android_demo.ui.story_list import StoryList

INSET, WIDTH, ROUND = 2, 1.5, 10  # dp, of the ring
ROOM = 24  # dp around a widget that is scrolled to


class KeyRing:
    """Goes through what can be pressed, in the order of reading; within a sheet where one is open."""

    def __init__(self, root: Widget) -> None:
        """It is nowhere yet.

        Args:
            root: The window's content.
        """
        self._root = root
        self._at: Widget | None = None
        self._colour = Color()
        self._line = Line(width=dp(WIDTH))
        self._drawn = InstructionGroup()
        self._drawn.add(self._colour)
        self._drawn.add(self._line)
        Window.bind(on_touch_down=self.drop)

    def stop(self) -> None:
        """Listen no more."""
        self.drop()
        Window.unbind(on_touch_down=self.drop)

    @property
    def at(self) -> Widget | None:
        """The widget that has it; None where it is nowhere, or what had it is gone."""
        if self._at is not None and self._at not in stops(self._top()):
            self.drop()
        return self._at

    def move(self, step: int, theme: Theme) -> bool:
        """Go on or back; whether there is anything to go to.

        Args:
            step: 1 or -1.
            theme: Whose accent the ring has.
        """
        found: list[Any] = list(stops(self._top()))
        if not found:
            return False
        field = next(filter(_is_typed_in, found), None)  # may have been tapped, or be ready to type in by itself
        at = field or self._at
        start = found.index(at) if at in found else -1 if step > 0 else 0
        self.drop()
        if field is not None:
            field.focus = False
        self._take(found[(start + step) % len(found)], theme)
        return True

    def press(self) -> bool:
        """Press what has it; whether that is a button."""
        at = self.at
        if not isinstance(at, ButtonBehavior):
            return False
        at.trigger_action(0)
        return True

    def nudge(self, by: int) -> bool:
        """Turn a dial by so many steps; whether a dial has it."""
        at = self.at
        if not isinstance(at, Dial):
            return False
        at.nudge(by)
        return True

    def step(self, by: int) -> bool:
        """Go through a list of stories; whether it has the place."""
        at = self.at
        if not isinstance(at, StoryList):
            return False
        at.move_focus(by)
        return True

    def leave_button(self) -> None:
        """A page took a key: what Enter means now is the page's matter."""
        if not isinstance(self._at, StoryList):
            self.drop()

    def drop(self, *_: object) -> None:
        """Take it away."""
        at, self._at = self._at, None
        if at is None:
            return
        if isinstance(at, StoryList):
            at.drop_focus()
        elif isinstance(at, TextInput):
            at.focus = False
        at.canvas.after.remove(self._drawn)
        at.unbind(pos=self._draw, size=self._draw)

    def _take(self, at: Widget, theme: Theme) -> None:
        self._at = at
        at.canvas.after.add(self._drawn)
        self._colour.rgba = theme.accent
        self._line.rounded_rectangle = (0, 0, 0, 0, 0)
        if isinstance(at, StoryList):
            at.move_focus(0)
            return
        _scroll_to(at)
        if isinstance(at, TextInput):
            at.focus = True
            return
        at.bind(pos=self._draw, size=self._draw)
        self._draw()

    def _draw(self, *_: object) -> None:
        at = self._at
        if at is not None:
            side, edge = dp(getattr(at, "ring_side", INSET)), dp(INSET)
            size = (max(at.width - 2 * side, 0), max(at.height - 2 * edge, 0))
            self._line.rounded_rectangle = (at.x + side, at.y + edge, *size, min(dp(ROUND), *size))

    def _top(self) -> Widget:
        return next((child for child in Window.children if isinstance(child, ModalView)), self._root)


def stops(widget: Widget) -> Iterator[Widget]:
    """What Tab stops at, from the top down."""
    if widget.disabled or not widget.opacity or widget.width <= 1 or widget.height <= 1:
        return
    if isinstance(widget, StoryList):
        if widget.num_shown:
            yield widget
        return
    if isinstance(widget, ButtonBehavior | TextInput | Dial):
        yield widget
    children = widget.children[::-1]
    if isinstance(widget, RecycleLayout):  # in the order in which they were dealt
        children.sort(key=lambda child: -child.top)
    for child in children:
        yield from stops(child)


def _is_typed_in(widget: Any) -> bool:
    return isinstance(widget, TextInput) and bool(widget.focus)


def _scroll_to(widget: Widget) -> None:
    above: Any = widget.parent
    while above is not None and above is not above.parent:
        # Kivy takes a page that is lower than its scroller out of its place.
        if hasattr(above, "scroll_to") and above.children and above.children[0].height > above.height:
            above.scroll_to(widget, padding=dp(ROOM), animate=False)
        above = above.parent
