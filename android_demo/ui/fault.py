"""The page that stands where a fault of the app was: nothing ends it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.base import EventLoop, ExceptionHandler, ExceptionManager
from kivy.lang import Builder

from android_demo.core.fault_log import log_fault
from android_demo.ui import widgets
from android_demo.ui.page import Page

__all__ = ["FaultScreen", "LastHandler", "widgets"]


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

    def handle_exception(self, error: BaseException) -> int:
        """Log it and show the page; a fault of that page alone is raised."""
        app = App.get_running_app()
        if not isinstance(error, Exception) or app is None or not hasattr(app, "navigation"):
            return int(ExceptionManager.RAISE)
        self.last = error
        log_fault(app.data_dir, error, app.now())
        place = app.navigation.place
        if place is not None and place.screen == "fault" and EventLoop.status != "started":
            return int(ExceptionManager.RAISE)
        app.after_fault()
        return int(ExceptionManager.PASS)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
