"""Plain text that is safe to show: what a feed must not smuggle into a title, and cutting at a word."""

from __future__ import annotations

import re

# What browsers read for the controls that no text means, U+0080 to U+009F; the five that windows-1252 lacks stay.
WINDOWS_1252 = {code: bytes([code]).decode("cp1252", "ignore") or chr(code) for code in range(0x80, 0xA0)}

# Bidirectional and zero-width controls, soft hyphens, noncharacters, invisible tags, lone surrogates.
_UNSEEN = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e007f]"
)
_C1 = re.compile("[\x80-\x9f]")
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# The joiners spell Persian and Hindi and glue emoji; between Latin letters they only hide something.
_LONE_JOINER = re.compile("[\u200c\u200d]+(?=[\u0000-\u02ff\u200c\u200d]|$)|(?:(?<=[\u0000-\u02ff])|^)[\u200c\u200d]+")
_PILE = re.compile("[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{5,}")


def clean_text(text: str) -> str:
    """One line of visible text: white space is a single space, and nothing is left that hides or turns text."""
    text = _UNSEEN.sub("", _CONTROLS.sub(" ", text))
    text = _LONE_JOINER.sub("", text)
    text = _PILE.sub(lambda marks: marks.group()[:4], text)
    return " ".join(text.split())


def read_windows_1252(text: str) -> str:
    """The dashes and quotes that `&#146;` and its like mean, whether they came as references or as characters."""
    return text.translate(WINDOWS_1252) if not text.isascii() and _C1.search(text) else text


def cut_at_word(text: str, max_chars: int) -> str:
    """The text, or its start with an ellipsis; cut between words where there are any near the end."""
    if len(text) <= max_chars:
        return text
    start = text[: max_chars - 1]
    space = start.rfind(" ", max_chars // 2)
    return (start if space < 0 else start[:space]).rstrip(" ,;:-") + "…"
