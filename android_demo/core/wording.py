"""Text that the app's fonts can draw, and words that several pages share. Languages are `Wording`'s matter."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from pathlib import Path

from android_demo.core.wrapping import latin_dots
from edge_runtime import Signal, Wording

CATALOGUES = Path(__file__).parent.parent / "translations"

# What glues emoji together and has no shape of its own, and the planes of emoji and other rare signs.
_JOINERS = "\u200d\ufe0e\ufe0f"
_PERHAPS_EMOJI = re.compile(f"[{_JOINERS}\u2600-\u27bf\U0001f000-\U0010ffff]")
_DRAWN = "★☆♡♥"


def wording_of(language: str) -> Wording:
    """The app's words in one language."""
    return Wording(language, (CATALOGUES,))


def signal_words(tr: Wording) -> Mapping[Signal, str]:
    """What each deed is called in a list of deeds."""
    return {
        Signal.OPEN: tr("Opened"),
        Signal.DWELL: tr("Read"),
        Signal.LIKE: tr("Liked"),
        Signal.DISLIKE: tr("Less like this"),
        Signal.SAVE: tr("Saved"),
        Signal.SHARE: tr("Shared"),
        Signal.HIDE: tr("Hidden"),
    }


def topic_in_words(category: str, tr: Callable[[str], str] = str) -> str:
    """A publisher's category as a caption: "us_news" -> "Us news"; a topic of the bundle's in the reader's language."""
    words = drawable(category.replace("_", " ").replace("-", " "))
    known = words.lower()  # as a bundle writes its topics, and the runtime's catalogue has them
    if (said := tr(known)) != known:
        return said
    return words[:1].upper() + words[1:].lower() if words.isupper() or words.islower() else words


def in_a_row(tr: Wording, *sentences: str) -> str:
    """Whole sentences, one after the other; a full stop of Chinese brings its own space."""
    return ("" if tr.language == "zh" else " ").join(sentence for sentence in sentences if sentence)


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
