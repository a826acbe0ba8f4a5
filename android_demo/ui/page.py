"""What all screens share: each draws one page of the core, made on the worker's thread."""

from __future__ import annotations

from typing import Any, ClassVar

from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from edge_runtime.screens.marks import Marks


class Page(Screen):
    """One screen.

    To add one: a module of `core.pages` that makes its data, a pair `ui/NAME.py` and `ui/NAME.kv` with a subclass, and
    a line in `ui/screens.py`.

    Attributes:
        ask: Makes the data, as `ask(session, now, **arguments)`; runs on the worker's thread. A staticmethod.
        tab: The tab of the bottom bar that leads here, or "".
        is_detail: Stands beside a list where there is room.
        is_alone: Has no tabs, and nothing to go back to.
        is_refreshed: Asked anew whenever it comes back in sight.
    """

    ask: ClassVar[Any] = None
    tab: ClassVar[str] = ""
    is_detail: ClassVar[bool] = False
    is_alone: ClassVar[bool] = False
    is_refreshed: ClassVar[bool] = True

    heading = StringProperty()

    def show(self, page: Any) -> None:
        """Draw what `ask` made, in the place of what was there."""
        raise NotImplementedError

    def say_anew(self) -> None:
        """The language is another one; the page is made anew behind this."""

    def on_enter(self, *_: object) -> None:
        """It came in sight."""

    def on_pre_leave(self, *_: object) -> None:
        """It goes out of sight, as another takes its place."""

    def mark(self, article_id: str, marks: Marks) -> None:
        """An article has new marks."""

    def leave(self) -> None:
        """It goes out of sight, with its screen or with the app."""

    def on_key(self, key: str) -> bool:
        """A key was pressed that no field took; whether it meant something here."""
        return False
