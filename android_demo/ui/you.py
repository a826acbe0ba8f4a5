"""The page of what the device believes of its reader, and the ways to change it."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.ui.page import Page
from edge_runtime.screens.you import YouPage, you_page


class YouScreen(Page):
    """How much the device knows, with the ways to all of it."""

    ask = staticmethod(you_page)
    tab = "you"

    summary = StringProperty()
    rules = StringProperty()
    deeds = StringProperty()
    is_private = BooleanProperty(False)

    def show(self, page: YouPage) -> None:
        """Say what there is now."""
        self.summary, self.rules, self.deeds, self.is_private = page.summary, page.rules, page.deeds, page.is_private


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
