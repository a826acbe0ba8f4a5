"""What the app is, and the licences of what is in it."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from android_demo.core.pages.about import AboutPage, LicencePage, about_page, licence_page
from android_demo.ui import listed
from android_demo.ui.page import Page
from android_demo.ui.text import Words
from android_demo.ui.widgets import Entry

__all__ = ["AboutScreen", "LicenceEntry", "LicenceScreen", "Sentence", "listed"]


class Sentence(Words):
    """One sentence of a list."""


class LicenceEntry(Entry):
    """Leads to the text of a licence."""

    licence = StringProperty()

    def on_release(self) -> None:
        """Show it."""
        App.get_running_app().navigation.go("licence", licence=self.licence)


class AboutScreen(Page):
    """Version, privacy, limits, licences."""

    ask = staticmethod(about_page)
    is_refreshed = False

    page = ObjectProperty(AboutPage("", (), (), ()), rebind=True)

    def show(self, page: AboutPage) -> None:
        """Say it."""
        self.page = page
        for name in ("privacy", "limits"):
            self.ids[name].put([{"words": words} for words in getattr(page, name)])
        self.ids.licences.put([{"licence": licence, "words": words} for licence, words in page.licences])


class LicenceScreen(Page):
    """The text of one licence."""

    ask = staticmethod(licence_page)
    is_refreshed = False

    def show(self, page: LicencePage) -> None:
        """Show the text from its beginning."""
        self.heading = page.heading
        self.ids.text.put([{"words": words} for words in page.paragraphs])
        self.ids.scroller.scroll_y = 1


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
