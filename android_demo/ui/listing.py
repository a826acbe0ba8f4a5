"""What all screens with a list of stories share: how it grows, and what is done with one of its stories."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kivy.app import App
from kivy.properties import BooleanProperty, StringProperty

from android_demo.ui import story_list
from android_demo.ui.page import Page
from android_demo.ui.reports_sheet import ReportsSheet
from android_demo.ui.story_sheet import StorySheet
from edge_runtime import Origin
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.reports import reports_page
from edge_runtime.screens.rows import StoryRow
from edge_runtime.screens.stories import StoriesPage

__all__ = ["ListingPage", "story_list"]


class ListingPage(Page):
    """A list of stories, in the widget with the id `cards`, and what is done with one of them."""

    origin = Origin.ELSEWHERE
    note = StringProperty()
    empty = StringProperty()  # what to say in the place of no rows
    is_other_language = False  # than that of the cards
    can_refresh = BooleanProperty(False)  # pulled down at its top it fetches the feeds

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
        is_same = [row.article_id for row in page.rows] == [row.article_id for row in cards.rows]
        if is_same and not self.is_other_language:
            cards.update(page.rows)
        else:
            cards.show(page.rows, is_all=page.is_all)
            self.is_other_language = False

    def say_anew(self) -> None:
        """The next list takes the place of this one, card by card."""
        self.is_other_language = True

    def mark(self, article_id: str, marks: Marks) -> None:
        """A story has new marks."""
        self.ids.cards.mark(article_id, marks)

    def read_on(self) -> None:
        """Make more of the list, as the end of what is known is near."""
        app = App.get_running_app()
        now, depth, ask = app.now(), len(self.ids.cards.rows), self.ask

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

    def on_key(self, key: str) -> bool:
        """Move through the list, and do with the story at the keyboard's place what its buttons do."""
        cards, commands = self.ids.cards, App.get_running_app().commands
        if key in ("j", "k", "down", "up"):
            cards.move_focus(1 if key in ("j", "down") else -1)
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
