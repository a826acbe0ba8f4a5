"""The screens that are a list of stories: for you, latest, saved and left out."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.core.marks import Marks
from android_demo.core.pages.reports import reports_page
from android_demo.core.pages.stories import StoriesPage, for_you_page, hidden_page, latest_page, saved_page
from android_demo.core.rows import FIRST_ROWS, StoryRow, num_moved
from android_demo.ui import story_list
from android_demo.ui.page import Page
from android_demo.ui.reports_sheet import ReportsSheet
from android_demo.ui.story_sheet import StorySheet
from edge_runtime import OrderChoice, Origin

__all__ = ["ForYouScreen", "HiddenScreen", "LatestScreen", "SavedScreen", "StoriesScreen", "story_list"]

OFFER_S = 20.0  # how long a new order is offered


class StoriesScreen(Page):
    """A list under its heading."""

    origin = Origin.ELSEWHERE
    note = StringProperty()
    empty = StringProperty()  # what to say in the place of no rows
    has_back = BooleanProperty(False)
    can_refresh = BooleanProperty(False)  # pulled down at its top it fetches the feeds
    tool = StringProperty()  # sign of the button beside the heading
    tool_name = StringProperty()  # what it does, in words
    tool_active = BooleanProperty(False)

    def on_enter(self, *_: object) -> None:
        """Count the cards as seen from now on."""
        self.ids.cards.in_view = True

    def on_pre_leave(self, *_: object) -> None:
        """Count no card as seen from now on."""
        self.ids.cards.in_view = False

    def depth(self) -> int:
        """How many rows are shown."""
        return int(self.ids.cards.num_shown)

    def show(self, page: StoriesPage) -> None:
        """Show a list; where the same stories are there already, only what is new about them."""
        cards = self.ids.cards
        self.note, self.empty = page.note, "" if page.rows else page.empty
        if [row.article_id for row in page.rows] == [row.article_id for row in cards.rows]:
            cards.update(page.rows)
        else:
            cards.show(page.rows, is_all=page.is_all)

    def mark(self, article_id: str, marks: Marks) -> None:
        """A story has new marks."""
        self.ids.cards.mark(article_id, marks)

    def read_on(self) -> None:
        """Make more of the list, as its end is near."""
        app = App.get_running_app()
        now, depth, ask = app.now(), self.depth(), self.ask

        def made(page: StoriesPage) -> None:
            self.ids.cards.go_on(page.rows, is_all=page.is_all)

        app.worker.run(lambda: ask(app.session, now, depth=depth), made, key=("more", self.name))

    def open_story(self, row: StoryRow) -> None:
        """Open a story of the list."""
        self.leave()
        App.get_running_app().commands.open(row.article_id, self.origin, row.marks)

    def ask_more(self, row: StoryRow) -> None:
        """Offer what else can be done with a story."""
        App.get_running_app().open_sheet(StorySheet(row))

    def unfold(self, row: StoryRow) -> None:
        """Show who else reports a story."""
        app = App.get_running_app()
        now = app.now()

        def open_row(other: StoryRow) -> None:
            app.commands.open(other.article_id, Origin.ELSEWHERE, other.marks)

        def made(rows: Sequence[StoryRow]) -> None:
            app.open_sheet(ReportsSheet(rows, open_row))

        app.commands.do(lambda session: reports_page(session, now, row.article_id), made, once="reports")

    def judge(self, row: StoryRow, verdict: str) -> None:
        """A card was swiped; the same way again leaves it as it is, as a swipe says yes and never no."""
        if row.marks.verdict != verdict:
            App.get_running_app().commands.judge(row.article_id, verdict, row.marks)

    def passed(self, rows: Sequence[StoryRow]) -> None:
        """Stories were scrolled past."""
        app = App.get_running_app()
        if app.settings.read_on_scroll:
            app.commands.lists.scrolled_past(rows)

    def refresh(self) -> None:
        """Fetch the feeds."""
        if self.can_refresh:
            App.get_running_app().commands.refresh_feeds()

    def use_tool(self) -> None:
        """The button beside the heading was pressed."""

    def on_key(self, key: str) -> bool:
        """Move through the list, and do with the story at the keyboard's place what its buttons do."""
        cards, commands = self.ids.cards, App.get_running_app().commands
        if key in ("j", "k"):
            cards.move_focus(1 if key == "j" else -1)
            return True
        if key == "/":
            App.get_running_app().navigation.go("search")
            return True
        if key == "r" and self.can_refresh:
            self.refresh()
            return True
        row = cards.focused_row()
        deeds: dict[str, Callable[[StoryRow], None]] = {
            "o": self.open_story,
            "enter": self.open_story,
            "s": lambda one: commands.save(one.article_id, one.marks),
            "m": lambda one: commands.mark_read(one.article_id, one.marks),
            "l": lambda one: commands.judge(one.article_id, "like", one.marks),
        }
        if row is None or key not in deeds:
            return False
        deeds[key](row)
        return True


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
        if self.ids.cards.rows:
            self.offer(page)
            return
        self.tool_active = page.is_newest
        super().show(page)

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
        self.ids.cards.rows = []

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
