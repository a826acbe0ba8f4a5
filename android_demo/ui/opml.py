"""Taking a list of feeds over from another reader, and giving one away."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from android_demo.core.pages.opml import (
    Found,
    as_rows,
    list_of_data,
    list_of_file,
    list_of_text,
    write_list,
    written_list,
)
from android_demo.core.remedies import told
from android_demo.platform.files import has_picker, keep_document, pick_document
from android_demo.ui import text_field
from android_demo.ui.page import Page
from edge_runtime import EdgeError
from edge_runtime.screens.feeds import subscribe_all

__all__ = ["OpmlScreen", "text_field"]

LIST_NAME = "edge-news.opml"


class OpmlScreen(Page):
    """A list of feeds in and out."""

    has_picker = BooleanProperty(has_picker())
    found = ObjectProperty(Found(), rebind=True)
    trouble = StringProperty()
    written = StringProperty()

    def show(self, page: Any) -> None:
        """It shows what it is given."""

    def say_anew(self) -> None:
        """What came of the last list was said in the language of before."""
        self.found, self.trouble, self.written = Found(), "", ""

    def read_file(self, path: str) -> None:
        """Read a list from a file."""
        self._read(lambda session, now: list_of_file(session, now, path.strip()))

    def read_text(self, text: str) -> None:
        """Read a list that was pasted."""
        self._read(lambda session, now: list_of_text(session, now, text))

    def pick(self) -> None:
        """Let the reader choose a file of the phone."""
        pick_document(lambda data: self._read(lambda session, now: list_of_data(session, now, data)))

    def subscribe(self) -> None:
        """Subscribe to all of the list, and fetch them behind."""
        app, found = App.get_running_app(), self.found
        now = app.now()

        def done(new: list[str]) -> None:
            self.found, self.trouble = Found(), ""
            self.written = app.tr.count("{number} feed was added.", "{number} feeds were added.", len(new))
            app.feeds.refresh(new)

        app.commands.do(lambda session: subscribe_all(session, now, as_rows(found.feeds)), done, once="subscribe")

    def write(self, path: str) -> None:
        """Write all subscriptions into a file."""
        app = App.get_running_app()

        def done(name: str) -> None:
            self.written = app.tr("Written: {name}", name=name)

        app.commands.do(lambda session: write_list(session, path.strip()), done, once="write")

    def keep(self) -> None:
        """Let the reader choose where on the phone the list is kept."""
        app = App.get_running_app()

        def made(data: bytes) -> None:
            keep_document(LIST_NAME, "text/x-opml", data, lambda kept: setattr(self, "written", said[kept]))

        said = {True: app.tr("Written."), False: app.tr("Nothing was written.")}
        app.commands.do(written_list, made, once="write")

    def _read(self, read: Callable[[Any, Any], Found]) -> None:
        app = App.get_running_app()
        now = app.now()
        self.found, self.trouble, self.written = Found(), "", ""

        def came(found: Found) -> None:
            self.found = found

        def failed(error: EdgeError) -> None:
            self.trouble = told(error, app.tr)

        app.worker.run(lambda: read(app.session, now), came, failed, key="opml")


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
