"""What each call of the API answers."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from http import HTTPStatus

from edge_runtime import Reader, Wording
from edge_runtime.web.desk import Desk
from edge_runtime.web.etag import with_etag
from edge_runtime.web.exchange import Answer, Request, text_answer
from edge_runtime.web.greader.editions import editions
from edge_runtime.web.greader.ids import (
    FOR_YOU,
    LABEL,
    OTHERS,
    READING_LIST,
    STARRED,
    item_number,
    label_name,
    plain_stream,
)
from edge_runtime.web.greader.items import items_atom, items_json, streams_shown
from edge_runtime.web.greader.marks import edit_tags, mark_all_read
from edge_runtime.web.greader.streams import OWN_FOLDER, Items, Wanted, items_of
from edge_runtime.web.look import wording_of

USUAL = 20  # items of a list, where an app says no number
MOST_IDS = 200_000
MOST_CONTENTS = 1_000  # of a stream in one answer: an app asks again for the rest
MOST_NAMED = 5_000  # of those that it names: some ask for all that they miss at once
_MICROSECONDS = 16  # digits; shorter times are seconds
_NO_TOKENS = ("", "x", "null")  # what apps send that ask for none


@dataclass(frozen=True)
class Asked:
    """A call of an app that may ask."""

    desk: Desk
    request: Request
    now: datetime  # UTC-aware
    app: str  # its name
    action_token: str  # what it has to send with what changes something, if it sends any
    stream: str = ""  # that the address names

    @property
    def reader(self) -> Reader:
        """Whose news it is."""
        return self.desk.reading.reader

    @property
    def tr(self) -> Wording:
        """Says it in the language of who asks."""
        return wording_of(self.request)

    @property
    def home(self) -> str:
        """Where this server is, as the app names it."""
        return f"http://{self.request.host or 'localhost'}/"

    @property
    def is_meant(self) -> bool:
        """Whether the token of a deed is right, or none was sent: the header proves as much."""
        return self.request.one("T").strip() in (*_NO_TOKENS, self.action_token)

    @cached_property
    def items(self) -> Items:
        """All there are; a new edition of "For you" is made for them if it is time."""
        found = editions(self.desk, self.now)
        return self.desk.kept("items of apps", lambda: items_of(self.reader.numbered(), found))

    @cached_property
    def items_now(self) -> Items:
        """All there are by now, also if another program has just removed some: they cannot be marked."""
        return items_of(self.reader.numbered(), self.reader.editions())

    @property
    def wanted(self) -> Wanted:
        """Which items it is about."""
        one, every = self.request.one, self.request.all
        return Wanted(
            self.stream or one("s") or READING_LIST,
            [name for name in every("it") if name],
            [name for name in every("xt") if name],
            _seconds(one("ot")),
            _seconds(one("nt")),
            one("r") == "o",
        )

    def most(self, most: int) -> int:
        """How many items it may be."""
        text = self.request.one("n").strip()
        is_number = text.isascii() and text.isdecimal() and len(text) < _MICROSECONDS
        return min(int(text), most) if is_number else USUAL

    def numbers(self) -> list[int]:
        """Of the items that it names; what is no id is passed over, unless all are.

        Raises:
            ValueError: It names none.
        """
        found, wrong = [], "no i is given"
        for text in self.request.all("i"):
            try:
                found.append(item_number(text))
            except ValueError as error:
                wrong = str(error)
        if not found:
            raise ValueError(wrong)
        return found


def action_token(token: str) -> str:
    """What an app sends along with what changes something: 57 characters, as apps know it from others."""
    return hashlib.sha256(f"T{token}".encode()).hexdigest()[:57]


def token(asked: Asked) -> Answer:
    """The token of deeds."""
    return text_answer(asked.action_token)


def user_info(asked: Asked) -> Answer:
    """Who the reader is: here there is one."""
    names = ("userId", "userName", "userProfileId", "userEmail")
    return _json(dict.fromkeys(names, asked.app))


def tag_list(asked: Asked) -> Answer:
    """States and folders."""
    folders = sorted({feed.folder for feed in asked.reader.feeds.feeds() if feed.folder})
    labels = [{"id": LABEL + label_name(name), "type": "folder"} for name in (OWN_FOLDER, *folders)]
    return with_etag(asked.request, _json({"tags": [{"id": STARRED}, *labels]}))


def subscription_list(asked: Asked) -> Answer:
    """ "For you", the subscriptions, and what came from none of them, if there is something."""
    items = asked.items
    shown = streams_shown(items, asked.tr, asked.home)
    urls = dict(zip(items.names, (feed.shown_url for feed in items.feeds), strict=True))
    folders = dict(zip(items.names, (feed.folder for feed in items.feeds), strict=True))
    names = [FOR_YOU, *items.names, *([OTHERS] if items.in_stream(OTHERS).any() else [])]
    found = [
        {
            "id": name,
            "title": shown[name][0],
            "categories": _categories(folders.get(name, OWN_FOLDER)),
            "url": urls.get(name, shown[name][1]),
            "htmlUrl": shown[name][1],
            "iconUrl": "",
            "sortid": f"{place:08x}",
            "firstitemmsec": "0",
        }
        for place, name in enumerate(names)
    ]
    return with_etag(asked.request, _json({"subscriptions": found}))


def unread_count(asked: Asked) -> Answer:
    """How many are unread: in all, of each stream, of each folder."""
    items = asked.items
    folders = sorted({feed.folder for feed in items.feeds if feed.folder})
    names = [FOR_YOU, *items.names, OTHERS, *(LABEL + label_name(name) for name in (OWN_FOLDER, *folders))]
    counts = []
    for name in (READING_LIST, *names):
        unread = items.in_stream(name) & ~items.is_read
        if number := int(unread.sum()):
            newest = f"{int(items.came_s[unread].max())}000000"
            counts.append({"id": name, "count": number, "newestItemTimestampUsec": newest})
    return _json({"max": max((int(str(one["count"])) for one in counts), default=0), "unreadcounts": counts})


def item_ids(asked: Asked) -> Answer:
    """The numbers of the items of a stream, newest first, as texts: some apps would round them.

    Never answered by "not modified": an app takes that for a list without items, and marks all it has as read.
    """
    page = asked.items.page(asked.wanted, asked.most(MOST_IDS), asked.request.one("c"))
    found: dict[str, object] = {
        "itemRefs": [{"id": str(number)} for number in asked.items.numbers[page.places].tolist()]
    }
    return _json({**found, "continuation": page.more} if page.more else found)


def item_contents(asked: Asked) -> Answer:
    """The items of some numbers."""
    try:
        numbers = asked.numbers()
    except ValueError as error:
        return text_answer(f"{error}\n", HTTPStatus.BAD_REQUEST)
    return _contents(asked, READING_LIST, asked.items.places_of(numbers)[:MOST_NAMED])


def stream_contents(asked: Asked) -> Answer:
    """The items of a stream, newest first."""
    wanted = asked.wanted
    page = asked.items.page(wanted, asked.most(MOST_CONTENTS), asked.request.one("c"))
    return _contents(asked, plain_stream(wanted.stream), page.places.tolist(), page.more)


def atom(asked: Asked) -> Answer:
    """The same as Atom."""
    items, wanted = asked.items, asked.wanted
    page = items.page(wanted, asked.most(MOST_CONTENTS), asked.request.one("c"))
    found = items_json(asked.reader, items, page.places.tolist(), asked.tr, asked.home, asked.now)
    stream = plain_stream(wanted.stream)
    title, _ = streams_shown(items, asked.tr, asked.home).get(stream, (stream, ""))
    return Answer(items_atom(found, stream, title, asked.now), "application/atom+xml; charset=utf-8")


def edit_tag(asked: Asked) -> Answer:
    """Mark items."""
    try:
        numbers = asked.numbers()
    except ValueError as error:
        return text_answer(f"{error}\n", HTTPStatus.BAD_REQUEST)
    add, take = asked.request.all("a"), asked.request.all("r")
    edit_tags(asked.reader, asked.items_now, numbers, add, take, asked.now)
    return text_answer("OK")


def mark_all_as_read(asked: Asked) -> Answer:
    """Mark all that a stream had when the app looked, or has now."""
    stream, text = asked.request.one("s"), asked.request.one("ts").strip()
    if not stream:
        return text_answer("no s is given\n", HTTPStatus.BAD_REQUEST)
    until_s = _seconds(text)
    if until_s and len(text.partition(".")[0]) >= _MICROSECONDS:
        until_s /= 1_000_000
    mark_all_read(asked.reader, asked.items_now, stream, until_s or asked.now.timestamp(), asked.now)
    return text_answer("OK")


def _contents(asked: Asked, stream: str, places: Sequence[int], more: str = "") -> Answer:
    found: dict[str, object] = {
        "direction": "ltr",
        "id": stream,
        "title": stream,
        "updated": int(asked.now.timestamp()),
        "items": items_json(asked.reader, asked.items, places, asked.tr, asked.home, asked.now),
    }
    return _json({**found, "continuation": more} if more else found)


def _categories(folder: str) -> list[dict[str, str]]:
    return [{"id": LABEL + label_name(folder), "label": label_name(folder)}] if folder else []


def _json(found: object) -> Answer:
    body = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return Answer(body, "application/json; charset=utf-8")


def _seconds(text: str) -> float | None:
    """A time that an app says; None if it says none."""
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and found > 0 else None
