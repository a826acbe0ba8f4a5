"""Adding a feed: an address, a look at what is there, and only then a subscription."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from android_demo.ui import text_field
from android_demo.ui.page import Page
from android_demo.ui.text import Words
from android_demo.ui.widgets import Entry
from edge_runtime.screens.add_feed import Look, look_at
from edge_runtime.screens.feeds import known_addresses, subscribe_all

__all__ = ["AddFeedScreen", "text_field"]


class AddFeedScreen(Page):
    """A field, and what is at its address."""

    is_looking = BooleanProperty(False)
    is_known = BooleanProperty(False)  # what was found is subscribed to
    found = ObjectProperty(Look(), rebind=True)
    trouble = StringProperty()

    def say_anew(self) -> None:
        """What was found was said in the language of before."""
        self.show(Look())

    def look(self, typed: str) -> None:
        """Ask what is at an address."""
        app = App.get_running_app()
        if not typed.strip() or self.is_looking:
            return
        self.is_looking, self.found, self.trouble, self.is_known = True, Look(), "", False
        now, tr, options = app.now(), app.tr, app.sync_options

        def came(look: Look) -> None:
            self.is_looking = False
            self.show(look)
            app.commands.do(known_addresses, lambda known: setattr(self, "is_known", look.url in known))

        app.network.run(lambda: look_at(typed.strip(), now, options, tr), came)

    def show(self, page: Look) -> None:
        """Show what was found."""
        self.found, self.trouble = page, page.trouble
        self.ids.titles.clear_widgets()
        for title in page.titles:
            self.ids.titles.add_widget(Words(words=title, most_lines=2))
        self.ids.choices.clear_widgets()
        for url, name in page.choices:
            entry = Entry(sign="feeds", words=name, about=url)
            entry.bind(on_release=partial(self._choose, url))
            self.ids.choices.add_widget(entry)

    def subscribe(self) -> None:
        """Subscribe to what was found, and fetch it."""
        app, found = App.get_running_app(), self.found
        now = app.now()

        def done(_: object) -> None:
            self.is_known = True
            app.feeds.refresh([found.url])

        app.commands.do(lambda session: subscribe_all(session, now, [(found.url, "", "", "")]), done, once="subscribe")

    def _choose(self, url: str, _entry: Entry) -> None:
        self.ids.address.text = url
        self.look(url)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
