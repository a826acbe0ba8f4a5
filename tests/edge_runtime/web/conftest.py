"""A browser that is none, for the pages; and a site of a few pages, asked as a function or over sockets."""

from __future__ import annotations

import re
import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from edge_runtime import Reader, Signal, demo_articles
from edge_runtime.screens.add_feed import Look
from edge_runtime.screens.reading import Reading
from edge_runtime.web.access import Access
from edge_runtime.web.desk import Desk, open_desk
from edge_runtime.web.exchange import Answer, Request, see_other, text_answer
from edge_runtime.web.feeds_out import feed_routes
from edge_runtime.web.hosts import Hosts
from edge_runtime.web.http_server import HttpServer, listening
from edge_runtime.web.login import Pauses
from edge_runtime.web.router import Route, Router
from edge_runtime.web.routes import page_routes
from edge_runtime.web.site import Received, Rules, Site

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


def titles(desk: Desk, request: Request) -> Answer:
    scored = desk.kept("titles", lambda: desk.reading.ranked(desk.now(), 30))
    return text_answer("\n".join(one.article.title for one in scored))


def like(desk: Desk, request: Request) -> Answer:
    desk.reading.record(request.one("article"), Signal.LIKE, desk.now())
    return see_other("/")


def tap(desk: Desk, request: Request) -> Answer:
    desk.reading.record(request.one("article"), Signal.OPEN, desk.now())
    return see_other("/")


def fail(desk: Desk, request: Request) -> Answer:
    raise ZeroDivisionError(f"of {desk.reading.reader.latest(1)[0].title}")


def article(desk: Desk, request: Request) -> Answer:
    return text_answer(desk.reading.reader.article(request.path_parts["article_id"]).title)


def said(desk: Desk, request: Request) -> Answer:
    return text_answer(f"{request.is_logged_in} {len(request.body)}")


ROUTES = (
    Route("GET", "/", titles),
    Route("POST", "/like", like),
    Route("POST", "/tap", tap),
    Route("GET", "/fail", fail),
    Route("GET", "/a/{article_id}", article),
    Route("GET", "/open", said, needs_login=False),
    Route("POST", "/said", said),
    Route("POST", "/api/said", said, needs_login=False, is_for_apps=True),
    Route("GET", "/api/said", said, needs_login=False, is_for_apps=True),
)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HERE = {"host": "localhost:8765"}
OURS = {**HERE, "origin": "http://localhost:8765"}


@pytest.fixture(scope="session")
def few_articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with sixty of the demo's articles."""
    data = tmp_path_factory.mktemp("few") / "data"
    with Reader.open(data) as reader:
        reader.add(demo_articles(NOW)[-60:], NOW)
    return data


@pytest.fixture
def data(tmp_path: Path, few_articles: Path, one_model: None) -> Path:
    """A copy of it."""
    return Path(shutil.copytree(few_articles, tmp_path / "data"))


@pytest.fixture
def access(data: Path) -> Access:
    return Access(data)


@pytest.fixture
def desk(data: Path, now: datetime) -> Iterator[Desk]:
    """With a few articles, used by this thread."""
    with Reader.open(data) as reader:
        yield Desk(Reading(opened=reader), lambda: now)


@pytest.fixture
def make_site(desk: Desk, access: Access) -> Callable[..., Site]:
    """A site with other rules; nobody really waits."""

    def make(**rules: object) -> Site:
        pauses = Pauses(sleep=lambda _: None)
        return Site(desk, access, [*feed_routes(access), *ROUTES], Rules(**rules), pauses=pauses)

    return make


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


@pytest.fixture
def locked(make_site: Callable[..., Site]) -> Site:
    """One that asks for a password."""
    return make_site(needs_login=True, hosts=Hosts.of(["pi.local"], ["news.example"]))


@pytest.fixture
def get(site: Site) -> Callable[..., Answer]:
    return lambda target, **headers: site.answer(Received("GET", target, {**HERE, **headers}))


@pytest.fixture
def served(data: Path, access: Access, now: datetime) -> Iterator[int]:
    """The port of the same site on this machine."""
    desk = open_desk(lambda: Reading(opened=Reader.open(data)), lambda: now)
    site = Site(desk, access, [*feed_routes(access), *ROUTES], Rules())
    server = HttpServer(site.answer, [listening("127.0.0.1", 0)])
    thread = threading.Thread(target=server.run)
    thread.start()
    yield server.ports[0]
    server.close()
    thread.join()
    desk.close()


@pytest.fixture
def connect(served: int) -> Iterator[Callable[[], socket.socket]]:
    """A connection to it, closed at the end."""
    made: list[socket.socket] = []

    def connect() -> socket.socket:
        made.append(socket.create_connection(("127.0.0.1", served), 15))
        return made[-1]

    yield connect
    for one in made:
        one.close()


@pytest.fixture
def visitor(desk: Desk, access: Access) -> Visitor:
    return Visitor(desk, Router([*feed_routes(access), *page_routes(access, look_at_nothing)]))
