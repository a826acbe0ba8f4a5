"""A look at what is at an address, before it is subscribed to. Nothing is kept, so it needs no reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime.errors import FeedError, FetchError
from edge_runtime.feeds.answers import Fetched, FetchStatus
from edge_runtime.feeds.discover import FeedChoiceError, find_feed
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.feeds.parse import parse_feed
from edge_runtime.feeds.wanted import NamedFeed, WantedFeed


@dataclass(frozen=True, slots=True)
class FeedPreview:
    """A feed as it is now, or the feeds of a page to choose from."""

    url: str = ""  # to subscribe to; "" where one of `named` is to be chosen
    title: str = ""
    titles: tuple[str, ...] = ()  # of its articles, in its order; "" where one has none
    named: tuple[NamedFeed, ...] = ()  # other feeds of the page, or all to choose from


def preview_feed(wanted: WantedFeed, now: datetime, options: SyncOptions | None = None) -> FeedPreview:
    """Ask for a feed, or find that of a page.

    Args:
        wanted: From `wanted_feed`, what a reader typed.
        now: UTC-aware.
        options: How the server is asked.

    Raises:
        FetchError: No answer, or neither a feed nor a page that has one.
        FeedError: The feed cannot be read.
    """
    from edge_runtime.feeds.fetch import FetchOptions, fetch

    options = options or SyncOptions()
    fetching = FetchOptions(options.allow_private, options.time_limit_s, ca_file=options.ca_file)

    def ask(address: str) -> Fetched:
        return fetch(address, "", "", fetching, now)

    try:
        found = find_feed(wanted.addresses, ask, takes_first=False)
    except FeedChoiceError as several:
        return FeedPreview(named=several.feeds)
    fetched = found.fetched
    if fetched.status is FetchStatus.GONE:
        raise FetchError(f"{wanted.shown_url}: ended by its publisher (HTTP 410)")
    if fetched.status is not FetchStatus.FRESH:
        raise FetchError(f"{wanted.shown_url}: the server asks for patience; try again later")
    url = fetched.moved_to or wanted.addresses[0]
    try:
        parsed = parse_feed(fetched.data, url, now, fetched.content_type, page_url=fetched.url)
    except FeedError as error:
        raise FeedError(error.fact.replace(url, wanted.shown_url), error.remedy, feeds=error.feeds) from error
    return FeedPreview(url, parsed.title, tuple(article.title for article in parsed.articles), found.others)
