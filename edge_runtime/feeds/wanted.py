"""What a reader wants to subscribe to, as it was typed or listed, and what became of it. It loads no parser."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from edge_runtime.addresses import parse_target
from edge_runtime.storage.feeds import Feed

_HOST = re.compile(
    r"(?:localhost|(?:[\w-]+\.)+(?:[^\W\d_]{2,}|xn--[a-z0-9-]+)|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|\[[0-9a-f:.]+\])"
    r"(?::[0-9]{1,5})?(?:[/?#].*)?",
    re.IGNORECASE,
)
# What "feed.xml" ends in is no country: such a name is a file that is not there.
_FILE = re.compile(r"[^/?#]*\.(?:atom|csv|gz|html?|jsonl?|ndjson|opml|pdf|rdf|rss|txt|xml|xhtml|zip)", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"feed:(?://)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NamedFeed:
    """A feed as a page or a list names it; the title may be empty."""

    url: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class WantedFeed:
    """A feed to subscribe to, or a page that has one."""

    addresses: tuple[str, ...]  # one place, in the order in which to try: https before http where neither was said
    title: str = ""
    topic: str = ""
    folder: str = ""
    is_listed: bool = False  # by another reader: asked as it stands, and kept though it does not answer

    @property
    def shown_url(self) -> str:
        """The first address without credentials and query."""
        return parse_target(self.addresses[0]).shown


class SubscribeStatus(StrEnum):
    """What became of one wish."""

    SUBSCRIBED = "subscribed"
    KNOWN = "known"  # subscribed to before
    KEPT = "not fetched"  # subscribed all the same: the network is down, or only a later sync may ask
    CHOICE = "several feeds"  # a page with more than one, none of them subscribed to
    REFUSED = "not subscribed"  # no feed, or no answer


@dataclass(frozen=True, slots=True)
class SubscribeOutcome:
    """What became of one wish, in words where it is not as wished."""

    wanted: WantedFeed
    status: SubscribeStatus
    feed: Feed | None = None  # as it stands now; of CHOICE and REFUSED there is none
    articles: int = 0  # that the feed holds now
    added: int = 0  # of these, new in the cache
    updated: int = 0
    named: tuple[NamedFeed, ...] = ()  # feeds of the page: those that were not taken, or all to choose from
    warnings: tuple[str, ...] = ()
    error: str = ""
    is_offline: bool = False  # KEPT, as no server at all was reached
    is_unreached: bool = False  # REFUSED, as its server was not reached, which may be this device's own fault
    is_private: bool = False  # KEPT, as it is at an address of this device's own network


def looks_like_address(name: str) -> bool:
    """Whether a name that is no file is meant as an address: it has a scheme, or begins with the name of a host."""
    name = name.strip()
    if "://" in name or _FEED_SCHEME.match(name):
        return True
    return bool(_HOST.fullmatch(name)) and not _FILE.fullmatch(name)


def wanted_feed(name: str, title: str = "", topic: str = "") -> WantedFeed:
    """What a reader means by an address: "example.org" and "feed://example.org" are https, or else http.

    Raises:
        FetchError: No http or https address.
    """
    addresses = tuple(parse_target(address).address for address in http_addresses(name.strip()))
    return WantedFeed(addresses, title, topic)


def http_addresses(name: str) -> list[str]:
    """The addresses that a name may mean, best first; they are not checked."""
    if scheme := _FEED_SCHEME.match(name):
        rest = name[scheme.end() :]
        return [rest] if re.match("https?://", rest, re.IGNORECASE) else [f"https://{rest}", f"http://{rest}"]
    return [name] if "://" in name else [f"https://{name}", f"http://{name}"]
