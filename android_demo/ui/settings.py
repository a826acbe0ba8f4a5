"""What a reader sets in the app: looks, language and text size."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.lang import Builder

from android_demo.core.settings import SCALES
from android_demo.ui.page import Page


class SettingsScreen(Page):
    """The settings of the app."""

    def show(self, page: Any) -> None:
        """It draws the app's own settings."""

    def scale(self, step: float) -> None:
        """Make all text larger or smaller."""
        app = App.get_running_app()
        wanted = round(min(max(app.settings.text_scale + step, SCALES[0]), SCALES[1]), 1)
        app.set(text_scale=wanted)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
