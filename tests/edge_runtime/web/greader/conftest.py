from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from edge_runtime import Article, Reader
from edge_runtime.screens.reading import Reading
from edge_runtime.web import password
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request
from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.greader.routes import greader_routes
from edge_runtime.web.login import Pauses
from edge_runtime.web.router import Router

API = "/reader/api/0/"
Pairs = Sequence[tuple[str, str]]


@dataclass
class Phone:
    """An app that asks without sockets, in the bytes that it would send."""

    reader: Reader
    apps: AppPasswords
    now: datetime
    password: str
    headers: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Desk(Reading(opened=self.reader), lambda: self.now)
        self.router = Router(greader_routes(self.apps, Pauses(sleep=lambda _: None)))

    def send(self, method: str, target: str, body: str = "", **headers: str) -> Answer:
        path, _, query = target.partition("?")
        given = {**self.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
        request = Request(
            method,
            unquote(path),
            parse_qs(query, keep_blank_values=True),
            parse_qs(body, keep_blank_values=True),
            given,
            "pi.local:8765",
            body=body.encode(),
            peer="192.168.1.7",
        )
        return self.router.answer(self.desk, request, path)

    def get(self, call: str) -> Any:
        answer = self.send("GET", API + call)
        assert answer.status is HTTPStatus.OK, answer.body
        return json.loads(answer.body)

    def post(self, call: str, body: str) -> Any:
        answer = self.send("POST", API + call, body)
        assert answer.status is HTTPStatus.OK, answer.body
        return json.loads(answer.body) if answer.content_type.startswith("application/json") else answer.body.decode()

    def log_in(self, base: str = "") -> None:
        answer = self.send("POST", f"{base}/accounts/ClientLogin", f"Email=phone&Passwd={self.password}")
        lines = dict(line.split("=") for line in answer.body.decode().split("\n") if line)
        assert set(lines) == {"SID", "LSID", "Auth"} and all(lines.values())
        self.headers = {"authorization": f"GoogleLogin auth={lines['Auth']}"}

    def ids(self, query: str) -> list[str]:
        return [one["id"] for one in self.get(f"stream/items/ids?output=json&n=10000&{query}")["itemRefs"]]

    def unread(self, stream: str = "user/-/state/com.google/reading-list") -> list[str]:
        return self.ids(f"s={stream}&xt=user/-/state/com.google/read")

    def items(self, ids: Sequence[str]) -> list[dict[str, Any]]:
        body = "&".join(f"i={one}" for one in ids)
        found: list[dict[str, Any]] = self.post("stream/items/contents?output=json", body)["items"] if ids else []
        return found

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture(autouse=True)
def quick_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(password._COST, "n", 2)


@pytest.fixture
def apps(tmp_path) -> AppPasswords:
    return AppPasswords(tmp_path / "data")


@pytest.fixture
def phone(reader: Reader, apps: AppPasswords, now: datetime) -> Phone:
    """Two feeds in a folder each, with five articles each, of which none is read."""
    feeds = [("https://a.example/feed", "Alpha", "", "News"), ("https://b.example/rss", "Beta", "", "News/Tech")]
    reader.feeds.subscribe_all(feeds, now)
    words = ["rain", "bread", "owls", "chess", "tides", "glass", "ferns", "snow", "drums", "maps"]
    reader.add(
        [
            Article(
                f"{source[0].lower()}{n}",
                f"About {words[n + 5 * (source == 'Beta')]} & <more>",
                "A text with <b> and & in it.",
                source=source,
                url=f"https://{source[0].lower()}.example/{n}",
                published=now - timedelta(hours=n + 1),
            )
            for source in ("Alpha", "Beta")
            for n in range(5)
        ],
        now - timedelta(minutes=30),
    )
    made = Phone(reader, apps, now, apps.make("phone", now))
    made.log_in()
    return made
