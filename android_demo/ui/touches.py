"""Touches that must not count twice.

On a desktop both SDL and Linux itself may report one finger. And a touch whose end failed half way still holds its
button, to which Kivy's lists tell the end once more a fifth of a second later.
"""

from __future__ import annotations

from kivy.clock import Clock
from kivy.core.window import Window
from kivy.input import MotionEvent

NEAR_PX = 12.0
SOON_S = 0.15


class Touches:
    """Takes what would count twice away before a widget hears of it."""

    def __init__(self) -> None:
        """Listen to the window."""
        self._last: tuple[str, float, float, float] | None = None  # device, time, place
        self._ended: MotionEvent | None = None  # the last that was lifted
        for event in ("on_touch_down", "on_touch_move", "on_touch_up"):
            Window.bind(**{event: getattr(self, event)})

    def stop(self) -> None:
        """Listen no more."""
        for event in ("on_touch_down", "on_touch_move", "on_touch_up"):
            Window.unbind(**{event: getattr(self, event)})

    def after_fault(self) -> None:
        """What the last touch was for failed: it holds no widget any more."""
        if self._ended is not None:
            self._ended.grab_current = None
            self._ended.grab_list.clear()

    def on_touch_down(self, _window: object, touch: MotionEvent) -> bool:
        """Whether it is an echo, which goes no further."""
        now = Clock.get_time()
        last, self._last = self._last, (str(touch.device), now, touch.x, touch.y)
        if last is None or last[0] == touch.device or now - last[1] > SOON_S:
            return False
        is_echo = abs(last[2] - touch.x) < NEAR_PX and abs(last[3] - touch.y) < NEAR_PX
        touch.ud["is_echo"] = is_echo
        return is_echo

    def on_touch_move(self, _window: object, touch: MotionEvent) -> bool:
        """The same for its way."""
        return bool(touch.ud.get("is_echo"))

    def on_touch_up(self, _window: object, touch: MotionEvent) -> bool:
        """And for its end."""
        self._ended = touch
        return bool(touch.ud.get("is_echo"))
