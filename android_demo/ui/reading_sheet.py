"""How articles are set: their size and their face."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder

from android_demo.core.settings import SCALES
from android_demo.ui.sheet import Sheet


class ReadingSheet(Sheet):
    """Smaller, larger, serif and colours; the article behind it follows at once."""

    def scale(self, step: float) -> None:
        """Make the text of articles larger or smaller."""
        app = App.get_running_app()
        app.set(reading_scale=round(min(max(app.settings.reading_scale + step, SCALES[0]), SCALES[1]), 1))

    def set_serif(self) -> None:
        """Set articles in the serif, or in the face of the app again."""
        app = App.get_running_app()
        app.set(serif=not app.settings.serif)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
