"""The page of how mixed the feed is, and of the languages that the reader reads."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import NumericProperty, StringProperty

from android_demo.core.pages.mixture import MixturePage, mixture_page, variety_words
from android_demo.ui import listed
from android_demo.ui.page import Page

__all__ = ["MixtureScreen", "listed"]


class MixtureScreen(Page):
    """A dial and languages."""

    ask = staticmethod(mixture_page)
    is_detail = True

    variety = NumericProperty(0)
    languages_about = StringProperty()

    def show(self, page: MixturePage) -> None:
        """Show what is set now."""
        self.variety, self.languages_about = page.variety, page.languages_about
        self.ids.dial.value = page.variety
        self.ids.languages.put(
            [
                {"words": language.words, "active": language.is_read, "do": partial(self._read, language.code)}
                for language in page.languages
            ]
        )

    @staticmethod
    def in_words(variety: float) -> str:
        """What a place of the dial means."""
        return variety_words(variety, App.get_running_app().tr)

    @staticmethod
    def _read(code: str, wanted: bool) -> None:  # noqa: FBT001 - as a pill says it
        App.get_running_app().commands.profile.read_language(code, is_read=wanted)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
