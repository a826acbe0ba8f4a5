"""Cookies of one chain of redirects: a gate sets one, sends back, and wants to see it. With the chain they are gone.

They go to the very host that set them, whatever their Domain says: so no list of public suffixes is needed.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from edge_runtime.addresses import Target
from edge_runtime.feeds.answers import Answer, http_date

MAX_COOKIES = 50
MAX_HEADER_CHARS = 8192

_PAIR = re.compile(r"\s*+([^\x00-\x20;=\x7f-\U0010ffff]{1,256})\s*=\s*([\x20-\x3a\x3c-\x7e]{0,4096})(?:;|$)")
_SECONDS = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class _Cookie:
    host: str  # with the port, if it is not the scheme's own
    path: str
    name: str
    value: str
    is_secure: bool


class ChainCookies:
    """What was set since the chain began."""

    def __init__(self) -> None:
        self._cookies: dict[tuple[str, str, str], _Cookie] = {}

    def header(self, target: Target) -> dict[str, str]:
        """The Cookie header for a request, if there is something to send."""
        path = target.path.partition("?")[0]
        fitting = [
            cookie
            for cookie in self._cookies.values()
            if cookie.host == target.host_and_port
            and _is_below(path, cookie.path)
            and (target.scheme == "https" or not cookie.is_secure)
        ]
        fitting.sort(key=lambda cookie: -len(cookie.path))  # RFC 6265: the longest path first, then the oldest
        header = ""
        for cookie in fitting:
            longer = f"{header}; {cookie.name}={cookie.value}".removeprefix("; ")
            header = longer if len(longer) <= MAX_HEADER_CHARS else header
        return {"Cookie": header} if header else {}

    def keep(self, target: Target, answer: Answer, now: datetime) -> None:
        """Take over what an answer sets, and forget what it ends.

        Args:
            now: Judges an expiry date if the server does not tell its own time.
        """
        asked_at = http_date(answer.headers.get("date", "")) or now
        for text in answer.set_cookies:
            pair = _PAIR.match(text)
            if pair is None:
                continue
            attributes = _attributes(text[pair.end() :])
            domain = attributes.get("domain", "").lower().lstrip(".")
            is_secure = "secure" in attributes
            if domain and not f".{target.host}".endswith(f".{domain}"):
                continue  # for another's host
            if is_secure and target.scheme != "https":
                continue  # as browsers have it: anyone on the line could have set it
            path = attributes.get("path", "")
            if not path.startswith("/"):
                path = target.path.partition("?")[0].rpartition("/")[0] or "/"
            key = (target.host_and_port, path, pair[1])
            if _is_ended(attributes, asked_at):
                self._cookies.pop(key, None)
            elif key in self._cookies or len(self._cookies) < MAX_COOKIES:
                self._cookies[key] = _Cookie(target.host_and_port, path, pair[1], pair[2].strip(), is_secure)

    def state(self) -> frozenset[object]:
        """What tells this moment of the chain from others."""
        return frozenset(self._cookies.values())


def _attributes(text: str) -> dict[str, str]:
    """Names in lower case; of one that comes twice the last counts."""
    pairs = (part.partition("=") for part in text[:4096].split(";"))
    return {name.strip().lower(): value.strip() for name, _, value in pairs}


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder if folder.endswith("/") else f"{folder}/")


def _is_ended(attributes: dict[str, str], asked_at: datetime) -> bool:
    if _SECONDS.fullmatch(attributes.get("max-age", "")):
        return int(attributes["max-age"]) <= 0
    with suppress(KeyError):
        expires = http_date(attributes["expires"])
        return expires is not None and expires <= asked_at
    return False
