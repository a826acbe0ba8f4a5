"""A server of our own in a thread, with a reader behind it, and another reader who has an account there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from edge_runtime import Article, Reader, Signal, SyncOptions
from edge_runtime.screens.reading import Reading
from edge_runtime.web import password
from edge_runtime.web.access import Access
from edge_runtime.web.desk import Desk, open_desk
from edge_runtime.web.exchange import Answer
from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.greader.routes import greader_routes
from edge_runtime.web.http_server import HttpServer, listening
from edge_runtime.web.login import Pauses
from edge_runtime.web.site import Received, Rules, Site

FEEDS = [("https://a.example/feed", "Alpha", "", "News"), ("https://b.example/rss", "Beta", "", "News/Tech")]
WORDS = ["rain", "bread", "owls", "chess", "tides", "glass", "ferns", "snow", "drums", "maps", "kites", "salt"]


@dataclass
class There:
    """What is on the server; its reader is asked by `do`, as the server owns it."""

    desk: Desk
    url: str
    secret: str
    asked: list[Received] = field(default_factory=list)
    before: Callable[[Received], Answer | None] = lambda got: None  # answers in its place

    def do(self, what: Callable[[Reader], object]) -> object:
        return self.desk.run(lambda: what(self.desk.reading.reader))

    def read(self) -> set[str]:
        return set(self.do(lambda reader: reader._profile.store.read_ids()))  # type: ignore[call-overload]

    def saved(self) -> set[str]:
        return set(self.do(lambda reader: reader.saved_ids()))  # type: ignore[call-overload]

    def calls(self) -> list[str]:
        return [f"{got.method} {got.target.partition('?')[0].rpartition('/api/0/')[2]}" for got in self.asked]


@pytest.fixture
def clock(now: datetime) -> list[datetime]:
    """What time it is for both, first of all; a test moves it."""
    return [now]


@pytest.fixture
def there(tmp_path: Path, clock: list[datetime], one_model: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[There]:
    monkeypatch.setitem(password._COST, "n", 2)
    monkeypatch.setattr(
        BaseHTTPRequestHandler, "date_time_string", lambda handler: format_datetime(clock[0], usegmt=True)
    )
    now, data = clock[0], tmp_path / "there"
    with Reader.open(data) as reader:
        reader.feeds.subscribe_all(FEEDS, now)
        reader.add([story(n, now) for n in range(10)], now - timedelta(minutes=30))
    apps = AppPasswords(data)
    made = apps.make("me", now)
    desk = open_desk(lambda: Reading(opened=Reader.open(data)), lambda: clock[0])
    site = Site(desk, Access(data), greader_routes(apps, Pauses(sleep=lambda _: None)), Rules())
    found = There(desk, "", made)

    def answer(got: Received) -> Answer:
        found.asked.append(got)
        return found.before(got) or site.answer(got)

    server = HttpServer(answer, [listening("127.0.0.1", 0)])
    found.url = f"http://127.0.0.1:{server.ports[0]}"
    thread = threading.Thread(target=server.run)
    thread.start()
    yield found
    server.close()
    thread.join()
    desk.close()


def story(n: int, now: datetime) -> Article:
    feed = "b" if n >= 5 else "a"
    title = f"About {WORDS[n]} & <more>"
    url = f"https://{feed}.example/{n}"
    published = now - timedelta(hours=n + 1)
    source = {"a": "Alpha", "b": "Beta"}[feed]
    return Article(f"{feed}{n}", title, "A text with <b> in it.", source=source, url=url, published=published)


@pytest.fixture
def here(reader: Reader, there: There, now: datetime) -> Reader:
    reader.accounts.add(f"greader+{there.url}", there.secret, now, "me")
    return reader


@pytest.fixture
def sync(here: Reader, clock: list[datetime]) -> Callable[[], str]:
    """A sync, a quarter of an hour after the last; what the account says then."""

    def sync() -> str:
        here.sync(clock[0], SyncOptions())
        clock[0] += timedelta(minutes=16)
        return here.accounts.all()[0].last_error

    return sync


def by_url(reader: Reader) -> dict[str, str]:
    """Id of each article, by the end of its address."""
    return {article.url.rpartition("/")[2]: article.article_id for article in reader.latest()}


__all__ = ["Signal", "There", "by_url", "story"]
