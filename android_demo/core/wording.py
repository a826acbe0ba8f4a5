"""Text that the app's fonts can draw, and words that several pages share. Languages are `Wording`'s matter."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from android_demo.core.wrapping import latin_dots
from edge_runtime import Wording

CATALOGUES = Path(__file__).parent.parent / "translations"

# What glues emoji together and has no shape of its own, and the planes of emoji and other rare signs.
_JOINERS = "\u200d\ufe0e\ufe0f"
_PERHAPS_EMOJI = re.compile(f"[{_JOINERS}\u2600-\u27bf\U0001f000-\U0010ffff]")
_DRAWN = "★☆♡♥"


def wording_of(language: str) -> Wording:
    """The app's words in one language."""
    return Wording(language, (CATALOGUES,), without_emoji)


def drawable(text: str) -> str:
    """The text without emoji, which the app's fonts would draw as boxes, and on one line."""
    return " ".join(without_emoji(text).split())


def without_emoji(text: str) -> str:
    """The text without emoji, its spaces and line ends as they are."""
    return latin_dots(_PERHAPS_EMOJI.sub(_unless_emoji, text))


def _unless_emoji(found: re.Match[str]) -> str:
    char = found.group()
    if char in _DRAWN:
        return char
    return "" if char in _JOINERS or unicodedata.category(char) in ("So", "Sk") else char
