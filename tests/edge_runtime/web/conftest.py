"""A browser that is none: requests go straight to the router, cookies are kept, redirects are followed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from edge_runtime import Reader, demo_articles
from edge_runtime.screens.add_feed import Look
from edge_runtime.screens.reading import Reading
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request
from edge_runtime.web.router import Router
from edge_runtime.web.routes import page_routes

HOST = "news.test"


@dataclass
class Visitor:
    """Somebody with a browser."""

    desk: Desk
    router: Router
    cookies: dict[str, str] = field(default_factory=lambda: {"js": "1"})
    at: str = "/"  # the page that a link or form is on
    answer: Answer = field(default_factory=Answer)

    @property
    def text(self) -> str:
        return self.answer.body.decode()

    def ask(self, method: str, address: str, form: dict[str, str] | None = None, **headers: str) -> Answer:
        parts = urlsplit(address)
        asked = Request(
            method,
            parts.path,
            parse_qs(parts.query, keep_blank_values=True),
            {name: [value] for name, value in (form or {}).items()},
            {
                "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
                "referer": f"http://{HOST}{self.at}",
                **{name.replace("_", "-"): value for name, value in headers.items()},
            },
            HOST,
        )
        self.answer = self.router.answer(self.desk, asked, parts.path)
        for cookie in self.answer.cookies:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return self.answer

    def get(self, address: str, **headers: str) -> str:
        """A page, after all redirects."""
        self.ask("GET", address, **headers)
        while self.answer.status == 303:
            address = self.answer.headers["Location"]
            self.ask("GET", address)
        self.at = address.partition("#")[0]
        return self.text

    def post(self, address: str, **form: str) -> str:
        """What stands on the page behind a form."""
        self.ask("POST", address, form)
        assert self.answer.status == 303, self.text
        return self.get(self.answer.headers["Location"])

    def undo(self) -> str:
        """Press the undo of this page."""
        (token,) = re.findall(r'name="note" value="([^"]+)"', self.text)
        return self.post("/undo", note=token)

    def links(self, what: str = r"/[^\"]*") -> list[str]:
        return [unescape(found) for found in re.findall(rf'href="({what})"', self.text)]

    def stories(self) -> list[str]:
        """Titles of a list."""
        return [unescape(one) for one in re.findall(r'<h2><a [^>]*dir="auto">([^<]*)</a></h2>', self.text)]

    def first(self) -> str:
        """The path of the first story of a list."""
        return self.links(r"/a/[^\"?]+\?o=1")[0].removesuffix("?o=1")


def look_at_nothing(typed: str, now: datetime, options: object, tr: object) -> Look:
    """What is at any address: a feed, unless "bad" is in it."""
    if "bad" in typed:
        return Look(trouble="There is no site of this name.")
    return Look("https://example.org/feed", "Example <b>", "example.org", ("One & two",), (("https://e.org/2", "Two"),))


@pytest.fixture
def desk(reader: Reader, now: datetime) -> Desk:
    """A reader with sixty stories."""
    reader.add(demo_articles(now)[-60:], now)
    return Desk(Reading(opened=reader), lambda: now)


@pytest.fixture
def visitor(desk: Desk) -> Visitor:
    return Visitor(desk, Router(page_routes(look_at_nothing)))
