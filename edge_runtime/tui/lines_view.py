"""A text that is scrolled: lines of a page, broken anew for each width."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.scroll_view import ScrollView
from textual.strip import Strip

from edge_runtime.pages.lines import Line, Look, Span, columns, cut_line

WIDTHS = 10, 100  # in columns; longer lines are hard to read
STYLES = {Look.PLAIN: Style(), Look.STRONG: Style(bold=True), Look.FAINT: Style(dim=True)}

LineMaker = Callable[[int], Sequence[Line]]  # of a width in columns


class LinesView(ScrollView):
    """Shows lines, and scrolls by keys."""

    DEFAULT_CSS = """
    LinesView {
        height: 1fr;
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        scrollbar-background: ansi_default;
        scrollbar-background-hover: ansi_default;
        scrollbar-background-active: ansi_default;
        scrollbar-color: ansi_bright_black;
        scrollbar-color-hover: ansi_bright_black;
        scrollbar-color-active: ansi_white;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j,down", "scroll_down", show=False),
        Binding("k,up", "scroll_up", show=False),
        Binding("space,pagedown", "page_down", show=False),
        Binding("b,pageup", "page_up", show=False),
        Binding("g,home", "scroll_home", show=False),
        Binding("G,end", "scroll_end", show=False),
    ]

    can_focus = True

    def __init__(self, make: LineMaker = lambda width: ()) -> None:
        """Show what this makes."""
        super().__init__()
        self._make = make
        self._lines: list[Line] = []
        self._width = 0  # that the lines were made for

    def on_mount(self) -> None:
        self.show_horizontal_scrollbar = False

    def on_resize(self, event: events.Resize) -> None:
        if self._room() != self._width:
            self.remake()

    def remake(self) -> None:
        """Make the lines for the width as it is."""
        if not self.size:  # as of a terminal that says that it has no columns
            self._width = 0
            return
        self._width = self._room()
        self._lines = [fitting for line in self._make(self._width) for fitting in _fitted(line, self._width)]
        self.virtual_size = Size(self._width, len(self._lines))
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """Line `y` of the screen."""
        place = y + self.scroll_offset.y
        line = self._lines[place] if place < len(self._lines) else ()
        over = self.style_of(place)
        strip = Strip([Segment(span.text, STYLES[span.look] + over) for span in line])
        return strip.adjust_cell_length(self.scrollable_content_region.width, over).apply_style(self.rich_style)

    def style_of(self, place: int) -> Style:
        """What a line has beside the looks of its text, by its place."""
        return Style()

    def action_page_down(self) -> None:
        self.scroll_page_down(animate=False)

    def action_page_up(self) -> None:
        self.scroll_page_up(animate=False)

    def action_scroll_down(self) -> None:
        self.scroll_relative(y=1, animate=False)

    def action_scroll_up(self) -> None:
        self.scroll_relative(y=-1, animate=False)

    def action_scroll_home(self) -> None:
        self.scroll_home(animate=False)

    def action_scroll_end(self) -> None:
        self.scroll_end(animate=False)

    def _room(self) -> int:
        width: int = self.scrollable_content_region.width
        return min(max(width, WIDTHS[0]), WIDTHS[1])


def _fitted(line: Line, width: int) -> list[Line]:
    """A line, or several of one that is wider, such as a long address."""
    text = "".join(span.text for span in line)
    if columns(text) <= width:
        return [line]
    return [(Span(piece, line[-1].look),) for piece in cut_line(text, width)]
