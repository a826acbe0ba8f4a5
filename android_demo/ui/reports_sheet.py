"""Who else reports a story."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder

from android_demo.ui.sheet import Sheet
from android_demo.ui.widgets import Entry
from edge_runtime.screens.rows import StoryRow


class ReportsSheet(Sheet):
    """One line for each report: its title, and below it source and age."""

    def __init__(self, rows: Sequence[StoryRow], open_row: Callable[[StoryRow], None]) -> None:
        super().__init__()
        for row in rows:
            about = App.get_running_app().tr.joined(row.source, row.meta)
            self.ids.content.add_widget(Entry(words=row.title, about=about, on_release=partial(self._open, row)))
        self._open_row = open_row

    def _open(self, row: StoryRow, _entry: Entry) -> None:
        self.dismiss()
        self._open_row(row)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
