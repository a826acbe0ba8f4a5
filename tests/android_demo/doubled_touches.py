"""The app where two devices tell of each touch, as Kivy's own search of Linux makes it on some touch screens."""

from typing import Any

from kivy.base import EventLoop
from kivy.clock import Clock
from kivy.input import MotionEvent
from kivy.input.provider import MotionEventProvider


class Finger(MotionEvent):
    """A touch as Linux tells of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, is_touch=True, type_id="touch", **kwargs)
        self.profile = ["pos"]

    def depack(self, args: tuple[float, float]) -> None:
        """Take over a place, each of 0 to 1."""
        self.sx, self.sy = args
        super().depack(args)


class SecondTelling(MotionEventProvider):
    """Tells of every press of the mouse again."""

    def start(self) -> None:
        """Listen to the window's own telling."""
        from kivy.core.window import Window

        self._window = Window
        self._told: list[tuple[str, Finger]] = []
        self._finger: Finger | None = None
        Window.bind(on_mouse_down=self._press, on_mouse_up=self._release)

    def update(self, dispatch_fn: Any) -> None:
        """Tell what was heard."""
        told, self._told = self._told, []
        for kind, finger in told:
            dispatch_fn(kind, finger)

    def stop(self) -> None:
        """Nothing is held."""

    def _press(self, window: Any, x: float, y: float, *_: object) -> None:
        place = (x / window.system_size[0], 1 - y / window.system_size[1])
        self._finger = Finger(self.device, "second", place)
        self._told.append(("begin", self._finger))
        print(f"told twice: {self._finger.device} {place}", flush=True)

    def _release(self, *_: object) -> None:
        if self._finger is not None:
            self._told.append(("end", self._finger))
            self._finger = None


def main() -> None:
    """Start the app as `python -m android_demo` does, with one more device."""
    from android_demo.main import main as start

    Clock.schedule_once(lambda _: EventLoop.add_input_provider(_started()))
    start()


def _started() -> SecondTelling:
    provider = SecondTelling("probesysfs", "")
    provider.start()
    return provider


main()
