"""Line breaks for English and Chinese in one text.

Kivy breaks Chinese anywhere, so lines start with a full stop or end with an opening bracket. Here a line never
starts with closing punctuation and never ends with an opening one (kinsoku), words stay whole, and a text cut
short ends with an ellipsis.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice

# Chinese, Japanese and their signs; Korean breaks at spaces.
WIDE = "\u2e80-\u9fff\uf900-\ufaff\ufe30-\ufe4f\uff00-\uffef\U00020000-\U0003ffff"
CLOSING = "。，、．：；！？」』】）》〉〕”’…—·％),.:;!?]}%"
OPENING = "「『【（《〈〔“‘([{"
TOKEN = re.compile(rf"\s+|[{WIDE}]|[^\s{WIDE}]+")
ELLIPSIS = "…"
_LATIN_ELLIPSIS = re.compile(f"(?<![{WIDE}…])…(?!…)")

Measure = Callable[[str], float]


def wrap(text: str, width: float, measure: Measure, max_lines: int | None = None) -> list[str]:
    """Break a text into lines no wider than `width`, unless one unbreakable piece alone is wider.

    Args:
        text: One paragraph.
        width: In the unit that `measure` returns, px in the app.
        measure: Width of a short string. It is asked for one piece at a time, so that its answers can be kept.
        max_lines: The rest is dropped and the last line ends with an ellipsis.
    """
    if max_lines is None:
        return list(broken(text, width, measure))
    lines = list(islice(broken(text, width, measure), max_lines + 1))
    if len(lines) <= max_lines:
        return lines
    return [*lines[: max_lines - 1], _shortened(lines[max_lines - 1], width, measure)]


def broken(text: str, width: float, measure: Measure) -> Iterator[str]:
    """The lines of `wrap`, one by one: of a long text no more is measured than is asked for."""
    line, used = "", 0.0
    for piece in _pieces(text):
        for part in [piece] if measure(piece.rstrip()) <= width else list(piece):
            if line and used + measure(part.rstrip()) > width:
                yield line.rstrip()
                line, used = "", 0.0
            line += part
            used += measure(part)
    yield line.rstrip()


def pieces(text: str) -> list[str]:
    """The parts between which a line may break; together they are the text. A word keeps the space after it."""
    return list(_pieces(text))


def latin_dots(text: str) -> str:
    """The text with three dots for an ellipsis that follows no Chinese: the app's font has only the Chinese one, whose
    dots float in the middle of the line."""
    return _LATIN_ELLIPSIS.sub("...", text)


def _pieces(text: str) -> Iterator[str]:
    last = ""
    for found in TOKEN.finditer(text):
        token = found.group()
        if last and not (token.isspace() or token[0] in CLOSING or last[-1] in OPENING):
            yield last
            last = token
        else:
            last += token
    if last:
        yield last


def _shortened(line: str, width: float, measure: Measure) -> str:
    kept = pieces(line)
    while len(kept) > 1 and measure(latin_dots("".join(kept).rstrip() + ELLIPSIS)) > width:
        kept.pop()
    return latin_dots("".join(kept).rstrip(" ,.:;，。：；、") + ELLIPSIS)
