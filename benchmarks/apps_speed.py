"""What reader apps cost: a first sync of 1,000 articles by the Google Reader API, lists and marks, without sockets.

python -m benchmarks.apps_speed                      # a cache of 20,000 articles, which takes some minutes to build
python -m benchmarks.apps_speed --articles 5000
python -m benchmarks.apps_speed --keep DIR           # builds it once, in a folder that stays; as for `reader_speed`

Half of the 1,000 articles bring a text of 1,200 characters of HTML with a link, the others their abstract. Times are
processor time, and medians; a deed is done and taken back.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import tempfile
from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.reader_speed import NOW, built
from benchmarks.timing import cpu_us
from edge_runtime import Reader
from edge_runtime.screens.reading import Reading
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Request
from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.greader.routes import greader_routes
from edge_runtime.web.router import Router

ROUNDS = 5
FIRST = 1_000  # articles of the first sync
BATCH = 100  # items a call, as Read You asks
TEXT = "<p>" + "A sentence of a text that a feed brought. " * 14 + '</p><p><a href="https://example.org/">More</a></p>'
READ, ALL = "user/-/state/com.google/read", "user/-/state/com.google/reading-list"


class App:
    """An app that asks without a network."""

    def __init__(self, reader: Reader, folder: Path) -> None:
        """Log in."""
        apps = AppPasswords(folder)
        self._desk = Desk(Reading(opened=reader), lambda: NOW + timedelta(hours=1))
        self._router = Router(greader_routes(apps))
        token = apps.log_in("app", apps.make("app", NOW), NOW, keeps=False)
        self._headers = {"authorization": f"GoogleLogin auth={token}"}

    def ask(self, method: str, call: str, **fields: object) -> bytes:
        """The body of an answer."""
        given = {name: list(map(str, one)) if isinstance(one, list) else [str(one)] for name, one in fields.items()}
        path = f"/reader/api/0/{call}"
        query, form = (given, {}) if method == "GET" else ({}, given)
        body = urlencode(form, doseq=True).encode()
        request = Request(method, path, query, form, self._headers, "localhost", body=body)
        answer = self._router.answer(self._desk, request, path)
        if answer.status != 200:
            raise SystemExit(f"{call}: {answer.status} {answer.body!r}")
        return answer.body

    def ids(self, number: int = 10_000) -> list[str]:
        """What is unread, newest first."""
        body = self.ask("GET", "stream/items/ids", s=ALL, xt=READ, n=number)
        return [one["id"] for one in json.loads(body)["itemRefs"]]

    def first_sync(self) -> int:
        """Subscriptions, lists, and the items; bytes of all answers."""
        size = len(self.ask("GET", "subscription/list")) + len(self.ask("GET", "tag/list"))
        ids = self.ids(FIRST)
        self.ask("GET", "stream/items/ids", s="user/-/state/com.google/starred", n=10_000)
        for begin in range(0, len(ids), BATCH):
            size += len(self.ask("POST", "stream/items/contents", i=ids[begin : begin + BATCH]))
        return size

    def mark(self, ids: list[str], tag: str) -> None:
        """Marks them, and takes it back."""
        self.ask("POST", "edit-tag", i=ids, a=tag)
        self.ask("POST", "edit-tag", i=ids, r=tag)


def measured(reader: Reader, folder: Path, rounds: int = ROUNDS) -> dict[str, float]:
    """CPU milliseconds of each."""
    newest = [article.article_id for article in reader.latest(FIRST)]
    reader._cache.put_contents(dict.fromkeys(newest[::2], TEXT))
    app = App(reader, folder)
    works: dict[str, Callable[[], object]] = {
        "first sync, with an edition of For you": app.first_sync,
        "first sync": app.first_sync,
        "unread ids": app.ids,
        "unread count": lambda: app.ask("GET", "unread-count"),
        "mark 1,000, and take it back": lambda: app.mark(ids[:1_000], READ),
        f"mark {len(ids := app.ids()):,}, and take it back": lambda: app.mark(ids, READ),
        "star 1,000, and take it back": lambda: app.mark(ids[:1_000], "user/-/state/com.google/starred"),
    }
    found = {}
    for name, work in works.items():
        times = 1 if "edition" in name else rounds
        found[name] = statistics.median(cpu_us(work) / 1000 for _ in range(times))
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000, help="in the cache")
    parser.add_argument("--keep", type=Path, help="a folder for caches that stays")
    options = parser.parse_args()
    with (
        nullcontext(options.keep) if options.keep else tempfile.TemporaryDirectory() as kept,
        tempfile.TemporaryDirectory() as copies,
    ):
        folder = Path(shutil.copytree(built(Path(kept), options.articles), Path(copies) / "data"))
        with Reader.open(folder, max_articles=max(options.articles, 20_000)) as reader:
            for name, cpu_ms in measured(reader, folder).items():
                print(f"{name:40} {cpu_ms:9.1f} ms CPU")


if __name__ == "__main__":
    main()
