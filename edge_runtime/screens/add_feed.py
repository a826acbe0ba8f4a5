"""Adding a feed by its address or by that of a site: a look at it first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime import FeedError, FetchError, SyncOptions, Wording
from edge_runtime.screens.feed_words import trouble_in_words
from edge_runtime.screens.feeds import host_of

MOST_TITLES = 5


@dataclass(frozen=True, slots=True)
class Look:
    """What is at an address: a feed, several to choose from, or a trouble in words."""

    url: str = ""  # of a feed that can be added
    title: str = ""
    about: str = ""
    titles: tuple[str, ...] = ()  # its first ones
    choices: tuple[tuple[str, str], ...] = ()  # address and name
    trouble: str = ""


def look_at(typed: str, now: datetime, options: SyncOptions, tr: Wording) -> Look:
    """Ask for what was typed; this waits for a server, and needs no reader."""
    # Loaded here: only this needs what fetches and parses.
    from edge_runtime import preview_feed, wanted_feed

    try:
        found = preview_feed(wanted_feed(typed), now, options)
    except (FetchError, FeedError) as error:
        return Look(trouble=trouble_in_words(error.fact, tr))
    choices = tuple((one.url, tr.line(one.title) or one.url) for one in found.named)
    if not found.url:
        return Look(choices=choices)
    titles = [tr.line(title) for title in found.titles]
    return Look(
        found.url,
        tr.line(found.title) or host_of(found.url),
        tr.joined(host_of(found.url), tr.count("{number} story now", "{number} stories now", len(titles))),
        tuple(title for title in titles if title)[:MOST_TITLES],
        choices,
    )
