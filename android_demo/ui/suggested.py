"""Well-known feeds, language by language; one tap subscribes."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout

from android_demo.ui import listed
from android_demo.ui.page import Page
from android_demo.ui.widgets import Pill
from edge_runtime.screens.feeds import subscribe_all
from edge_runtime.screens.suggested import SuggestedFeed, SuggestedPage, suggested_page

__all__ = ["ShelfRow", "SuggestedScreen", "listed"]


class ShelfRow(ButtonBehavior, BoxLayout):
    """A feed that is suggested."""

    url = StringProperty()
    words = StringProperty()
    about = StringProperty()
    is_subscribed = BooleanProperty(False)

    def on_release(self) -> None:
        """Subscribe, or not any more; it is fetched behind."""
        app = App.get_running_app()
        wanted, now, url = not self.is_subscribed, app.now(), self.url
        self.is_subscribed = wanted

        def done(_: object) -> None:
            if wanted:
                app.feeds.refresh([url])
            else:
                app.feeds.look()

        if wanted:
            app.commands.do(lambda session: subscribe_all(session, now, [(url, "", "", "")]), done)
        else:
            app.commands.do(lambda session: session.reader.feeds.unsubscribe(url), done)


class SuggestedScreen(Page):
    """The shelf, one language at a time."""

    ask = staticmethod(suggested_page)

    language = StringProperty()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._page = SuggestedPage(())

    def show(self, page: SuggestedPage) -> None:
        """Offer the languages, and the feeds of one."""
        self._page = page
        if self.language not in [code for code, _, _ in page.groups]:
            self.language = page.groups[0][0]
        self.ids.languages.clear_widgets()
        for code, name, _ in page.groups:
            pill = Pill(words=name, active=code == self.language)
            pill.bind(on_release=partial(self._choose, code))
            self.ids.languages.add_widget(pill)
        feeds = next(feeds for code, _, feeds in page.groups if code == self.language)
        self.ids.feeds.put([_row(feed) for feed in feeds])

    def _choose(self, code: str, _pill: Pill) -> None:
        self.language = code
        self.show(self._page)


def _row(feed: SuggestedFeed) -> dict[str, object]:
    return {"url": feed.url, "words": feed.name, "about": feed.about, "is_subscribed": feed.is_subscribed}


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
