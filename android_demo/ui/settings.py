"""What a reader sets: looks, language, text size, order, pictures, and the ways to feeds and notifications."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.core.pages.settings import SettingsPage, settings_page
from android_demo.core.settings import SCALES
from android_demo.platform.background import has_background_sync, start_background_sync, stop_background_sync
from android_demo.ui import parts
from android_demo.ui.page import Page
from edge_runtime import OrderChoice

__all__ = ["SettingsScreen", "parts"]


class SettingsScreen(Page):
    """The settings of the app and of the feed."""

    ask = staticmethod(settings_page)

    order = StringProperty()
    feeds = StringProperty()
    is_notifying = BooleanProperty(False)
    has_background = BooleanProperty(has_background_sync())

    def show(self, page: SettingsPage) -> None:
        """Draw what the runtime keeps; the rest are the app's own settings."""
        self.order, self.feeds, self.is_notifying = page.order, page.feeds, page.is_notifying

    def scale(self, field: str, step: float) -> None:
        """Make text larger or smaller.

        Args:
            field: Of `Settings`: "text_scale" or "reading_scale".
            step: By how much.
        """
        app = App.get_running_app()
        wanted = round(min(max(getattr(app.settings, field) + step, SCALES[0]), SCALES[1]), 1)
        app.set(**{field: wanted})

    def choose_order(self, order: str) -> None:
        """Order the feed otherwise."""
        app = App.get_running_app()
        now, self.order = app.now(), order
        app.commands.do(
            lambda session: session.reader.set_order(OrderChoice(order), now), lambda _: app.commands.rank()
        )

    def switch_background(self) -> None:
        """Fetch while the app is closed, or not any more."""
        app = App.get_running_app()
        wanted = not app.settings.background
        app.set(background=wanted)
        if wanted:
            start_background_sync(app.tr("Fetching your feeds"))
        else:
            stop_background_sync()


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
