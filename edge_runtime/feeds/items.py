"""Which item of a feed is which: an item is one article, whatever its neighbours do and however it is corrected.

A subscription's items are remembered. What it holds at a fetch is compared with them, from strong evidence to weak:

    all but GUID    one page with one title, text and date: what is numbered by its place in the feed stays itself
    guid            its GUID, Atom id or JSON id, unless the feed gives it to several items
    link and date   one page with one date, even where the feed gives new GUIDs at each fetch
    link            one page, unless the feed repeats it (home pages, status pages) or both have GUIDs that differ
    title and date  of items without a GUID whose link has changed, or is repeated, or is missing
    path and text   of items without a GUID or date, whose link has another host or other parameters

Each item is one of the known ones at most, and each known one is one item. What is left is new. It gets an id by which
every device that meets it anew would know it: its page, if no other item has that, so that one page in two feeds is one
article; else its GUID or title within the subscription.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from edge_runtime.feeds.feed_item import FeedItem
from edge_runtime.feeds.identity import article_id, canonical_url, compared_link, is_home, page_path
from edge_runtime.storage.feeds import Feed
from edge_runtime.storage.items import Marks, StoredItem


@dataclass(frozen=True, slots=True)
class Item:
    """What an item of a feed can be known by, as its feed says it; empty where it does not."""

    guid: str = ""
    link: str = ""  # of `compared_link`
    is_page: bool = False  # whether the link could be of this item alone: it is no home page of a site
    title: str = ""
    text: str = ""
    dated: int | None = None  # seconds UTC, as the feed says it


@dataclass(frozen=True, slots=True)
class Assigned:
    """What a fetched item is."""

    place: int  # in the fetch
    marks: Marks
    article_id: str
    before: StoredItem | None = None  # what is remembered of it; None if it is new


def assign_items(
    items: Sequence[Item],
    known: Sequence[StoredItem],
    scope: str,
    adopted: Callable[[Item, Sequence[str]], str] = lambda item, ids: "",
    is_repeated: Callable[[int], bool] = lambda link: False,
) -> list[Assigned]:
    """Say of every item which article it is.

    Args:
        items: What the feed holds now, in any order.
        known: The subscription's items of earlier times.
        scope: What GUIDs and titles count within; see `scope_of`.
        adopted: Asked about a new item with the ids that it could have: the id of an article that is it already but
            belongs to no feed, or "".
        is_repeated: Whether another subscription is known to repeat a link.

    Returns:
        The items in order, each once: of equal ones the first.
    """
    distinct = _distinct(items)
    marks = {place: marks_of(items[place]) for place in distinct}
    pairs = _Matching([marks[place] for place in distinct], [one.marks for one in known]).found()
    before = {distinct[now]: known[then] for now, then in pairs.items()}
    new = [place for place in distinct if place not in before]
    # Links of several items: of the fetch, of a new item and one of earlier times, or of another feed.
    fresh = {marks[place].link for place in new} - {0}
    repeated = _shared(one.link for one in marks.values()) | (fresh & {one.marks.link for one in known})
    repeated |= {link for link in fresh if is_repeated(link)}
    taken = {one.article_id for one in known}
    names = dict(zip(new, _named([items[place] for place in new], scope, taken, repeated, adopted), strict=True))
    return [
        Assigned(place, marks[place], before[place].article_id if place in before else names[place], before.get(place))
        for place in distinct
    ]


def scope_of(feed: Feed) -> str:
    """What GUIDs and titles of a feed count within, wherever it moves: its first address, whatever its scheme and user.

    Nothing else is left out: of two feeds a parameter for tracking may be all that differs.
    """
    address = feed.identity or feed.url
    scheme, _, rest = address.partition("://")
    host, _, path = rest.partition("/")
    return f"https://{host.rpartition('@')[2]}/{path}" if scheme in ("http", "https") else address


def subscription_of(feed: Feed) -> str:
    """What the items of a feed are remembered under: a hash, which tells nothing of a key in its address."""
    return article_id("subscription", scope_of(feed))


def item_of(one: FeedItem, feed_url: str, site: str) -> Item:
    """What an item can be known by."""
    article = one.article
    dated = None if article.published is None else int(article.published.timestamp())
    link = compared_link(article.url) if article.url else ""
    is_page = link != "" and not is_home(article.url, feed_url, site)
    return Item(one.guid, link, is_page=is_page, title=article.title, text=article.abstract, dated=dated)


def marks_of(item: Item) -> Marks:
    """The numbers that an item is remembered by."""
    link = item.link if item.is_page else ""
    return Marks(mark(item.guid), mark(link), mark(page_path(link)), mark(item.title), mark(item.text), item.dated)


def mark(text: str) -> int:
    """A number of 63 bits that stands for a text; 0 for none."""
    if not text:
        return 0
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 1) or 1


def _distinct(items: Sequence[Item]) -> list[int]:
    """Places of items, each once: with one page a new GUID makes no other item, nor does a new text with one GUID."""
    seen: set[Hashable] = set()
    kept = []
    for place, item in enumerate(items):
        same_page = (item.link, item.title, item.text, item.dated) if item.is_page else ()
        same_guid = (item.guid, item.link, item.title or item.text, item.dated) if item.guid else ()
        keys = {key for key in (same_page, same_guid, (item,)) if key}
        if not keys & seen:
            kept.append(place)
        seen |= keys
    return kept


class _Matching:
    """Pairs of what is there now and what was known, strongest evidence first."""

    def __init__(self, now: Sequence[Marks], known: Sequence[Marks]) -> None:
        self._now = now
        self._known = known
        self._pairs: dict[int, int] = {}
        self._is_taken: set[int] = set()
        self._guids = _shared(mark.guid for mark in now) | _shared(mark.guid for mark in known)
        self._links = _shared(mark.link for mark in now) | _shared(mark.link for mark in known)

    def found(self) -> dict[int, int]:
        """Place now -> place among the known."""
        self._pair(lambda one: one, lambda one, other: True)
        self._pair(lambda one: one.link and one.name and replace(one, guid=0), lambda one, other: True)
        self._pair(lambda one: self._own_guid(one) and (one.guid,), lambda one, other: True)
        self._pair(lambda one: one.guid and (one.guid, one.link, one.name), self._is_of_one_day)
        self._pair(lambda one: one.link and (one.link, one.name, one.dated), self._may_be_one)
        self._pair(lambda one: one.link and one.dated and (one.link, one.dated), self._is_renamed)
        self._pair(lambda one: one.link and one.link not in self._links and (one.link,), self._may_be_one)
        self._pair(lambda one: one.name and (one.link, one.name, one.day), self._have_no_guids)
        self._pair(lambda one: one.name and (one.link, one.name), self._is_dated_now)
        self._pair(lambda one: one.name and one.dated and (one.name, one.dated), self._has_moved)
        self._pair(lambda one: one.path and one.text and (one.path, one.title, one.text), self._have_no_guids)
        return self._pairs

    def _pair(self, key: Callable[[Marks], object], is_one: Callable[[Marks, Marks], bool]) -> None:
        """Pair what has one key and is one; what is equal is paired in order."""
        left: dict[object, list[int]] = defaultdict(list)
        for place, known in enumerate(self._known):
            if place not in self._is_taken and (name := key(known)):
                left[name].append(place)
        if not left:
            return
        for place, now in enumerate(self._now):
            if place in self._pairs or not (name := key(now)):
                continue
            for other in left.get(name, ()):
                if other not in self._is_taken and is_one(now, self._known[other]):
                    self._pairs[place] = other
                    self._is_taken.add(other)
                    break

    def _own_guid(self, one: Marks) -> bool:
        return one.guid != 0 and one.guid not in self._guids

    def _is_of_one_day(self, one: Marks, other: Marks) -> bool:
        """Of one GUID, link and title: another notice, if the feed repeats the GUID and the day is another."""
        return one.guid not in self._guids or one.day == other.day

    def _may_be_one(self, one: Marks, other: Marks) -> bool:
        """Of one link: not if both have GUIDs that differ, but for a feed that makes new GUIDs at each fetch."""
        if self._have_no_guids(one, other):
            return True
        has_one_name = one.name == other.name
        has_one_time = one.has_time and one.dated == other.dated
        has_one_text = one.text == other.text and (one.text != 0 or one.dated == other.dated)
        needed = 3 if one.link in self._links else 2
        return has_one_name + has_one_time + has_one_text >= needed

    def _is_renamed(self, one: Marks, other: Marks) -> bool:
        """Of one link and date."""
        return self._may_be_one(one, other) and (one.link not in self._links or one.has_time)

    def _have_no_guids(self, one: Marks, other: Marks) -> bool:
        """Whether no two GUIDs say that they are two."""
        return not (self._own_guid(one) and self._own_guid(other))

    def _is_dated_now(self, one: Marks, other: Marks) -> bool:
        """Of one title: an item that had no date until now, or has none any more."""
        return self._have_no_guids(one, other) and (one.dated is None or other.dated is None)

    def _has_moved(self, one: Marks, other: Marks) -> bool:
        """Of one title and time: the link has another host or parameters, is new or gone, or the text is the same."""
        has_one_text = one.text != 0 and one.text == other.text
        is_alike = one.path == other.path or 0 in (one.link, other.link) or has_one_text
        return is_alike and self._have_no_guids(one, other)


def _named(
    items: Sequence[Item],
    scope: str,
    taken: Collection[str],
    repeated: Collection[int],
    adopted: Callable[[Item, Sequence[str]], str],
) -> list[str]:
    """Ids for new items: the first on each one's ladder that no other item has or could have."""
    ladders = [_ladder(item, scope, has_page=item.is_page and mark(item.link) not in repeated) for item in items]
    counts = Counter(name for ladder in ladders for name in ladder)
    used = set(taken)
    names = []
    for item, ladder in zip(items, ladders, strict=True):
        # Until now GUIDs and titles counted within the feed's address as that of a page is compared.
        name = adopted(item, [*ladder, *_ladder(item, canonical_url(scope), has_page=False)])
        if not name or name in used:
            name = next((name for name in ladder if counts[name] == 1 and name not in used), "")
        number = 0
        while not name or name in used:
            number += 1
            name = article_id("again", ladder[-1], str(number))
        used.add(name)
        names.append(name)
    return names


def _ladder(item: Item, scope: str, *, has_page: bool) -> list[str]:
    """What an item could be known by, best first."""
    link = item.link.partition("#")[0]
    page = [("url", item.link)] if has_page else []
    guid = [("guid", scope, link, item.guid)] if item.guid else []
    title = [("title", scope, link, item.title)] if item.title else []
    all_of_it = ("all", scope, link, item.guid, item.title, item.text)
    dated = ("dated", *all_of_it, item.link, str(item.dated))
    return [article_id(*step) for step in (*page, *guid, *title, all_of_it, dated)]


def _shared(marks: Iterable[int]) -> set[int]:
    """What several have."""
    return {mark for mark, count in Counter(marks).items() if mark and count > 1}
