"""Logging in: a page with one field, a cookie, and a pause after wrong passwords that grows. Nobody is locked out."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_address
from urllib.parse import quote

from edge_runtime import Wording
from edge_runtime.web.access import LASTS
from edge_runtime.web.exchange import Answer, see_other
from edge_runtime.web.html import Html, tag

COOKIE = "edge_news_session"
LOGIN, LOGOUT = "/login", "/logout"
_FREE = 3  # wrong passwords without a pause
_FIRST_S, _LONGEST_S = 0.25, 5.0
_FORGOTTEN_S = 600.0  # after so long without a wrong one
_MOST_WAITING = 3  # of the threads; more are asked to come again
_MOST_KNOWN = 1_000


class Pauses:
    """How long a password of an address waits before it is looked at."""

    def __init__(
        self, sleep: Callable[[float], object] = time.sleep, now: Callable[[], float] = time.monotonic
    ) -> None:
        """Know of no wrong password."""
        self._sleep, self._now = sleep, now
        self._wrong: dict[str, tuple[int, float]] = {}  # by address: how many, and when the last
        self._lock, self._places = threading.Lock(), threading.BoundedSemaphore(_MOST_WAITING)

    def pause_s(self, peer: str) -> float:
        """How long it is now, in seconds."""
        with self._lock:
            number, at = self._wrong.get(_who(peer), (0, 0.0))
        if number < _FREE or self._now() - at > _FORGOTTEN_S:
            return 0.0
        return min(_FIRST_S * 2.0 ** min(number - _FREE, 10), _LONGEST_S)

    def is_passed(self, peer: str) -> bool:
        """Wait as long as it takes; False at once where too many wait already."""
        pause_s = self.pause_s(peer)
        if not pause_s:
            return True
        if not self._places.acquire(blocking=False):
            return False
        try:
            self._sleep(pause_s)
        finally:
            self._places.release()
        return True

    def note(self, peer: str, *, is_right: bool) -> None:
        """Remember how it ended."""
        with self._lock:
            number, at = self._wrong.pop(_who(peer), (0, 0.0))
            if not is_right:
                is_old = self._now() - at > _FORGOTTEN_S
                self._wrong[_who(peer)] = (1 if is_old else number + 1, self._now())
                while len(self._wrong) > _MOST_KNOWN:
                    del self._wrong[next(iter(self._wrong))]


def login_page(tr: Wording, then: str, note: str = "") -> Html:
    """What stands on the page of logging in."""
    return tag(
        "main",
        tag("h1", tr("Log in")),
        tag("p", note, role="alert") if note else None,
        tag(
            "form",
            tag("input", type="hidden", name="then", value=own_path(then)),
            tag("label", tr("Password"), for_="password"),
            " ",
            tag(
                "input",
                id="password",
                name="password",
                type="password",
                required=True,
                autofocus=True,
                autocomplete="current-password",
                autocapitalize="none",
                spellcheck="false",
            ),
            " ",
            tag("button", tr("Log in")),
            method="post",
            action=LOGIN,
        ),
        tag("p", tr("If it is lost, another one can be made on the device that serves this page.")),
    )


def to_login(path: str) -> Answer:
    """First log in, then go on there."""
    return see_other(f"{LOGIN}?then={quote(own_path(path), safe='')}")


def logged_in(token: str, then: str, *, is_https: bool) -> Answer:
    """Go on, and be known from now on."""
    lasts = int(LASTS.total_seconds())
    return _with_cookie(see_other(own_path(then)), f"{COOKIE}={token}; Max-Age={lasts}", is_https=is_https)


def logged_out() -> Answer:
    """Be known no longer; what the browser kept to be read without a connection goes too."""
    answer = _with_cookie(see_other(LOGIN), f"{COOKIE}=; Max-Age=0", is_https=False)
    return replace(answer, headers={**answer.headers, "Clear-Site-Data": '"storage"'})


def own_path(text: str) -> str:
    """A path of ours, so that nobody is led elsewhere; "/" for anything else."""
    is_own = text.startswith("/") and text[1:2] not in ("/", "\\") and text.isprintable() and not text.startswith(LOGIN)
    return text if is_own else "/"


def _with_cookie(answer: Answer, cookie: str, *, is_https: bool) -> Answer:
    flags = "; Path=/; HttpOnly; SameSite=Strict" + ("; Secure" if is_https else "")
    return Answer(answer.body, answer.content_type, answer.status, answer.headers, cookies=(cookie + flags,))


def _who(peer: str) -> str:
    """An address, or of the long ones the network: one device has as many of those as it likes."""
    try:
        address = ip_address(peer.partition("%")[0])
    except ValueError:
        return peer
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address) if mapped or address.version == 4 else address.exploded[:19]
