"""The screens that are a list of stories: for you, latest, saved and left out."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.ui.listing import ListingPage
from edge_runtime import OrderChoice, Origin
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.rows import FIRST_ROWS, num_moved
from edge_runtime.screens.stories import StoriesPage, for_you_page, hidden_page, latest_page, saved_page

__all__ = ["ForYouScreen", "HiddenScreen", "LatestScreen", "SavedScreen", "StoriesScreen"]

OFFER_S = 20.0  # how long a new order is offered


class StoriesScreen(ListingPage):
    """A list under its heading."""

    has_back = BooleanProperty(False)
    tool = StringProperty()  # sign of the button beside the heading
    tool_name = StringProperty()  # what it does, in words
    tool_active = BooleanProperty(False)

    def use_tool(self) -> None:
        """The button beside the heading was pressed."""


class ForYouScreen(StoriesScreen):
    """The ranked feed; a new order is offered, never taken under the finger."""

    ask = staticmethod(for_you_page)
    tab = "feed"
    is_refreshed = False
    origin = Origin.FEED
    is_moved = BooleanProperty(False)  # a new order waits

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._offered = StoriesPage()
        self._declined: tuple[str, ...] = ()  # the order that was offered and not taken
        self._takes_next = False
        self._offer_ends = Clock.create_trigger(self._decline, OFFER_S)

    def show(self, page: StoriesPage) -> None:
        """Show a ranking: at once where none was shown, else as an offer."""
        if self.ids.cards.rows and not self.is_other_language:
            self.offer(page)
            return
        self.tool_active = page.is_newest
        super().show(page)

    def say_anew(self) -> None:
        """An order that waits says nothing in the language of before."""
        self.leave()
        self._offer_ends.cancel()
        self.is_moved = False
        super().say_anew()

    def leave(self) -> None:
        """Keep what was in sight."""
        App.get_running_app().commands.shown(self.ids.cards.take_seen())

    def mark(self, article_id: str, marks: Marks) -> None:
        """A story has new marks; one that is hidden goes at once, and comes back to its place."""
        cards = self.ids.cards
        if cards.is_out(article_id) and not marks.is_hidden:
            cards.bring_back({article_id})
        super().mark(article_id, marks)
        if marks.is_hidden:
            cards.take_out({article_id})

    def take_out(self, article_ids: Collection[str]) -> frozenset[str]:
        """Take stories away that the feed leaves out by now; which of them were there."""
        gone = frozenset(row.article_id for row in self.ids.cards.rows if row.article_id in article_ids)
        self.ids.cards.take_out(gone)
        return gone

    def bring_back(self, article_ids: Collection[str]) -> None:
        """Put them back."""
        self.ids.cards.bring_back(article_ids)

    def take_next(self) -> None:
        """Show the next order at once, as the reader asked for it."""
        self._takes_next = True

    def offer(self, page: StoriesPage) -> None:
        """Take over what is new about the stories in sight, and offer their new order, each order once."""
        self._offered = page
        self.note, self.empty, self.tool_active = page.note, "" if page.rows else page.empty, page.is_newest
        if self._takes_next or not self.ids.cards.rows:
            self.accept()
            return
        self.ids.cards.update(page.rows)
        is_moved = num_moved(self.ids.cards.rows, page.rows) > 0 and _order(page) != self._declined
        if is_moved and not self.is_moved:
            self._offer_ends()
        self.is_moved = is_moved

    def accept(self) -> None:
        """Show the order that was offered."""
        self.leave()
        self._offer_ends.cancel()
        self.is_moved = self._takes_next = False
        self.ids.cards.show(self._offered.rows, is_all=self._offered.is_all)

    def use_tool(self) -> None:
        """Order by rank or by time."""
        App.get_running_app().commands.lists.order(OrderChoice.AUTO if self.tool_active else OrderChoice.NEWEST)

    def forget(self) -> None:
        """The reader was erased: what was seen is not to be kept again behind it."""
        self.ids.cards.forget_seen()
        self.ids.cards.show((), is_all=True)

    def _decline(self, *_: object) -> None:
        """The offer goes, and nothing moves."""
        self._declined, self.is_moved = _order(self._offered), False


class LatestScreen(StoriesScreen):
    """Everything, newest first."""

    tab = "latest"

    @property
    def ask(self) -> Any:
        """With or without what was read."""
        return partial(latest_page, is_unread=self.tool_active)

    def use_tool(self) -> None:
        """Leave out what was read, or show it again."""
        self.tool_active = not self.tool_active
        App.get_running_app().navigation.refresh(self.name)


class SavedScreen(StoriesScreen):
    """What is kept for later."""

    ask = staticmethod(saved_page)
    tab = "saved"


class HiddenScreen(StoriesScreen):
    """What the feed leaves out, and why."""

    ask = staticmethod(hidden_page)
    has_back = True


def _order(page: StoriesPage) -> tuple[str, ...]:
    """Which order a page has, by what is seen of it first."""
    return tuple(row.article_id for row in page.rows[:FIRST_ROWS])


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
