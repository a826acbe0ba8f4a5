"""Made-up publishers on this machine: a real HTTP server whose feeds depend on the simulated time alone.

Every feed has a few new items a day. Some items are an agency's, which several feeds carry, under one address with
tracking parameters or reworded under their own. Some feeds are as feeds are: GUIDs that change with each answer, no
dates, an end that is missing, an error on some days, a publisher that gives up.
"""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import Random
from types import TracebackType
from zlib import crc32

from edge_runtime import Article

ITEMS_A_DAY = 3
ITEMS_SHOWN = 20
AGENCY_SHARE = 0.25  # of the items
AGENCY_STORIES = 12  # a day
GONE_FROM_DAY = 3

SECTIONS = {  # who does something, and with what
    "politics": (
        "council mayor minister voters senate ambassador committee",
        "budget treaty tax veto border pension ballot",
    ),
    "sports": (
        "striker coach goalkeeper sprinter cyclist rowers champions",
        "final medal derby penalty marathon trophy relay",
    ),
    "food": ("baker chef farmers brewer cook grocer beekeeper", "bread recipe tomato cheese harvest soup honey"),
    "science": (
        "astronomer chemist researchers telescope geologist robot lab",
        "planet fossil vaccine comet genome glacier atom",
    ),
    "business": (
        "bank factory startup airline investors retailer union",
        "merger loan shares layoffs rent tariff invoice",
    ),
    "health": (
        "hospital doctors nurses surgeon midwife patients pharmacy",
        "ward fever allergy clinic pollen insulin therapy",
    ),
}
_DOES = (
    "abandons approves awaits blames buys celebrates defends delays doubles examines explains finds fears hides "
    "improves inherits loses measures mourns opens photographs praises questions refuses repairs saves sells shows"
)
_WHEN = (
    "after strike|before winter|at dawn|by surprise|in secret|amid protests|on television|without warning|for charity"
)
_SYLLABLES = "bar den fel gor hul kin lar mor nes pol quin ros sel tam ulm ver wick yar zand tor mill stead ham ford"
_STORY = re.compile(r"/(\d+-\w+)")


class Publishers:
    """Feeds by number; set `now` before each sync, and `asked` tells when each was asked."""

    def __init__(self, count: int, start: datetime) -> None:
        """Begin to answer.

        Args:
            count: How many feeds.
            start: Midnight of the first day.
        """
        self.now = self.start = start
        self.asked: defaultdict[int, list[datetime]] = defaultdict(list)
        self._count = count
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer._answer(self, int(self.path.removeprefix("/feed/")))

            def log_message(self, format: str, *args: object) -> None:
                """Thousands of requests are no news."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def __enter__(self) -> Publishers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def urls(self) -> list[str]:
        """The feeds' addresses."""
        return [f"http://127.0.0.1:{self._server.server_port}/feed/{feed}" for feed in range(self._count)]

    def _answer(self, request: BaseHTTPRequestHandler, feed: int) -> None:
        day = (self.now - self.start).days
        self.asked[feed].append(self.now)
        if feed % 20 == 8 and day >= GONE_FROM_DAY:
            request.send_error(410)
        elif feed % 20 == 18 and day % 5 == 2:
            request.send_response(503)
            request.send_header("Retry-After", "7200")
            request.end_headers()
        elif feed % 10 == 7 and day % 4 == 1:
            request.send_error(500)
        else:
            self._send(request, self.feed(feed))

    def _send(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        etag = f'"{crc32(body):08x}"'
        is_known = request.headers["If-None-Match"] == etag
        request.send_response(304 if is_known else 200)
        request.send_header("ETag", etag)
        request.send_header("Content-Type", "application/rss+xml")
        request.end_headers()
        if not is_known:
            request.wfile.write(body)

    def feed(self, feed: int) -> bytes:
        """A feed's document at this time, newest item first."""
        items: list[str] = []
        day = (self.now - self.start).days
        while len(items) < ITEMS_SHOWN and day >= 0:
            items += [self._xml(feed, *item) for item in self._items(feed, day) if item[3] <= self.now]
            day -= 1
        text = f"<rss version='2.0'><channel><title>Paper {feed}</title>{''.join(items[:ITEMS_SHOWN])}</channel></rss>"
        return text[:-60].encode() if feed % 10 == 6 else text.encode()  # cut off within the last item

    def _items(self, feed: int, day: int) -> list[tuple[str, str, str, datetime]]:
        """Title, text, address and time of a day's items, latest first."""
        rng = Random(f"{feed} {day}")
        agency = rng.sample(range(AGENCY_STORIES), ITEMS_A_DAY)
        found = []
        for number, story in enumerate(agency):
            at = self.start + timedelta(days=day, minutes=rng.randrange(24 * 60))
            if rng.random() >= AGENCY_SHARE:
                name = f"{day}-p{feed}n{number}"
                found.append((*headline(name), f"https://paper{feed}.example/{name}", at))
                continue
            name = f"{day}-a{story}"
            title, text = headline(name)
            at = self.start + timedelta(days=day, minutes=story * 60 + feed % 60)
            if feed % 2:
                found.append((title, text, f"https://agency.example/{name}?utm_source=paper{feed}", at))
            else:
                found.append((f"{title} today", text, f"https://paper{feed}.example/{name}", at))
        return sorted(found, key=lambda item: item[3], reverse=True)

    def _xml(self, feed: int, title: str, text: str, url: str, at: datetime) -> str:
        guid = f"{url}#{self.now.timestamp():.0f}" if feed % 10 == 3 else url
        date = "" if feed % 10 == 5 else f"<pubDate>{format_datetime(at)}</pubDate>"
        return (
            f"<item><title>{title}</title><link>{url.replace('&', '&amp;')}</link><guid>{guid}</guid>{date}"
            f"<description>{text}</description></item>"
        )


def headline(name: str) -> tuple[str, str]:
    """Title and text of the story of a name: someone of its section does something, in a made-up place."""
    rng = Random(name)
    actors, objects = rng.choice(list(SECTIONS.values()))
    place, person = ("".join(rng.choices(_SYLLABLES.split(), k=3)).title() for _ in range(2))
    actor, act, thing = (rng.choice(words.split()) for words in (actors, _DOES, objects))
    title = f"{place} {actor} {act} {person} {thing} {rng.choice(_WHEN.split('|'))}"
    return title, f"It was {person} who told {place}: the {actor} {act} the {thing}. " * 4


def story_of(article: Article) -> str:
    """The story that an article is about, whatever address and title it has."""
    found = _STORY.search(article.url)
    return found[1] if found else article.article_id


def old_articles(count: int, start: datetime) -> list[Article]:
    """What a cache holds before the first day, some minutes apart, the oldest first."""
    begin = start - timedelta(minutes=10 * count)
    return [
        Article(
            f"old{number}",
            *headline(f"old {number}"),
            source=f"Paper {number % 100}",
            url=f"https://paper.example/0-o{number}",
            published=begin + timedelta(minutes=10 * number),
        )
        for number in range(count)
    ]


def section_of(article: Article) -> str:
    """The section that an article is from, "" if it is none of ours."""
    words = set(article.title.split())
    return next((name for name, (actors, _) in SECTIONS.items() if words & set(actors.split())), "")
