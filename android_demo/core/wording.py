"""Short words for things: ages, topics and signals."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta

from edge_runtime import Signal

SIGNAL_WORDS = {
    Signal.OPEN: "Opened",
    Signal.DWELL: "Read",
    Signal.LIKE: "Liked",
    Signal.DISLIKE: "Less like this",
    Signal.SAVE: "Saved",
    Signal.SHARE: "Shared",
    Signal.HIDE: "Hidden",
}

# What glues emoji together and has no shape of its own, and the planes of emoji and other rare signs.
_JOINERS = "\u200d\ufe0e\ufe0f"
_PERHAPS_EMOJI = re.compile(f"[{_JOINERS}\U0001f000-\U0010ffff]")


def age_in_words(published: datetime | None, now: datetime) -> str:
    """How long ago in the largest whole unit; a clock that runs behind gives "just now", no date gives ""."""
    if published is None:
        return ""
    age = now - published
    if age < timedelta(minutes=1):
        return "just now"
    if age < timedelta(hours=1):
        return f"{age // timedelta(minutes=1)} min ago"
    if age < timedelta(days=1):
        return f"{age // timedelta(hours=1)} h ago"
    if age < timedelta(days=2):
        return "yesterday"
    if age < timedelta(days=30):
        return f"{age.days} days ago"
    return published.astimezone(UTC).strftime("%-d %b %Y")


def topic_in_words(category: str) -> str:
    """A publisher's category as a caption, in capitals as it may hold some: "us_news" -> "US NEWS"."""
    return drawable(category.replace("_", " ").replace("-", " ")).upper()


def meta_line(*parts: str) -> str:
    """The parts that are given, with dots between."""
    return " · ".join(part for part in parts if part)


def drawable(text: str) -> str:
    """The text without emoji, which the app's fonts would draw as boxes, and on one line."""
    return " ".join(_PERHAPS_EMOJI.sub(_unless_emoji, text).split())


def _unless_emoji(found: re.Match[str]) -> str:
    char = found.group()
    return "" if char in _JOINERS or unicodedata.category(char) in ("So", "Sk") else char
