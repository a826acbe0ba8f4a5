"""A double of Miniflux: its interface v1 as far as it is asked, in the form of its own answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

KEY = "an API key"
Reply = tuple[int, object]


@dataclass
class MinifluxDouble:
    """Two feeds and the entries that a test puts there."""

    now: Callable[[], datetime]
    is_old: bool = False  # without lists of ids and without a star as a state
    entries: dict[int, dict[str, object]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    before: Callable[[str, str], Reply | None] = lambda method, target: None  # answers in its place

    def __post_init__(self) -> None:
        double = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                double.asked.append(f"{self.command} {self.path}")
                status, found = double.before(self.command, self.path) or double.answer(
                    self.command, self.path, body, self.headers.get("X-Auth-Token", "")
                )
                data = found if isinstance(found, bytes) else b"" if status == 204 else json.dumps(found).encode()
                self.send_response_only(status)
                self.send_header("Date", format_datetime(double.now(), usegmt=True))
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                if status == 429:
                    self.send_header("Retry-After", "7200")
                self.end_headers()
                self.wfile.write(data)

            do_PUT = do_GET

            def log_message(self, *words: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def add(self, number: int, *, status: str = "unread", starred: bool = False) -> None:
        at = (self.now() - timedelta(hours=1)).isoformat()
        self.entries[number] = {
            "id": number, "user_id": 1, "feed_id": 42 + number % 2, "status": status, "hash": f"{number:064x}",
            "title": f"Title & number {number}", "url": f"https://{'ab'[number % 2]}.example/{number}",
            "comments_url": "", "published_at": at, "created_at": at, "changed_at": at,
            "content": f"<p>Text of {number}</p><script>alert({number})</script>", "author": "", "share_code": "",
            "starred": starred, "reading_time": 1, "enclosures": None, "tags": [], "feed": feed(42 + number % 2),
        }  # fmt: skip

    def mark(self, number: int, at: datetime, **fields: object) -> None:
        self.entries[number] |= {**fields, "changed_at": at.isoformat()}

    def are(self, **fields: object) -> set[int]:
        return {n for n, one in self.entries.items() if all(one[name] == value for name, value in fields.items())}

    def answer(self, method: str, target: str, body: bytes, key: str) -> Reply:
        if key != KEY:
            return 401, {"error_message": "access unauthorized"}
        path, query = urlsplit(target).path, {k: v[0] for k, v in parse_qs(urlsplit(target).query).items()}
        last = path.rpartition("/")[2]
        match method, path:
            case "GET", "/v1/me":
                return 200, {"id": 1, "username": "me", "is_admin": False}
            case "GET", "/v1/feeds":
                return 200, [feed(42), feed(43)]
            case "GET", "/v1/entries":
                found = self.found(query)
                return 200, {"total": len(found), "entries": found[: int(query.get("limit", 100))]}
            case "GET", "/v1/entries/ids" if not self.is_old:
                ids = sorted((one["id"] for one in self.found(query)), reverse=True)  # type: ignore[type-var]
                start = int(query.get("offset", 0))
                return 200, {"total": len(ids), "entry_ids": ids[start : start + int(query["limit"])]}
            case "GET", _ if last.isdigit():
                return (200, self.entries[int(last)]) if int(last) in self.entries else (404, {"error_message": "?"})
            case "PUT", "/v1/entries":
                return self.put(json.loads(body))
            case "PUT", _ if last == "bookmark":
                number = int(path.split("/")[-2])
                self.mark(number, self.now(), starred=not self.entries[number]["starred"])
                return 204, None
        return 400 if last == "ids" else 404, {"error_message": "not found"}

    def put(self, given: dict[str, object]) -> Reply:
        fields = {name: given[name] for name in ("status", "starred") if name in given}
        if self.is_old and "status" not in fields:
            return 400, {"error_message": "invalid status"}
        for number in given["entry_ids"]:  # type: ignore[attr-defined]
            if number in self.entries:
                self.mark(number, self.now(), **fields)
        return 204, None

    def found(self, query: dict[str, str]) -> list[dict[str, object]]:
        def fits(one: dict[str, object]) -> bool:
            changed = datetime.fromisoformat(str(one["changed_at"])).timestamp()
            return (
                query.get("status", one["status"]) == one["status"]
                and query.get("starred", str(one["starred"]).lower()) == str(one["starred"]).lower()
                and int(query.get("after_entry_id", 0)) < int(str(one["id"])) < int(query.get("before_entry_id", 1e18))
                and changed > int(query.get("changed_after", 0))
            )

        numbers = sorted(self.entries, reverse=query.get("direction") == "desc")
        return [self.entries[number] for number in numbers if fits(self.entries[number])]


def feed(number: int) -> dict[str, object]:
    name = "ab"[number % 2]
    return {
        "id": number, "user_id": 1, "feed_url": f"https://{name}.example/feed", "site_url": f"https://{name}.example/",
        "title": f"Feed {name.upper()}", "checked_at": "2026-11-24T11:00:00Z", "parsing_error_count": 0,
        "disabled": False, "category": {"id": 22, "user_id": 1, "title": "News", "hide_globally": False},
    }  # fmt: skip
