"""A list of articles, of which one is selected."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar

from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.timer import Timer

from edge_runtime.pages.lines import Line, Look, Span, paragraph, wrapped
from edge_runtime.pages.rows import Row
from edge_runtime.tui.lines_view import LinesView

STILL_S = 0.8  # a list that stands still for so long is looked at
# Before each article, in columns of their own: they work without colours.
UNREAD, SAVED = "•", "★"
GUTTER = 3
SELECTED = Style(reverse=True, dim=False)


class RowsView(LinesView):
    """Draws rows, and moves the selection by keys and by the mouse."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "move(1)", show=False),
        Binding("k,up", "move(-1)", show=False),
        Binding("space,pagedown", "page(1)", show=False),
        Binding("b,pageup", "page(-1)", show=False),
        Binding("g,home", "first", show=False),
        Binding("G,end", "last", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Chosen(Message):
        """The selected article is to be opened."""

    class Still(Message):
        """The list has stood still: what is on the screen is looked at."""

    class Moved(Message):
        """Another article was selected."""

    class EndReached(Message):
        """The last row was selected."""

    def __init__(self) -> None:
        """Begin with no rows."""
        super().__init__(self._row_lines)
        self.rows: Sequence[Row] = ()
        self.selected = 0  # a place in `rows`
        self._empty = ""
        self._starts: list[int] = [0]  # first line of each row, and the end
        self._clock: Timer | None = None

    def show(self, rows: Sequence[Row], empty: str, selected: int) -> None:
        """Draw these rows.

        Args:
            rows: In their order.
            empty: What to say if there is none.
            selected: A place in them.
        """
        self.rows, self._empty, self._starts = rows, empty, []
        self.selected = max(0, min(selected, len(rows) - 1))
        self.remake()
        self._reveal()

    def remake(self) -> None:
        super().remake()
        self._reveal()

    @property
    def row(self) -> Row | None:
        """The selected one."""
        return self.rows[self.selected] if self.rows else None

    def visible_rows(self) -> list[Row]:
        """The rows that are on the screen as a whole, and one that fills it."""
        if not self._is_made or not self.size.height:
            return []
        top = self.scroll_offset.y
        bottom = top + self.size.height
        first = bisect_right(self._starts, top) - 1
        found = []
        for row, start, end in zip(self.rows[first:], self._starts[first:], self._starts[first + 1 :], strict=False):
            if start >= bottom:
                break
            # The line between two rows need not be there.
            if (start >= top and end - 1 <= bottom) or (start <= top and end >= bottom):
                found.append(row)
        return found

    def style_of(self, place: int) -> Style:
        if not self._is_made or not self.rows:
            return Style()
        start, end = self._starts[self.selected : self.selected + 2]
        return SELECTED if start <= place < end - 1 else Style()

    def watch_scroll_y(self, old: float, new: float) -> None:
        super().watch_scroll_y(old, new)
        self._restart_clock()

    def on_click(self, event: events.Click) -> None:
        place = bisect_right(self._starts, event.y + self.scroll_offset.y) - 1
        if 0 <= place < len(self.rows):
            self._select(place)
            self.action_choose()

    def action_move(self, by: int) -> None:
        self._select(self.selected + by)

    def action_page(self, by: int) -> None:
        """By as many rows as the screen shows, at least one."""
        self._select(self.selected + by * max(1, len(self.visible_rows()) - 1))

    def action_first(self) -> None:
        self._select(0)

    def action_last(self) -> None:
        self._select(len(self.rows) - 1)

    def action_choose(self) -> None:
        if self.rows:
            self.post_message(self.Chosen())

    def _select(self, place: int) -> None:
        self.selected = max(0, min(place, len(self.rows) - 1))
        self._reveal()
        self.refresh()
        self.post_message(self.Moved())
        if self.rows and self.selected == len(self.rows) - 1:
            self.post_message(self.EndReached())

    def _reveal(self) -> None:
        self._restart_clock()
        if self._is_made and self.rows:
            start, end = self._starts[self.selected : self.selected + 2]
            self.scroll_to_region(Region(0, start, 1, end - start), animate=False, force=True)

    def _restart_clock(self) -> None:
        if self._clock:
            self._clock.stop()
        self._clock = self.set_timer(STILL_S, self._say_still) if self.is_mounted else None

    def _say_still(self) -> None:
        self.post_message(self.Still())

    @property
    def _is_made(self) -> bool:
        """Whether there are lines of these rows: a screen that has no size yet has none."""
        return len(self._starts) == len(self.rows) + 1

    def _row_lines(self, width: int) -> list[Line]:
        groups = [_lines_of(row, width) for row in self.rows]
        self._starts = [0, *accumulate(map(len, groups))]
        if not groups:
            return [(), *paragraph(self._empty, width, indent=2)] if self._empty else []
        return [line for group in groups for line in group]


@lru_cache(2048)  # of a list all rows but one are often as they were
def _lines_of(row: Row, width: int) -> tuple[Line, ...]:
    """Title and facts, then an empty line."""
    look = Look.FAINT if row.is_read else Look.STRONG
    signs = f"{' ' if row.is_read else UNREAD}{SAVED if row.is_saved else ' '} "
    first, *others = wrapped(row.title, width - GUTTER)
    # The signs say what was read and saved.
    facts = replace(row, is_read=False, is_saved=False).facts
    return (
        (Span(signs, look), Span(first, look)),
        *((Span(" " * GUTTER + line, look),) for line in others),
        *(paragraph(facts, width, Look.FAINT, indent=GUTTER) if facts else ()),
        (),
    )
