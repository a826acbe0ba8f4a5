"""A Miniflux server, by its own interface (v1): entries have numbers that only grow, and times of their last change."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from itertools import pairwise

from edge_runtime.accounts.line import Line
from edge_runtime.accounts.reading import MAX_TEXT_CHARS, Answers
from edge_runtime.accounts.upstream import FIRST_UNREAD, Handover, Lists, Login, RemoteFeed, RemoteItem
from edge_runtime.feeds.errands import Steps
from edge_runtime.sentences import Sentence
from edge_runtime.storage.outbox import MarkKind, OutMark

PAGE_ENTRIES = 100
PAGE_IDS = 10_000
PAGE_MARKS = 200
MOST_IDS = 100_000
MOST_LOOKED_UP = 100  # entries that lost their star, of one exchange
OVERLAP_S = 120  # changes that were under way
_UNREAD, _STARRED, _AFTER = "unread", "starred", "after"


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where the next exchange begins: first unread entries, newest first, then starred ones, then what came since."""

    stage: str = ""
    newest: int = 0  # entry, as of the first exchange
    at: int = 0  # the entry that came last
    left: int = 0  # unread ones to come
    changed: int = 0  # seconds UTC by its clock; older changes are known

    @classmethod
    def parse(cls, text: str) -> _Cursor:
        try:
            return cls(**json.loads(text)) if text else cls()
        except (ValueError, TypeError):  # of another kind of server
            return cls()

    def __str__(self) -> str:
        return json.dumps(asdict(self))


class Miniflux:
    """An account on such a server."""

    def __init__(self, line: Line, login: Login) -> None:
        """Ask nothing yet; with a user the secret is a password, else an API key."""
        self._line = line
        self._answers = Answers(line.untrue)
        self._cursor = _Cursor()
        if login.user:
            proof = base64.b64encode(f"{login.user}:{login.secret}".encode()).decode("ascii")
            line.headers["Authorization"] = f"Basic {proof}"
        else:
            line.headers["X-Auth-Token"] = login.secret

    def log_in(self) -> None:
        """Find out whether the secret is good.

        Raises:
            FetchError: It is not, or there is no answer.
        """
        found = self._answers.mapping(self._line.get("/v1/me"), "/v1/me")
        self._answers.number(found.get("id"), "id", least=1)

    def later_there(self, marks: Sequence[tuple[OutMark, str]]) -> Collection[int]:
        """Marks whose entry was changed after them, and says otherwise by now."""
        if not marks:
            return ()
        first = int(min(mark.at for mark, _ in marks).timestamp())
        changed = {str(self._id(one)): one for one in self._walk(f"&changed_after={max(1, first - 1)}")}
        overtaken = set()
        for mark, name in marks:
            entry = changed.get(name)
            if entry and self._state(entry)[mark.kind is MarkKind.SAVED] != mark.value:
                changed_at = self._time(entry.get("changed_at"))
                if changed_at is not None and changed_at > mark.at:
                    overtaken.add(mark.number)
        return overtaken

    def send(self, kind: MarkKind, remote_ids: Sequence[str], *, value: bool) -> None:
        """Mark entries; older servers know no star as a state, so theirs is looked at before it is turned.

        Raises:
            FetchError: They may be marked or not; to mark them again does no harm.
        """
        for start in range(0, len(remote_ids), PAGE_MARKS):
            ids = [int(one) for one in remote_ids[start : start + PAGE_MARKS]]
            if kind is MarkKind.READ:
                self._line.put("/v1/entries", {"entry_ids": ids, "status": "read" if value else "unread"})
            elif not self._line.put("/v1/entries", {"entry_ids": ids, "starred": value}, may_miss=True):
                for one in ids:
                    entry = self._entry(one)
                    if entry is not None and self._state(entry)[1] != value:
                        self._line.put(f"/v1/entries/{one}/bookmark", None)

    def feeds(self) -> list[RemoteFeed]:
        """All subscriptions that have an address.

        Raises:
            FetchError: No answer, or one that cannot be true.
        """
        read, feeds = self._answers, []
        for given in read.listed(self._line.get("/v1/feeds"), "/v1/feeds"):
            one = read.mapping(given, "a feed")
            url = read.feed_address(one.get("feed_url"), "feed_url")
            category = read.mapping(one.get("category") or {}, "category")
            texts = [read.text(one.get(name), name) for name in ("title", "site_url")]
            if url:
                folder = read.text(category.get("title"), "title")
                feeds.append(RemoteFeed(str(self._id(one)), url, texts[0], folder, texts[1]))
        return feeds

    def news(self, cursor: str, handover: Handover) -> Steps[None]:
        """The newest unread entries, all that are starred, and then what came since; a page is kept before the next.

        In private mode the first ones come without being asked for as unread, and count as not asked for yet.

        Raises:
            FetchError: No answer, or one that cannot be true.
        """
        now = _Cursor.parse(cursor)
        if not now.stage:
            newest = max((self._id(one) for one in self._page("&direction=desc", 1)), default=0)
            changed = int(self._line.server_time.timestamp()) - OVERLAP_S
            now = _Cursor(_UNREAD, newest, newest + 1, FIRST_UNREAD, changed)
        if handover.is_private and now.stage != _AFTER:
            entries = self._page(f"&direction=desc&before_entry_id={now.newest + 1}", PAGE_ENTRIES)
            yield from handover.take([*map(self._item, entries)])
            return
        while now.stage == _UNREAD:
            limit = min(PAGE_ENTRIES, now.left)
            entries = self._page(f"&direction=desc&status=unread&before_entry_id={now.at}", limit)
            self._check_order(entries, now.at, is_down=True)
            left = now.left - len(entries)
            is_done = left <= 0 or len(entries) < limit
            last = self._id(entries[-1]) if entries else now.at
            now = replace(now, stage=_STARRED, at=0) if is_done else replace(now, at=last, left=left)
            yield from handover.take([*map(self._item, entries)], str(now))
        while now.stage == _STARRED:
            entries = self._page(f"&direction=asc&starred=true{_after(now.at)}", PAGE_ENTRIES)
            self._check_order(entries, now.at)
            is_done = len(entries) < PAGE_ENTRIES
            now = replace(now, stage=_AFTER, at=now.newest) if is_done else replace(now, at=self._id(entries[-1]))
            yield from handover.take([*map(self._item, entries)], str(now))
        while True:
            entries = self._page(f"&direction=asc{_after(now.at)}", PAGE_ENTRIES)
            self._check_order(entries, now.at)
            if entries:
                now = replace(now, at=self._id(entries[-1]))
                yield from handover.take([*map(self._item, entries)], str(now))
            if len(entries) < PAGE_ENTRIES:
                self._cursor = now
                return

    def lists(self, cursor: str, starred_before: Collection[str]) -> Lists:
        """What is unread and starred by now; of an older server, what has changed since the last time.

        Raises:
            FetchError: No answer, or one that cannot be true.
        """
        began = int(self._line.server_time.timestamp()) - OVERLAP_S
        after = str(replace(self._cursor, changed=began))
        unread = self._ids("status=unread")
        starred = None if unread is None else self._ids("starred=true")
        if unread is None or starred is None:
            states = {
                str(self._id(one)): self._state(one)
                for one in self._walk(f"&changed_after={max(1, self._cursor.changed)}")
            }
            read = {name: is_read for name, (is_read, _) in states.items()}
            return Lists(read, {name: is_starred for name, (_, is_starred) in states.items()}, None, after)
        stars = dict.fromkeys(starred[0], True)
        lost = [name for name in starred_before if name not in stars] if starred[1] else []
        for name in lost[:MOST_LOOKED_UP]:
            if entry := self._entry(int(name)):
                stars[name] = self._state(entry)[1]
        read = {} if unread[1] else dict.fromkeys(unread[0], False)
        return Lists(read, stars, frozenset(unread[0]) if unread[1] else None, after)

    def close(self) -> None:
        """End the connection."""
        self._line.close()

    def _ids(self, which: str) -> tuple[list[str], bool] | None:
        """Numbers of entries, and whether these are all; None of a server that gives no such lists."""
        found: dict[str, None] = {}
        while True:
            answer = self._line.get(f"/v1/entries/ids?{which}&limit={PAGE_IDS}&offset={len(found)}", may_miss=True)
            if answer is None:
                return None
            page = self._answers.mapping(answer, "/v1/entries/ids")
            ids = self._answers.listed(page.get("entry_ids"), "entry_ids")
            before = len(found)
            found |= {str(self._answers.number(one, "an entry id", least=1)): None for one in ids}
            total = self._answers.number(page.get("total"), "total")
            if len(found) >= min(total, MOST_IDS) or len(found) == before:
                return list(found), len(found) == total

    def _walk(self, which: str) -> Iterator[dict[str, object]]:
        """All entries of a kind, by number."""
        at = 0
        while True:
            entries = self._page(f"&direction=asc{which}{_after(at)}", PAGE_ENTRIES)
            self._check_order(entries, at)
            yield from entries
            if len(entries) < PAGE_ENTRIES:
                return
            at = self._id(entries[-1])

    def _page(self, which: str, limit: int) -> list[dict[str, object]]:
        answer = self._answers.mapping(self._line.get(f"/v1/entries?order=id&limit={limit}{which}"), "/v1/entries")
        entries = self._answers.listed(answer.get("entries"), "entries")
        return [self._answers.mapping(one, "an entry") for one in entries[:limit]]

    def _entry(self, number: int) -> dict[str, object] | None:
        answer = self._line.get(f"/v1/entries/{number}", may_miss=True)
        return None if answer is None else self._answers.mapping(answer, "an entry")

    def _check_order(self, entries: Sequence[dict[str, object]], at: int, *, is_down: bool = False) -> None:
        """Numbers must go on from one to the next, else a page would come for ever."""
        numbers = [at, *map(self._id, entries)]
        if any((one <= other) if is_down else (one >= other) for one, other in pairwise(numbers)):
            raise self._line.untrue(Sentence("its list goes in a circle"))

    def _id(self, one: dict[str, object]) -> int:
        return self._answers.number(one.get("id"), "id", least=1)

    def _state(self, entry: dict[str, object]) -> tuple[bool, bool]:
        """Whether it is read, and whether it is starred."""
        status, starred = entry.get("status"), entry.get("starred")
        if status not in ("read", "unread", "removed") or not isinstance(starred, bool):
            raise self._line.untrue(Sentence("an entry's state is none"))
        return status != "unread", starred

    def _time(self, value: object) -> datetime | None:
        try:
            found = datetime.fromisoformat(self._answers.text(value, "changed_at"))
        except ValueError:
            return None
        return found if found.tzinfo else None

    def _item(self, entry: dict[str, object]) -> RemoteItem:
        read = self._answers
        is_read, is_starred = self._state(entry)
        return RemoteItem(
            str(self._id(entry)),
            str(read.number(entry.get("feed_id"), "feed_id", least=1)),
            read.text(entry.get("title"), "title", MAX_TEXT_CHARS),
            read.text(entry.get("url"), "url", 4000),
            read.text(entry.get("content"), "content", MAX_TEXT_CHARS),
            read.text(entry.get("published_at"), "published_at"),
            is_read,
            is_starred,
        )


def _after(number: int) -> str:
    return f"&after_entry_id={number}" if number else ""
