"""A server that speaks the Google Reader API: FreshRSS, Miniflux, edge-news itself.

It tells no times of deeds. Which items are new is found out by their ids, which are cheap: those that came since the
last time, all that are starred, and the newest unread.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from urllib.parse import quote, urlencode

from edge_runtime.accounts.line import Line, epoch
from edge_runtime.accounts.reading import MAX_TEXT_CHARS, Answers, said_of
from edge_runtime.accounts.upstream import FIRST_UNREAD, Handover, Lists, Login, RemoteFeed, RemoteItem
from edge_runtime.feeds.errands import Steps
from edge_runtime.sentences import Sentence
from edge_runtime.storage.outbox import MarkKind, OutMark

API = "/reader/api/0/"
OVERLAP_S = 3600  # asked for again: what a server takes in has a time from before it can be seen
PAGE_ITEMS = 100
PAGE_IDS = 1000
PAGE_MARKS = 200
MOST_IDS = 50_000  # of one list
_STATE = "user/-/state/com.google/"
READING_LIST, READ, STARRED = (_STATE + name for name in ("reading-list", "read", "starred"))
_LABEL = re.compile(r"user/[^/]+/label/(.*)", re.DOTALL)
_IN_STATE = re.compile(r"user/[^/]+/state/com\.google/(read|starred)")
_NAME = "tag:google.com,2005:reader/item/"
_TAGS = {MarkKind.READ: READ, MarkKind.SAVED: STARRED}


class GoogleReader:
    """An account on such a server."""

    def __init__(self, line: Line, login: Login) -> None:
        """Ask nothing yet."""
        self._line, self._login = line, login
        self._answers = Answers(line.untrue)
        self._token = ""

    def log_in(self) -> None:
        """Get what proves who asks; it lasts for this connection.

        Raises:
            FetchError: No answer, or user and password are not known there.
        """
        form = urlencode({"Email": self._login.user, "Passwd": self._login.secret, "service": "reader"})
        answer = self._line.post("/accounts/ClientLogin", form.encode()).decode("utf-8", "replace")
        found = re.search(r"^Auth=([\x21-\x7e]{1,2000})\s*$", answer, re.MULTILINE)
        if found is None:
            raise self._line.untrue(Sentence("a login without Auth"))
        self._line.headers["Authorization"] = f"GoogleLogin auth={found[1]}"

    def later_there(self, marks: Sequence[tuple[OutMark, str]]) -> Collection[int]:
        """None are known: the one that is sent last counts."""
        return ()

    def send(self, kind: MarkKind, remote_ids: Sequence[str], *, value: bool) -> None:
        """Mark items.

        Raises:
            FetchError: They may be marked or not; to mark them again does no harm.
        """
        if not self._token:
            token = self._line.ask("GET", f"{API}token")[1].decode("utf-8", "replace").strip()
            self._token = token[:500]
        for start in range(0, len(remote_ids), PAGE_MARKS):
            named = [("i", item_name(one)) for one in remote_ids[start : start + PAGE_MARKS]]
            form = urlencode([*named, ("a" if value else "r", _TAGS[kind]), ("T", self._token)])
            said = self._line.post(f"{API}edit-tag", form.encode()).strip()
            if said.upper() != b"OK":
                raise self._line.untrue(Sentence("marks are answered with {what}", what=said_of(said[:40])))

    def feeds(self) -> list[RemoteFeed]:
        """All subscriptions that have an address.

        Raises:
            FetchError: No answer, or one that cannot be true.
        """
        read = self._answers
        found = read.mapping(self._line.get(f"{API}subscription/list?output=json"), "subscription/list")
        feeds = []
        for given in read.listed(found.get("subscriptions"), "subscriptions"):
            one = read.mapping(given, "a subscription")
            name, url = read.text(one.get("id"), "id"), read.feed_address(one.get("url"), "url")
            folders = [
                match[1]
                for category in read.listed(one.get("categories"), "categories")
                if (match := _LABEL.fullmatch(read.text(read.mapping(category, "a category").get("id"), "id")))
            ]
            if name and url:
                title, site = read.text(one.get("title"), "title"), read.text(one.get("htmlUrl"), "htmlUrl")
                feeds.append(RemoteFeed(name, url, title, folders[0] if folders else "", site))
        return feeds

    def news(self, cursor: str, handover: Handover) -> Steps[None]:
        """What came since, what is starred, the newest unread; a page is kept before the next is asked for.

        After a kill the pages that were kept are not asked for again, as their ids are known then.

        Raises:
            FetchError: No answer, or one that cannot be true.
        """
        since = int(cursor) if cursor.isascii() and cursor.isdecimal() else 0
        self._line.ask("GET", f"{API}user-info?output=json", may_miss=True)  # what time it is there
        began = int(self._line.server_time.timestamp())
        ids: dict[str, None] = {}
        if since:
            ids |= dict.fromkeys(self._ids(READING_LIST, more=f"&ot={since}")[0])
        if not handover.is_private:
            ids |= dict.fromkeys(self._ids(STARRED)[0])
            ids |= dict.fromkeys(self._ids(READING_LIST, more=f"&xt={quote(READ, '')}", most=FIRST_UNREAD)[0])
        elif not since:
            ids |= dict.fromkeys(self._ids(READING_LIST, most=FIRST_UNREAD)[0])
        new = yield from handover.unknown(list(ids))
        for start in range(0, len(new), PAGE_ITEMS):
            yield from handover.take(self._items(new[start : start + PAGE_ITEMS]))
        if not handover.is_private or since:
            yield from handover.take([], str(max(1, began - OVERLAP_S)))

    def lists(self, cursor: str, starred_before: Collection[str]) -> Lists:
        """What is unread and starred by now; what lost its star is asked for, as it may only have been deleted.

        Raises:
            FetchError: No answer, or one that cannot be true.
        """
        unread, all_unread = self._ids(READING_LIST, more=f"&xt={quote(READ, '')}")
        starred, all_starred = self._ids(STARRED)
        stars = dict.fromkeys(starred, True)
        lost = [name for name in starred_before if name not in stars] if all_starred else []
        for start in range(0, len(lost), PAGE_ITEMS):
            stars |= {one.remote_id: one.is_starred for one in self._items(lost[start : start + PAGE_ITEMS])}
        read = {} if all_unread else dict.fromkeys(unread, False)
        return Lists(read, stars, frozenset(unread) if all_unread else None)

    def close(self) -> None:
        """End the connection."""
        self._line.close()

    def _ids(self, stream: str, more: str = "", most: int = MOST_IDS) -> tuple[list[str], bool]:
        """Ids of a stream, newest first, and whether that is all of it.

        Raises:
            AccountError: It goes in a circle.
        """
        read, found, seen = self._answers, dict[str, None](), set[str]()
        continuation = ""
        while True:
            path = f"{API}stream/items/ids?output=json&s={quote(stream, '')}&n={min(PAGE_IDS, most)}{more}"
            path += f"&c={quote(continuation, '')}" if continuation else ""
            answer = read.mapping(self._line.get(path), "stream/items/ids")
            before = len(found)
            for one in read.listed(answer.get("itemRefs"), "itemRefs"):
                found[self._number(read.mapping(one, "an itemRef").get("id"))] = None
            continuation = read.text(answer.get("continuation"), "continuation", 2000)
            if not continuation or len(found) >= most:
                return list(found)[:most], not continuation
            if continuation in seen or len(found) == before:
                raise self._line.untrue(Sentence("its list goes in a circle"))
            seen.add(continuation)

    def _items(self, ids: Sequence[str]) -> list[RemoteItem]:
        """Those of some items that it still has; others that it sends along are passed over."""
        form = urlencode([("i", item_name(one)) for one in ids] + [("output", "json")])
        answer = self._line.read_json(self._line.post(f"{API}stream/items/contents?output=json", form.encode()))
        listed = self._answers.listed(self._answers.mapping(answer, "stream/items/contents").get("items"), "items")
        found = [self._item(self._answers.mapping(one, "an item")) for one in listed]
        wanted = set(ids)
        return [one for one in found if one.remote_id in wanted]

    def _item(self, item: dict[str, object]) -> RemoteItem:
        read = self._answers

        def inner(name: str, key: str, most: int) -> str:
            return read.text(read.mapping(item.get(name) or {}, name).get(key), key, most)

        links = [*read.listed(item.get("canonical"), "canonical"), *read.listed(item.get("alternate"), "alternate")]
        urls = [read.text(read.mapping(one, "a link").get("href"), "href", 4000) for one in links]
        labels = [read.text(one, "a category") for one in read.listed(item.get("categories"), "categories")]
        states = {match[1] for one in labels if (match := _IN_STATE.fullmatch(one))}
        published = item.get("published")
        return RemoteItem(
            self._number(item.get("id"), is_item=True),
            inner("origin", "streamId", 500),
            read.text(item.get("title"), "title", MAX_TEXT_CHARS),
            next(filter(None, urls), ""),
            inner("content", "content", MAX_TEXT_CHARS) or inner("summary", "content", MAX_TEXT_CHARS),
            epoch(read.number(published, "published", least=-(1 << 62))) if published is not None else "",
            "read" in states,
            "starred" in states,
        )

    def _number(self, value: object, *, is_item: bool = False) -> str:
        """An id as signed decimal: lists have them so, items by a long name or as bare hexadecimal digits.

        Raises:
            AccountError: It is none of these.
        """
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if not isinstance(text, str):
            raise self._line.untrue(Sentence("an id is {what}", what=said_of(value)))
        bare = text.strip().removeprefix(_NAME)
        is_hex = bare != text.strip() or (is_item and len(bare) == 16)
        if re.fullmatch("[0-9a-fA-F]{1,16}" if is_hex else "-?[0-9]{1,19}", bare, re.ASCII):
            number = int(bare, 16 if is_hex else 10)
            number -= (1 << 64) if number >= 1 << 63 else 0
            if number >= -(1 << 63):
                return str(number)
        raise self._line.untrue(Sentence("an id is {what}", what=said_of(value)))


def item_name(number: str) -> str:
    """The one spelling that no server takes for another number."""
    return f"{_NAME}{int(number) % (1 << 64):016x}"
