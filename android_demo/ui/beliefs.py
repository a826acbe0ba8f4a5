"""The page of what the reader reads: topics over the weeks, and sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.ui import charts, listed
from android_demo.ui.page import Page
from edge_runtime.screens.beliefs import BeliefsPage, ShareRow, beliefs_page

__all__ = ["BeliefsScreen", "charts", "listed"]


class BeliefsScreen(Page):
    """A chart with its legend, and the sources."""

    ask = staticmethod(beliefs_page)
    is_detail = True

    about = StringProperty()
    first_week = StringProperty()
    last_week = StringProperty()
    has_any = BooleanProperty(False)

    def show(self, page: BeliefsPage) -> None:
        """Draw what there is now."""
        self.about, self.first_week, self.last_week = page.about, page.first_week, page.last_week
        self.has_any = bool(page.topics)
        self.ids.chart.colours = [row.colour for row in page.topics]
        self.ids.chart.weeks = page.weeks
        self.ids.topics.put([_row(row) for row in page.topics])
        self.ids.sources.put([{**_row(row), "colour": -2} for row in page.sources])


def _row(row: ShareRow) -> Mapping[str, Any]:
    return {"words": row.words, "share": row.share, "bar": row.bar, "colour": row.colour}


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
