"""Apps of other makers, as they were seen to ask: their calls, spellings and batches, and what they conclude.

Written from the apps' public sources, and from what their makers and users report. No phone was at hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from tests.edge_runtime.web.greader.conftest import Phone

ALL, READ, STARRED = (f"user/-/state/com.google/{name}" for name in ("reading-list", "read", "starred"))
FORM = "application/x-www-form-urlencoded"


def batches(ids: Sequence[str], most: int) -> Iterator[Sequence[str]]:
    for begin in range(0, len(ids), most):
        yield ids[begin : begin + most]


@dataclass
class App:
    """What all of them do: keep what came, by decimal id, and what of it is unread and starred."""

    phone: Phone
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)
    starred: set[str] = field(default_factory=set)
    feeds: dict[str, str] = field(default_factory=dict)  # by stream id
    token: str = ""

    base = "/"
    login_body = "Email=phone&Passwd={password}"
    per_contents = per_edit = 250
    most_ids = 10_000

    def __post_init__(self) -> None:
        self.phone.headers = {}
        self.log_in()

    def ask(self, method: str, call: str, body: str = "", **headers: str) -> Any:
        answer = self.phone.send(method, self.base + "reader/api/0/" + call, body, content_type=FORM, **headers)
        assert answer.status == 200, (call, answer.status, answer.body)
        is_json = answer.content_type.startswith("application/json")
        return json.loads(answer.body) if is_json else answer.body.decode()

    def log_in(self) -> None:
        login = self.login_body.format(password=self.phone.password)
        text = self.phone.send("POST", f"{self.base}accounts/ClientLogin", login, content_type=FORM).body.decode()
        # NetNewsWire splits every line at "=" and takes the second half, whatever there is.
        pairs = dict(line.split("=")[:2] for line in text.split("\n") if line)
        self.phone.headers = {"authorization": f"GoogleLogin auth={pairs['Auth']}"}
        self.token = self.ask("GET", "token").strip()

    def subscriptions(self) -> None:
        found = self.ask("GET", "subscription/list?output=json")["subscriptions"]
        assert all(one["url"] and one["htmlUrl"] and isinstance(one["categories"], list) for one in found)
        self.feeds = {one["id"]: one["title"] for one in found}

    def ids(self, query: str) -> list[str]:
        found: list[str] = []
        more = ""
        while True:
            page = self.ask("GET", f"stream/items/ids?output=json&n={self.most_ids}&{query}" + more)
            found += [one["id"] for one in page["itemRefs"]]
            if "continuation" not in page:
                return found
            more = f"&c={page['continuation']}"

    def contents_body(self, ids: Sequence[str]) -> str:
        return urlencode([*(("i", one) for one in ids), ("T", self.token)])

    def fetch(self, ids: Sequence[str]) -> None:
        missing = [one for one in ids if one not in self.items]
        for some in batches(missing, self.per_contents):
            self.keep(self.ask("POST", "stream/items/contents?output=json", self.contents_body(some))["items"])

    def keep(self, items: Sequence[dict[str, Any]]) -> None:
        for item in items:
            if item["origin"]["streamId"] in self.feeds:  # else it is dropped
                self.items[str(int(item["id"].rpartition("/")[2], 16))] = item

    def edit_body(self, ids: Sequence[str], tags: str) -> str:
        return urlencode([("i", one) for one in ids]) + f"&{tags}&T={self.token}"

    def edit(self, ids: Sequence[str], tags: str) -> None:
        for some in batches(list(ids), self.per_edit):
            assert self.ask("POST", "edit-tag", self.edit_body(some, tags)) == "OK"

    def mark_read(self, ids: Sequence[str]) -> None:
        self.edit(ids, f"a={READ}")
        self.unread -= set(ids)

    def star(self, ids: Sequence[str], *, is_starred: bool = True) -> None:
        self.edit(ids, f"{'a' if is_starred else 'r'}={STARRED}")

    def sync(self) -> None:
        """Lists of what is unread and starred, then what is missing of them."""
        self.subscriptions()
        unread, starred = self.ids(f"s={ALL}&xt={READ}"), self.ids(f"s={STARRED}")
        self.fetch([*unread, *starred])
        self.unread, self.starred = set(unread) & set(self.items), set(starred) & set(self.items)

    def shown(self, stream: str | None = None, *, is_unread: bool = True) -> list[dict[str, Any]]:
        """A list as the app shows it: by the time of publishing, then by id, newest first."""
        chosen = self.unread if is_unread else set(self.items)
        items = [self.items[one] for one in chosen]
        of_stream = [item for item in items if stream in (None, item["origin"]["streamId"])]
        return sorted(of_stream, key=lambda item: (item["published"], item["id"]), reverse=True)


class CapyReader(App):
    """Name and password behind the address of a POST; 250 items a call; the action token only after it was refused."""

    base = "/api/greader.php/"

    def log_in(self) -> None:
        target = f"{self.base}accounts/ClientLogin?Email=phone&Passwd={quote(self.phone.password)}"
        auth = self.phone.send("POST", target).body.decode().partition("Auth=")[2].strip()
        self.phone.headers = {"authorization": f"GoogleLogin auth={auth}"}
        self.token = "old"

    def ask(self, method: str, call: str, body: str = "", **headers: str) -> Any:
        answer = self.phone.send(method, self.base + "reader/api/0/" + call, body)
        if answer.headers.get("X-Reader-Google-Bad-Token") == "true":
            before, self.token = self.token, super().ask("GET", "token")
            return super().ask(method, call, body.replace(f"T={before}", f"T={self.token}"))
        return super().ask(method, call, body, **headers)

    def keep(self, items: Sequence[dict[str, Any]]) -> None:
        for item in items:  # what its parser demands
            assert isinstance(item["published"], int) and isinstance(item["title"], str)
            assert item["canonical"][0]["href"] and isinstance(item["summary"]["content"], str)
            assert all(isinstance(item["origin"][key], str) for key in ("streamId", "htmlUrl", "title"))
        super().keep(items)

    def sync(self) -> None:
        self.ask("GET", "tag/list?output=json")
        super().sync()


class ReadYou(App):
    """Login by JSON; 100 items a call in 16 hexadecimal digits; marks as read only what the list of read ones names."""

    per_contents, per_edit = 100, 500

    def log_in(self) -> None:
        body = urlencode(
            {
                "output": "json",
                "Email": "phone",
                "Passwd": self.phone.password,
                "client": "ReadYou",
                "accountType": "HOSTED_OR_GOOGLE",
                "service": "reader",
            }
        )
        found = json.loads(self.phone.send("POST", f"{self.base}accounts/ClientLogin", body).body)
        self.phone.headers = {"authorization": f"GoogleLogin auth={found['Auth']}"}
        self.token = self.ask("GET", "token")
        assert self.ask("GET", "user-info?output=json")["userName"]

    def contents_body(self, ids: Sequence[str]) -> str:
        return urlencode([*(("i", f"{int(one):016x}") for one in ids), ("T", self.token)])

    def edit_body(self, ids: Sequence[str], tags: str) -> str:
        long = [("i", f"tag:google.com,2005:reader/item/{int(one):016x}") for one in ids]
        key, _, value = tags.partition("=")
        return urlencode([*long, (key, value), ("T", self.token)])

    def sync(self) -> None:
        self.subscriptions()
        unread, starred = self.ids(f"s={ALL}&xt={READ}"), self.ids(f"s={STARRED}")
        month_ago = int(self.phone.now.timestamp()) - 30 * 86_400
        read = self.ids(f"s={READ}&ot={month_ago}")
        self.fetch([*unread, *starred, *read])
        self.unread = ((self.unread | set(unread)) - set(read)) & set(self.items)
        self.starred = set(starred) & set(self.items)


class NetNewsWire(App):
    """Bodies without percent-encoding, bare hexadecimal ids; new items since the `Date` of the last answer."""

    per_contents, per_edit = 150, 1_000
    login_body = "service=reader&Email=phone&Passwd={password}&client=NetNewsWire&source=x&accountType=HOSTED"
    since_s: float | None = None

    def __post_init__(self) -> None:
        self.marks: dict[str, str] = {}
        super().__post_init__()

    def contents_body(self, ids: Sequence[str]) -> str:
        return f"T={self.token}&output=json&" + "&".join(f"i={int(one):x}" for one in ids)

    def edit_body(self, ids: Sequence[str], tags: str) -> str:
        return f"T={self.token}&" + "&".join(f"i={int(one):016x}" for one in ids) + f"&{tags}"

    def keep(self, items: Sequence[dict[str, Any]]) -> None:
        assert all(item["alternate"][0]["href"] and isinstance(item["categories"], list) for item in items)
        super().keep(items)

    def listed(self, call: str) -> dict[str, Any]:
        """A list that is asked for with what is known of the last one; nothing if it is the same."""
        given = {"if_none_match": self.marks[call]} if call in self.marks else {}
        answer = self.phone.send("GET", f"{self.base}reader/api/0/{call}", **given)
        self.marks[call] = answer.headers["ETag"]
        return json.loads(answer.body) if answer.status == 200 else {}

    def sync(self) -> None:
        self.listed("tag/list?output=json")
        if found := self.listed("subscription/list?output=json"):
            self.feeds = {one["id"]: one["title"] for one in found["subscriptions"]}
        began = float(int(self.phone.now.timestamp()))
        since = self.since_s or began - 90 * 86_400
        self.fetch(self.ids(f"ot={since}&xt={READ}&s={ALL}"))
        unread, starred = self.ids(f"s={ALL}&xt={READ}"), self.ids(f"s={STARRED}")
        self.fetch([*unread, *starred])
        self.unread, self.starred = set(unread) & set(self.items), set(starred) & set(self.items)
        self.since_s = began


class FluentReader(App):
    """Pages of 1,000 whole items without a stream's name, newest first, until one is known; no action token."""

    most_ids = 1_000
    per_edit = 100_000

    def edit_body(self, ids: Sequence[str], tags: str) -> str:
        return "&".join(f"i=tag:google.com,2005:reader/item/{int(one):016x}" for one in ids) + f"&{tags}"

    def sync(self) -> None:
        assert self.ask("GET", "user-info")["userId"]
        self.subscriptions()
        known, more = set(self.items), ""
        while True:
            page = self.ask("GET", f"stream/contents?output=json&n=1000{more}")
            self.keep(page["items"])
            ids = {str(int(item["id"].rpartition("/")[2], 16)) for item in page["items"]}
            if "continuation" not in page or ids & known or len(page["items"]) < 1_000:
                break
            more = f"&c={page['continuation']}"
        unread, starred = self.ids(f"s={ALL}&xt={READ}"), self.ids(f"s={STARRED}")
        self.unread, self.starred = set(unread) & set(self.items), set(starred) & set(self.items)


class RssGuard(App):
    """Lists of each feed, of up to 200,000 ids; 999 items and 200 marks a call; no action token."""

    base = "/api/greader.php/"
    per_contents, per_edit, most_ids = 999, 200, 200_000

    def edit_body(self, ids: Sequence[str], tags: str) -> str:
        return "&".join(f"i=tag:google.com,2005:reader/item/{int(one):016x}" for one in ids) + f"&{tags}"

    def sync(self) -> None:
        assert self.ask("GET", "user-info?output=json")["userEmail"]
        self.ask("GET", "tag/list?output=json")
        self.subscriptions()
        of_feeds = [quote(stream, safe="") for stream in self.feeds]
        self.fetch([one for stream in of_feeds for one in self.ids(f"s={stream}")])
        self.unread = {one for stream in of_feeds for one in self.ids(f"s={stream}&xt={READ}")} & set(self.items)
        self.starred = set(self.ids(f"s={STARRED}")) & set(self.items)


APPS = (CapyReader, ReadYou, NetNewsWire, FluentReader, RssGuard)
