"""The two kinds of screens: a list, and a text such as an article."""

from __future__ import annotations

from enum import Enum
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input

from edge_runtime.pages.rows import Row
from edge_runtime.tui.bars import ARTICLE_HINTS, TEXT_HINTS, BottomBar, TopBar
from edge_runtime.tui.keys import GROUPS
from edge_runtime.tui.lines_view import LineMaker, LinesView
from edge_runtime.tui.listing import TABS, Listing, ListKind
from edge_runtime.tui.rows_view import RowsView

# Here and not of the app: Textual's screens have uses of their own for Tab.
_OF_APP = [
    Binding(key.keys, f"app.{key.action}", key.meaning, show=False) for _, keys in GROUPS for key in keys if key.action
]


class ListScreen(Screen[None]):
    """A list of articles."""

    BINDINGS: ClassVar[list[BindingType]] = [*_OF_APP]
    DEFAULT_CSS = """
    ListScreen Input { display: none; height: 1; border: none; padding: 0; background: ansi_default; }
    ListScreen.searches Input { display: block; }
    ListScreen.searches BottomBar { display: none; }
    """

    class SearchAsked(Message):
        """A query was typed."""

        def __init__(self, query: str) -> None:
            super().__init__()
            self.query = query

    def compose(self) -> ComposeResult:
        yield TopBar()
        yield RowsView()
        yield Input(placeholder="words to search for", compact=True, select_on_focus=True)
        yield BottomBar()

    def on_mount(self) -> None:
        self.rows_view.focus()

    @property
    def rows_view(self) -> RowsView:
        view: RowsView = self.query_one(RowsView)
        return view

    def show(self, listing: Listing, selected: int) -> None:
        """Draw a list."""
        self.query_one(TopBar).show(listing)
        self.rows_view.show(listing.rows, listing.empty, selected)

    def ask_for_query(self, listing: Listing) -> None:
        """Let the reader type a query."""
        field = self.query_one(Input)
        field.value = listing.query if listing.kind is ListKind.SEARCH else ""
        self.add_class("searches")
        field.focus()

    def end_query(self) -> None:
        """Back to the list."""
        self.remove_class("searches")
        self.rows_view.focus()

    def on_key(self, event: events.Key) -> None:
        if event.key == "escape" and self.has_class("searches"):
            self.end_query()
            event.stop()
            event.prevent_default()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.end_query()
        if event.value.strip():
            self.post_message(self.SearchAsked(event.value.strip()))


class TextKind(Enum):
    """What a text is."""

    ARTICLE = "article"
    WHY = "why"
    HELP = "help"


class TextScreen(Screen[None]):
    """A text: an article, why it stands where it stands, or the help."""

    DEFAULT_CSS = "TextScreen.-wide LinesView { padding: 1 2; }"
    BINDINGS: ClassVar[list[BindingType]] = [
        *(binding for binding in _OF_APP if not binding.key.isdigit()),
        *(Binding(digit, f"digit({digit})", show=False) for digit in "0123456789"),
        Binding("enter", "follow", show=False),
        Binding("backspace", "drop_digit", show=False),
    ]

    class LinkNamed(Message):
        """The number of a link was typed so far, or is to be opened."""

        def __init__(self, number: str, *, is_chosen: bool) -> None:
            super().__init__()
            self.number, self.is_chosen = number, is_chosen

    def __init__(self, kind: TextKind, make: LineMaker, row: Row | None = None, links: tuple[str, ...] = ()) -> None:
        """A text.

        Args:
            kind: What it is.
            make: Makes its lines.
            row: The article that it is about.
            links: Addresses of its links, which have numbers from 1.
        """
        super().__init__()
        self._make = make
        self.kind, self.row, self.links = kind, row, links
        self._number = ""

    def compose(self) -> ComposeResult:
        yield LinesView(self._make)
        yield BottomBar(ARTICLE_HINTS if self.kind is TextKind.ARTICLE else TEXT_HINTS)

    def on_mount(self) -> None:
        self.query_one(LinesView).focus()

    async def action_digit(self, digit: int) -> None:
        """Of a text with links it is of a link's number, else it is a list's."""
        if self.links:
            self._number = f"{self._number}{digit}"[-3:]
            self.post_message(self.LinkNamed(self._number, is_chosen=False))
        elif 1 <= digit <= len(TABS):
            await self.run_action(f"app.list('{TABS[digit - 1]}')")

    def action_drop_digit(self) -> None:
        self._number = self._number[:-1]
        self.post_message(self.LinkNamed(self._number, is_chosen=False))

    def action_follow(self) -> None:
        if self._number:
            self.post_message(self.LinkNamed(self._number, is_chosen=True))
            self._number = ""

    def drop_number(self) -> bool:
        """Forget what was typed; whether there was anything."""
        had_number, self._number = bool(self._number), ""
        return had_number
