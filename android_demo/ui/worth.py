"""The page of whether the order helps its reader."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty

from android_demo.ui import charts, listed
from android_demo.ui.page import Page
from edge_runtime import OrderChoice
from edge_runtime.screens.worth import WorthPage, worth_page

__all__ = ["WorthScreen", "charts", "listed"]


class WorthScreen(Page):
    """One true sentence, its interval, and what orders the feed."""

    ask = staticmethod(worth_page)
    is_detail = True

    sentence = StringProperty()
    about = StringProperty()
    order = StringProperty()
    choices = NumericProperty(0)
    share = NumericProperty(0.5)
    low = NumericProperty(0)
    high = NumericProperty(1)

    def show(self, page: WorthPage) -> None:
        """Say what is known now."""
        self.sentence, self.about, self.order, self.choices = page.sentence, page.about, page.order.value, page.choices
        self.share, self.low, self.high = page.share, page.low, page.high

    def choose(self, order: str) -> None:
        """Let the feed be ordered otherwise."""
        App.get_running_app().commands.profile.set_order(OrderChoice(order))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
