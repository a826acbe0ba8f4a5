"""The page of what the reader did, of which each can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty

from android_demo.ui import listed
from android_demo.ui.page import Page
from edge_runtime.screens.deeds import DeedRow, DeedsPage, deeds_page

__all__ = ["DeedsScreen", "listed"]


class DeedsScreen(Page):
    """Deeds and searches."""

    ask = staticmethod(deeds_page)
    is_detail = True

    about = StringProperty()
    more = StringProperty()
    depth = NumericProperty(0)
    has_deeds = BooleanProperty(False)
    has_searches = BooleanProperty(False)

    def show(self, page: DeedsPage) -> None:
        """List what there is now."""
        profile = App.get_running_app().commands.profile
        self.about, self.more, self.depth = page.about, page.more, page.depth
        self.has_deeds, self.has_searches = bool(page.deeds), bool(page.searches)
        self._list("deeds", page.deeds, profile.forget_event)
        self._list("searches", page.searches, profile.forget_search)

    def _list(self, name: str, rows: Sequence[DeedRow], forget: Callable[[int], None]) -> None:
        said = App.get_running_app().tr("Take out")
        self.ids[name].put(
            [
                {
                    "words": row.words,
                    "about": row.about,
                    "sign": "delete",
                    "name": said,
                    "do": partial(forget, row.number),
                }
                for row in rows
            ]
        )


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
