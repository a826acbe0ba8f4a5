"""The screens that are a list of stories: for you, latest, saved and left out."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, StringProperty

from android_demo.core.marks import Marks
from android_demo.core.pages.stories import StoriesPage, for_you_page, hidden_page, latest_page, saved_page
from android_demo.core.rows import StoryRow, num_moved
from android_demo.ui import story_list
from android_demo.ui.page import Page
from android_demo.ui.story_sheet import StorySheet
from edge_runtime import Origin

__all__ = ["ForYouScreen", "HiddenScreen", "LatestScreen", "SavedScreen", "StoriesScreen", "story_list"]


class StoriesScreen(Page):
    """A list under its heading."""

    origin = Origin.ELSEWHERE
    note = StringProperty()
    empty = StringProperty()  # what to say in the place of no rows
    has_back = BooleanProperty(False)

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

    def open_story(self, article_id: str) -> None:
        """Open a story of the list."""
        self.leave()
        App.get_running_app().commands.open(article_id, self.origin)

    def ask_more(self, row: StoryRow) -> None:
        """Offer what else can be done with a story."""
        App.get_running_app().open_sheet(StorySheet(row))


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

    def show(self, page: StoriesPage) -> None:
        """Show a ranking: at once where none was shown, else as an offer."""
        if self.ids.cards.rows:
            self.offer(page)
            return
        super().show(page)

    def leave(self) -> None:
        """Keep what was in sight."""
        App.get_running_app().commands.shown(self.ids.cards.take_seen())

    def offer(self, page: StoriesPage) -> None:
        """Take over what is new about the stories in sight, and offer their new order."""
        self._offered = page
        self.note, self.empty = page.note, "" if page.rows else page.empty
        if not self.ids.cards.rows:
            self.accept()
            return
        self.is_moved = num_moved(self.ids.cards.rows, page.rows) > 0
        self.ids.cards.update(page.rows)

    def accept(self) -> None:
        """Show the order that was offered."""
        self.leave()
        self.is_moved = False
        self.ids.cards.show(self._offered.rows, is_all=self._offered.is_all)

    def forget(self) -> None:
        """The reader was erased: what was seen is not to be kept again behind it."""
        self.ids.cards.forget_seen()
        self.ids.cards.rows = []


class LatestScreen(StoriesScreen):
    """Everything, newest first."""

    ask = staticmethod(latest_page)
    tab = "latest"


class SavedScreen(StoriesScreen):
    """What is kept for later."""

    ask = staticmethod(saved_page)
    tab = "saved"


class HiddenScreen(StoriesScreen):
    """What the feed leaves out, and why."""

    ask = staticmethod(hidden_page)
    has_back = True


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
