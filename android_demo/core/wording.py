"""Short words for things: ages, topics and signals."""

from __future__ import annotations

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

FIRST_EMOJI = 0x1F000
JOINERS = {0x200D, 0xFE0E, 0xFE0F}  # they glue emoji together and have no shape of their own


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
    kept = (char for char in text if ord(char) not in JOINERS and not _is_emoji(char))
    return " ".join("".join(kept).split())


def _is_emoji(char: str) -> bool:
    return ord(char) >= FIRST_EMOJI and unicodedata.category(char) in ("So", "Sk")
