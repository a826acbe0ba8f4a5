"""The labels of an article: the lines of one block each, with its mark, its links and the lines beside quotes.

A label holds at most 12 lines: one of a whole article would outgrow a phone's largest texture, and take long to draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from kivy.graphics import Color, Rectangle
from kivy.metrics import dp, sp
from kivy.uix.relativelayout import RelativeLayout

from android_demo.core.scripts import directed, is_latin, is_plain, is_rtl
from android_demo.core.theme import Theme
from android_demo.core.wrapping import broken
from android_demo.ui.runs import mono_font
from android_demo.ui.text import FONT, SERIF, Lines, height_of, measure_of, width_of
from edge_runtime import BlockKind
from edge_runtime.screens.article import TextBlock

MOST_LINES, MOST_PX = 12, 2048  # of a label
MOST_MIXED_LINES = 5  # where fonts change within lines, which takes longer to measure
SIZES = {BlockKind.PARAGRAPH: 17, BlockKind.HEADING: 20, BlockKind.PREFORMATTED: 14}  # sp
GAPS = {BlockKind.PARAGRAPH: 12, BlockKind.HEADING: 20, BlockKind.PREFORMATTED: 12}  # dp above
ENTRY_GAP, QUOTE_INDENT, LEAST_WIDTH = 6, 16, 120  # dp
FINGER = 14  # dp; so far beside a link a tap still means it


@dataclass(frozen=True, slots=True)
class Look:
    """How an article is set."""

    theme: Theme
    scale: float  # times SIZES
    serif: bool  # where a text is Latin; the app has no Chinese serif


@dataclass(frozen=True, slots=True)
class _Zone:
    """Where in a label a link is: px from its lower left corner."""

    x: float
    y: float
    width: float
    height: float
    url: str


class Piece(RelativeLayout):
    """Some lines of one block."""

    def __init__(self, block: int, start: int, **kwargs: object) -> None:
        super().__init__(size_hint_y=None, **kwargs)
        self.block, self.start = block, start
        self.zones: list[_Zone] = []

    def link_at(self, x: float, y: float) -> str:
        """The address under a finger, "" if there is none."""
        near = dp(FINGER)
        found = [
            (max(zone.x - x, x - zone.x - zone.width, 0.0) + max(zone.y - y, y - zone.y - zone.height, 0.0), zone.url)
            for zone in self.zones
        ]
        distance, url = min(found, default=(near + 1, ""))
        return url if distance <= near else ""


def pieces_of(number: int, block: TextBlock, look: Look, width: float) -> Iterator[Piece]:
    """The labels of a block, each made when it is asked for."""
    font_name = _font_of(block, look)
    font_size = round(sp(SIZES[block.kind]) * look.scale)
    bold = block.kind is BlockKind.HEADING
    style = {"font_name": font_name, "font_size": font_size, "bold": bold}
    measure = measure_of(**style)
    quotes = dp(QUOTE_INDENT) * block.quote_depth
    entry = max(measure("•  "), measure(f"{block.label} ")) + dp(2)
    indent = min(quotes + entry * block.list_depth, max(width - dp(LEAST_WIDTH), 0))
    lines = _placed_lines(block.text, width - indent, measure)
    most_lines = MOST_LINES if is_plain(block.text, in_latin=font_name != FONT) else MOST_MIXED_LINES
    most = max(1, min(most_lines, int(MOST_PX / max(height_of(["Ag"], **style), 1))))
    rtl = is_rtl(block.text)
    gap = 0.0 if not number else dp(ENTRY_GAP if block.list_depth else GAPS[block.kind])
    is_first = True
    while group := list(islice(lines, most)):
        texts = [text for _, text in group]
        height = height_of(texts, **style)
        piece = Piece(number, group[0][0], height=height + gap, width=width)
        label = Lines(
            text="\n".join(directed(texts, is_from_right=rtl)),
            size_hint=(None, None),
            width=width - indent,
            x=0 if rtl else indent,
            y=0,
            **style,
        )
        label.halign = "right" if rtl else "left"
        label.height = height
        piece.add_widget(label)
        if block.label and is_first:
            mark_width = measure(block.label)
            x = width - indent + entry - mark_width if rtl else indent - entry
            first_px = height_of(texts[:1], **style)
            mark = Lines(text=block.label, size_hint=(None, None), width=mark_width, x=x, **style)
            mark.height, mark.y = first_px, height - first_px
            piece.add_widget(mark)
        piece.zones = _zones(block, group, style, height, width if rtl else indent, is_rtl=rtl)
        _draw(piece, look.theme, block, width, rtl=rtl, gap=gap)
        yield piece
        is_first, gap = False, 0.0


def _font_of(block: TextBlock, look: Look) -> str:
    if block.kind is BlockKind.PREFORMATTED:
        return mono_font()
    return SERIF if look.serif and is_latin(block.text) else FONT


def _placed_lines(text: str, width: float, measure: Callable[[str], float]) -> Iterator[tuple[int, str]]:
    """Lines, and where in the text each begins."""
    start = 0
    for paragraph in text.split("\n"):
        place = start
        for line in broken(paragraph, width, measure):
            place = max(text.find(line, place), place)
            yield place, line
            place += len(line)
        start += len(paragraph) + 1


def _zones(
    block: TextBlock,
    group: Sequence[tuple[int, str]],
    style: dict[str, object],
    height: float,
    edge: float,
    *,
    is_rtl: bool,
) -> list[_Zone]:
    """Where the links of a block are in a group of its lines; `edge` is where the lines begin."""
    zones: list[_Zone] = []
    if not block.links:
        return zones
    y = height
    for place, text in group:
        line_px = height_of([text], **style)
        y -= line_px
        for link in block.links:
            start, end = max(link.start - place, 0), min(link.end - place, len(text))
            if start < end:
                before, through = (width_of(text[:cut], **style) for cut in (start, end))
                x = edge - through if is_rtl else edge + before
                zones.append(_Zone(x, y, through - before, line_px, link.url))
    return zones


def _draw(piece: Piece, theme: Theme, block: TextBlock, width: float, *, rtl: bool, gap: float) -> None:
    """Lines under links and beside quotes."""
    with piece.canvas.before:
        if block.quote_depth:
            Color(*theme.line)
            for depth in range(block.quote_depth):
                x = dp(QUOTE_INDENT) * depth
                Rectangle(pos=(width - x - dp(3) if rtl else x, 0), size=(dp(3), piece.height - gap))
    with piece.canvas:
        if piece.zones:
            Color(*theme.accent)
            for zone in piece.zones:
                Rectangle(pos=(zone.x, zone.y + zone.height * 0.14), size=(zone.width, dp(1)))
