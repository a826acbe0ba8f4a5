"""What the app is, and the licences of what is in it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import ObjectProperty

from android_demo.core.pages.about import AboutPage, LicencePage, about_page, licence_page
from android_demo.ui import widgets
from android_demo.ui.paced import fill
from android_demo.ui.page import Page
from android_demo.ui.text import Words
from android_demo.ui.widgets import Entry

__all__ = ["AboutScreen", "LicenceScreen", "widgets"]


class Sentence(Words):
    """One sentence of a list."""


class AboutScreen(Page):
    """Version, privacy, limits, licences."""

    ask = staticmethod(about_page)
    is_refreshed = False

    page = ObjectProperty(AboutPage("", (), (), ()), rebind=True)

    def show(self, page: AboutPage) -> None:
        """Say it."""
        self.page = page
        for name in ("privacy", "limits"):
            self.ids[name].clear_widgets()
            for words in getattr(page, name):
                self.ids[name].add_widget(Sentence(words=words))
        self.ids.licences.clear_widgets()
        for licence, words in page.licences:
            entry = Entry(words=words)
            entry.bind(on_release=partial(self._read, licence))
            self.ids.licences.add_widget(entry)

    def _read(self, licence: str, _entry: Entry) -> None:
        App.get_running_app().navigation.go("licence", licence=licence)


class LicenceScreen(Page):
    """The text of one licence."""

    ask = staticmethod(licence_page)
    is_refreshed = False

    def show(self, page: LicencePage) -> None:
        """Show the text from its beginning."""
        self.heading = page.heading
        fill(self.ids.text, [partial(Sentence, words=words) for words in page.paragraphs])
        self.ids.scroller.scroll_y = 1


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
