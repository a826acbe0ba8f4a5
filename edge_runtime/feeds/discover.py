"""From the address of a page to its feed: what the page's links name, else the places where feeds usually are.

What asks the servers is an argument; everything else goes from text to addresses.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from edge_runtime.addresses import parse_target
from edge_runtime.errors import FeedError, FetchError, PrivateAddressError, UnreachedError
from edge_runtime.feeds.answers import Fetched, FetchStatus
from edge_runtime.feeds.encodings import decode_feed
from edge_runtime.feeds.parse import parse_feed
from edge_runtime.feeds.wanted import NamedFeed
from edge_runtime.feeds.web_page import is_of_comments, is_page, page_feeds
from edge_runtime.sentences import Sentence

MAX_TRIED = 5  # of the feeds of a page, where one after the other is none
# Of a site, in the order in which to try.
_PLACES = ("feed", "feed/", "rss", "rss.xml", "atom.xml", "index.xml", "feed.xml", "feed.json", "?feed=rss2")

_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)

Ask = Callable[[str], Fetched]  # an address to its answer, redirects followed; raises FetchError


class FeedChoiceError(FetchError):
    """A page that names several feeds, where somebody is to choose.

    Attributes:
        feeds: What it names, in its order.
    """

    def __init__(self, fact: str, feeds: Sequence[NamedFeed]) -> None:
        """Keep what there is to choose from."""
        super().__init__(fact)
        self.feeds = tuple(feeds)


@dataclass(frozen=True, slots=True)
class Found:
    """A feed's answer; where it is not at the first address that was asked, `moved_to` says where it is."""

    fetched: Fetched
    others: tuple[NamedFeed, ...] = ()  # feeds of the same page


def usual_places(url: str) -> list[str]:
    """Addresses where the feed of a page may be: in its folder, then on its site."""
    target = parse_target(url)
    folder = target.path.partition("?")[0].rpartition("/")[0] + "/"
    paths = [f"{folder}feed/"] if folder != "/" else []
    return [replace(target, path=path).address for path in [*paths, *(f"/{place}" for place in _PLACES)]]


def find_feed(addresses: Sequence[str], ask: Ask, *, takes_first: bool) -> Found:
    """Ask for a feed, or for the feed of a page.

    Args:
        addresses: Of one place; the next one counts where no connection to the one before was made.
        ask: Is asked once for each address, and not at the same time.
        takes_first: Whether the first of several feeds is taken.

    Returns:
        A feed, or a server's answer that is neither feed nor page, such as that it has gone.

    Raises:
        UnreachedError: No server was reached at all.
        FeedChoiceError: There are several, and the first is not to be taken.
        FetchError: No answer, or neither a feed nor a page that has one.
    """
    asked, fetched = _first_answer(addresses, ask)
    problem = _problem(fetched, asked)
    if not problem:
        return Found(replace(fetched, moved_to=fetched.moved_to or (asked if asked != addresses[0] else "")))
    text, _ = decode_feed(fetched.data, fetched.content_type)
    shown = parse_target(asked).shown
    if not is_page(text):
        is_markup = text.lstrip("\ufeff \t\r\n\0")[:1] in {*"<{[", ""}
        raise FetchError(
            problem
            if is_markup
            else Sentence("{address}: neither a feed nor a page; look at the address", address=shown)
        )
    url = fetched.url or asked
    named = page_feeds(text, url)
    mains = [feed for feed in named if not is_of_comments(feed)]
    if len(mains) > 1 and not takes_first:
        raise FeedChoiceError(
            Sentence("{address}: a page that names {number} feeds; choose one", address=shown, number=len(mains)), mains
        )
    trouble = ""
    for number, feed in enumerate(named[:MAX_TRIED]):
        answer, told = _feed_at(feed.url, ask)
        if answer is not None:
            return Found(answer, tuple(mains[:number] + mains[number + 1 :]))
        trouble = trouble or told
    found = _at_usual_place(url, ask)
    if found is not None:
        return Found(found)
    if trouble:
        raise FetchError(
            Sentence(
                "{address}: a page; the feed that it names does not work: {trouble}", address=shown, trouble=trouble
            )
        )
    raise FetchError(
        Sentence(
            "{address}: a page that names no feed, and none is at the usual places; look on the page for a link to "
            "RSS, or ask its publisher",
            address=shown,
        )
    )


def _first_answer(addresses: Sequence[str], ask: Ask) -> tuple[str, Fetched]:
    """The first address to which a connection was made, with its answer or error; else what the first failed by."""
    first: FetchError | None = None
    for address in addresses:
        try:
            return address, ask(address)
        except FetchError as error:
            if not _is_without_connection(error):
                raise
            first = first or error
    raise first or FetchError("no address was given")


def _is_without_connection(error: FetchError) -> bool:
    """Whether another scheme may do better; not where a certificate is bad, as http would hide that."""
    if isinstance(error, UnreachedError):
        return True
    deepest: BaseException = error
    while deepest.__cause__ is not None:
        deepest = deepest.__cause__
    # Of the system's errors only a bad certificate is a ValueError too.
    return isinstance(deepest, OSError) and not isinstance(deepest, ValueError)


def _problem(fetched: Fetched, address: str) -> str:
    """Why an answer is no feed; "" if it is one, or says by its status that there is none to be read now."""
    if fetched.status is not FetchStatus.FRESH:
        return ""
    # When it came plays no part in whether it can be read.
    shown = parse_target(address).shown
    try:
        parse_feed(fetched.data, shown, _ANY_TIME, fetched.content_type)
    except FeedError as error:
        return str(error)
    return ""


def _feed_at(address: str, ask: Ask) -> tuple[Fetched | None, str]:
    """The feed at an address, or why there is none."""
    try:
        fetched = ask(address)
    except FetchError as error:
        return None, str(error)
    told = _problem(fetched, address)
    if told or fetched.status is not FetchStatus.FRESH:
        return None, told or f"{parse_target(address).shown}: {fetched.status.value}"
    return replace(fetched, moved_to=fetched.moved_to or address), ""


def _at_usual_place(url: str, ask: Ask) -> Fetched | None:
    """The first feed at the usual places; a server in trouble is left alone."""
    for address in usual_places(url):
        try:
            fetched = ask(address)
        except FetchError as error:
            if isinstance(error, PrivateAddressError) or error.__cause__ is not None:
                return None
            continue
        if fetched.status is FetchStatus.LATER:
            return None
        if fetched.status is FetchStatus.FRESH and not _problem(fetched, address):
            return replace(fetched, moved_to=fetched.moved_to or address)
    return None
