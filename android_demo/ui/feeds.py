"""The subscriptions: how each stands, fetching them all, and what can be done with one."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ListProperty, ObjectProperty, StringProperty

from android_demo.ui import feed_list, text_field
from android_demo.ui.page import Page
from android_demo.ui.sheet import Sheet
from android_demo.ui.widgets import Pill
from edge_runtime import Feed, FeedOutcome
from edge_runtime.screens.feed_words import outcome_in_words
from edge_runtime.screens.feeds import FeedRow, FeedsPage, bring_back, change, feeds_page, unsubscribe

__all__ = ["FeedSheet", "FeedsScreen", "feed_list", "text_field"]


class FeedSheet(Sheet):
    """A feed's name and folder, and the way out of it."""

    row = ObjectProperty()
    folders = ListProperty()  # that there are

    def __init__(self, row: FeedRow, folders: tuple[str, ...]) -> None:
        super().__init__(row=row, folders=folders)
        for folder in folders:
            pill = Pill(words=folder, active=folder == row.folder)
            pill.bind(on_release=partial(self._choose, folder))
            self.ids.folders.add_widget(pill)

    def keep(self) -> None:
        """Keep the name and the folder."""
        app, url = App.get_running_app(), self.row.url
        title, folder = self.ids.title.text, self.ids.folder.text
        self.dismiss()
        app.commands.do(
            lambda session: change(session, url, title=title, folder=folder), lambda _: app.navigation.refresh("feeds")
        )

    def fetch(self) -> None:
        """Fetch this feed alone."""
        self.dismiss()
        App.get_running_app().feeds.refresh([self.row.url])

    def unsubscribe(self) -> None:
        """Unsubscribe, with the way back for a few seconds."""
        app, row = App.get_running_app(), self.row
        self.dismiss()

        def changed(_: object) -> None:
            app.navigation.refresh("feeds")
            app.feeds.look()

        def gone(feed: Feed) -> None:
            changed(None)
            app.shell.offer_undo(
                lambda tr: tr("Unsubscribed: {name}", name=row.name),
                lambda: app.commands.do(lambda session: bring_back(session, feed), changed),
            )

        app.commands.do(lambda session: unsubscribe(session, row.url), gone, once=("unsubscribe", row.url))

    def _choose(self, folder: str, _pill: Pill) -> None:
        self.ids.folder.text = folder


class FeedsScreen(Page):
    """All subscriptions."""

    ask = staticmethod(feeds_page)

    summary = StringProperty()
    is_empty = BooleanProperty(True)

    def show(self, page: FeedsPage) -> None:
        """Show the subscriptions."""
        self._folders = page.folders
        self.summary, self.is_empty = page.summary, not page.rows
        self.ids.list.show(page.rows)

    def on_enter(self, *_: object) -> None:
        """Follow a sync while it is in sight."""
        App.get_running_app().feeds.bind(latest=self._follow)

    def on_leave(self, *_: object) -> None:
        """Follow it no more."""
        App.get_running_app().feeds.unbind(latest=self._follow)

    def _follow(self, _feeds: object, outcome: FeedOutcome) -> None:
        self.ids.list.say(outcome.feed.url, outcome_in_words(outcome, App.get_running_app().tr))

    def choose(self, row: FeedRow) -> None:
        """Offer what can be done with a feed."""
        App.get_running_app().open_sheet(FeedSheet(row, self._folders))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
