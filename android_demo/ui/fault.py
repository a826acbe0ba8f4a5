"""The page that stands where a fault of the app was: nothing ends it."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

from kivy.app import App
from kivy.base import ExceptionHandler, ExceptionManager
from kivy.lang import Builder

from android_demo.core.fault_log import log_fault
from android_demo.ui import widgets
from android_demo.ui.page import Page

__all__ = ["FaultScreen", "LastHandler", "widgets"]

MOST_FAULTS, SOON_S = 20, 5.0  # so many within so long


class FaultScreen(Page):
    """Says that something went wrong, with the way on."""

    is_alone = True

    def show(self, page: Any) -> None:
        """It says the same each time."""

    def go_on(self) -> None:
        """Read on, from the list."""
        App.get_running_app().navigation.go("feed")


class LastHandler(ExceptionHandler):
    """Takes what nothing else took; an end that was asked for ends the app.

    Attributes:
        last: The last fault, for tests.
    """

    last: Exception | None = None

    def __init__(self) -> None:
        """Nothing has failed yet."""
        super().__init__()
        self._times: list[float] = []  # s, of the last faults

    def handle_exception(self, error: BaseException) -> int:
        """Log it and show the page; what fails again and again ends the app."""
        app = App.get_running_app()
        if not isinstance(error, Exception) or app is None or not hasattr(app, "navigation"):
            return int(ExceptionManager.RAISE)
        self.last = error
        log_fault(app.data_dir, error, app.now())
        self._times = [*self._times, monotonic()][-MOST_FAULTS:]
        if len(self._times) == MOST_FAULTS and self._times[-1] - self._times[0] < SOON_S:
            return int(ExceptionManager.RAISE)  # it fails at each frame: there is no way on
        app.after_fault()
        return int(ExceptionManager.PASS)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
