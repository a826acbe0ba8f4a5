"""Well-known feeds to begin with, in the languages that the app speaks first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime import ShelfFeed, Wording, shelf
from edge_runtime.screens.feeds import host_of, known_addresses
from edge_runtime.screens.reading import Reading

# As each language calls itself: who reads it finds it.
LANGUAGES = {
    "en": "English",
    "zh": "中文",
    "fr": "Français",
    "de": "Deutsch",
    "es": "Español",
    "pt": "Português",
    "it": "Italiano",
    "ja": "日本語",
    "ar": "العربية",
    "nl": "Nederlands",
}
DRAWN = ("en", "zh", "fr", "de", "es", "pt", "it", "ja", "nl")  # what the app's fonts can draw


@dataclass(frozen=True, slots=True)
class SuggestedFeed:
    """A feed of the shelf."""

    url: str
    name: str
    about: str  # topic and site
    is_subscribed: bool


@dataclass(frozen=True, slots=True)
class SuggestedPage:
    """Feeds by language."""

    groups: tuple[tuple[str, str, tuple[SuggestedFeed, ...]], ...]  # code, name of the language, its feeds


def suggested_page(session: Reading, now: datetime) -> SuggestedPage:
    """The shelf; the app's own language first, then the other one that it speaks, then the rest."""
    known, tr = known_addresses(session), session.tr
    order = sorted(DRAWN, key=lambda code: (code != tr.language, code not in ("en", "zh"), DRAWN.index(code)))
    groups = []
    for code in order:
        feeds = tuple(_suggested(one, known, tr) for one in shelf() if one.language == code)
        if feeds:
            groups.append((code, LANGUAGES[code], feeds))
    return SuggestedPage(tuple(groups))


def _suggested(feed: ShelfFeed, known: set[str], tr: Wording) -> SuggestedFeed:
    topic = tr.topic(feed.topic) if feed.topic else tr("News of all kinds")
    return SuggestedFeed(feed.url, feed.title, tr.joined(topic, host_of(feed.url)), feed.url in known)
