"""Style, script and icons: read once, named by what is in them, so that a browser never asks twice."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path

from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request, text_answer

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
FOREVER = {"Cache-Control": "public, max-age=31536000, immutable"}
ASK_AGAIN = {"Cache-Control": "no-cache"}  # the worker and the manifest have one address for good
NAMES = ("app.css", "app.js", "icon.svg", "icon.png")
# What is for whoever reads the file: lines that are a comment, and space that says nothing.
_COMMENTS = re.compile(rb"^ *(?://.*\n|/\*.*\*/\n|\n)?", re.MULTILINE)
_SPACES = re.compile(rb"\s*([{};,])\s*|(?<=:)\s+|;(?=\s*})")
_LINE_ENDS = re.compile(rb"(?<=[{(,;])\n")  # of a script, where the next line can only go on
_OPERATORS = re.compile(rb"""("[^"\n]*"|`[^`\n]*`)| *(=>|[=!]?==?|&&|\|\||[?:,;(){}]) *""")  # but in texts


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    address: str
    answer: Answer


@cache
def static_files() -> dict[str, StaticFile]:
    """All files that have a hash in their address, by name."""
    return {name: _read(name) for name in NAMES}


def address(name: str) -> str:
    """Where a file is: "/static/app.1a2b3c4d.css"."""
    return static_files()[name].address


def static_file(desk: Desk, request: Request) -> Answer:
    """One of the files; an address with an old hash has the file of today, which a page of before asked for."""
    stem, _, rest = request.path_parts.get("name", "").partition(".")
    found = static_files().get(f"{stem}.{rest.rpartition('.')[2]}")
    if found is None:
        return text_answer("There is no such file.", HTTPStatus.NOT_FOUND)
    return found.answer


def worker(desk: Desk, request: Request) -> Answer:
    """The service worker, with the files that it keeps."""
    files = json.dumps([address(name) for name in ("app.css", "app.js", "icon.svg")])
    text = (FOLDER / "sw.js").read_text(encoding="utf-8").replace("[/* files */]", files)
    return Answer(text.encode(), TYPES[".js"], headers=ASK_AGAIN, is_private=False)


def manifest(desk: Desk, request: Request) -> Answer:
    """What a phone's home screen wants to know."""
    said = {
        "name": "Edge News",
        "short_name": "News",
        "start_url": "/",
        "display": "standalone",
        "background_color": "#fbfaf8",
        "theme_color": "#fbfaf8",
        "icons": [
            {"src": address("icon.svg"), "sizes": "any", "type": "image/svg+xml"},
            {"src": address("icon.png"), "sizes": "192x192", "type": "image/png"},
        ],
    }
    return Answer(json.dumps(said).encode(), "application/manifest+json", headers=ASK_AGAIN, is_private=False)


def _read(name: str) -> StaticFile:
    stem, _, ending = name.partition(".")
    content = (FOLDER / name).read_bytes()
    if ending in ("css", "js"):
        content = _COMMENTS.sub(b"", content)
    if ending == "css":
        content = _SPACES.sub(rb"\1", content)
    if ending == "js":
        content = _OPERATORS.sub(rb"\1\2", _LINE_ENDS.sub(b"", content))
    answer = Answer(content, TYPES[f".{ending}"], headers=FOREVER, is_private=False)
    return StaticFile(f"/static/{stem}.{sha256(content).hexdigest()[:10]}.{ending}", answer)
