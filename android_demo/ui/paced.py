"""Many widgets without a frame that waits for all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from kivy.clock import Clock
from kivy.uix.widget import Widget

AT_ONCE = 12  # what fills a screen
A_FRAME = 3


def fill(container: Widget, makers: Iterable[Callable[[], Widget]], at_once: int = AT_ONCE) -> None:
    """Put widgets into a container in the place of what is there: a screenful now, the others frame by frame."""
    container.clear_widgets()
    waiting = iter(makers)
    mine = container.filling = object()  # a newer filling ends this one

    def some(count: int) -> bool:
        for _ in range(count):
            maker = next(waiting, None)
            if maker is None:
                return False
            container.add_widget(maker())
        return True

    def more(_dt: float) -> None:
        if container.filling is mine and some(A_FRAME):
            Clock.schedule_once(more)

    if some(at_once):
        Clock.schedule_once(more)
