"""From what came over a connection to what goes back: who is asked, who asks, which page; refusals are pages too."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from urllib.parse import parse_qs, unquote

from edge_runtime import EdgeError, Wording
from edge_runtime.web import login
from edge_runtime.web.access import Access
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import UNKNOWN, Answer, Request, see_other
from edge_runtime.web.hosts import Hosts, is_at_home
from edge_runtime.web.html import tag
from edge_runtime.web.layout import bare
from edge_runtime.web.look import wording_of
from edge_runtime.web.router import NoSuchRoute, Route, Router

MOST_FIELDS = 30_000  # of a form: an app that marks 10,000 articles sends as many
_FRAMES = ("iframe", "frame", "embed", "object", "fencedframe")


@dataclass(frozen=True, slots=True)
class Received:
    """A request as it came: nothing of it is believed yet."""

    method: str
    target: str
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case; of several the first
    body: bytes = b""
    peer: str = "127.0.0.1"  # who asks
    local: str = "127.0.0.1"  # the address that was asked


@dataclass(frozen=True, slots=True)
class Rules:
    """Who may ask."""

    hosts: Hosts = field(default_factory=Hosts)
    needs_login: bool = False
    is_public: bool = False  # or for networks of one's own alone


class Site:
    """All pages, and who may see them. Any thread may ask."""

    def __init__(
        self,
        desk: Desk,
        access: Access,
        routes: Sequence[Route],
        rules: Rules,
        pauses: login.Pauses | None = None,
    ) -> None:
        """Open for whoever the rules let in."""
        self._desk, self._access, self._router, self._rules = desk, access, Router(routes), rules
        self._pauses = pauses or login.Pauses()

    def answer(self, got: Received) -> Answer:
        """The page that is asked for, or why there is none."""
        path, _, query = got.target.partition("?")
        request = Request(
            "GET" if got.method == "HEAD" else got.method,
            unquote(path),
            _fields(query),
            _form(got),
            got.headers,
            got.headers.get("host", ""),
            body=got.body,
            peer=self._rules.hosts.asker(got.peer, got.headers.get("x-forwarded-for", "")),
        )
        tr = wording_of(request)
        refusal = self._refusal(got, request, path, tr)
        if refusal is not None:
            return refusal
        try:
            return self._page(got, request, path, tr)
        except NoSuchRoute as error:
            return self._no_page(request, tr, error)
        except UNKNOWN as error:
            return self.told(HTTPStatus.NOT_FOUND, request, tr, tr.sentence(error.fact))
        except Exception as error:
            is_known = isinstance(error, EdgeError)
            status = HTTPStatus.SERVICE_UNAVAILABLE if is_known else HTTPStatus.INTERNAL_SERVER_ERROR
            if isinstance(error, EdgeError) and not self._rules.needs_login:
                return self.told(status, request, tr, tr.sentence(error.fact))
            # Not what it says: a journal keeps it, and it may be of what was read; and of where, to a stranger.
            print("".join(traceback.format_tb(error.__traceback__)) + type(error).__name__, file=sys.stderr)
            return self.told(status, request, tr, tr("Something went wrong here. Nothing was lost; try it again."))

    def told(self, status: HTTPStatus, request: Request, tr: Wording, text: str) -> Answer:
        """A page that says why there is none."""
        home = tag("p", tag("a", tr("For you"), href="/"))
        content = tag("main", tag("h1", str(status.value)), tag("p", text), home)
        return Answer(bare(request, tr, text, content), status=status)

    def _refusal(self, got: Received, request: Request, path: str, tr: Wording) -> Answer | None:
        """Why nothing is looked at: who is asked, who asks, and from which page."""
        is_home = is_at_home(got.peer) and is_at_home(got.local)
        if not self._rules.is_public and not is_home:
            return self._plain(HTTPStatus.FORBIDDEN, tr("This page is for the home network."))
        if not self._rules.hosts.is_ours(request.host, got.local):
            text = tr("This device does not go by that name. If the name is yours, start the pages with it.")
            return self._plain(HTTPStatus.MISDIRECTED_REQUEST, text)
        if not got.target.startswith("/"):
            return self._plain(HTTPStatus.BAD_REQUEST, tr("That is no address of a page."))
        if request.method not in ("GET", "POST"):
            return self._no_page(request, tr, NoSuchRoute(frozenset({"GET", "POST"})))
        origin = got.headers.get("origin")
        if origin is None or request.method == "GET" or self._rules.hosts.is_from_here(origin, request.host):
            return None
        return None if self._is_app(origin, path) else self._foreign(tr)

    def _is_app(self, origin: str, path: str) -> bool:
        """Whether an app's window asks what is for apps: that opens to a secret, which no page of others can send."""
        found = self._router.find("POST", path)
        return isinstance(found, tuple) and found[0].is_for_apps and Hosts.is_of_no_page(origin)

    def _page(self, got: Received, request: Request, path: str, tr: Wording) -> Answer:
        needs, token = self._rules.needs_login, request.cookie(login.COOKIE)
        is_in = not needs or (bool(token) and self._access.is_logged_in(token, self._desk.now()))
        request = _with_login(request, is_logged_in=is_in)
        if request.path == login.LOGIN:
            return self._login(got, request, tr) if needs else see_other("/")
        found = self._router.find(request.method, path)
        if isinstance(found, frozenset) and request.path != login.LOGOUT:
            # Who is not logged in is not told which pages there are.
            if not is_in and request.method == "GET" and not found:
                return login.to_login(got.target)
            raise NoSuchRoute(found)
        route = None if isinstance(found, frozenset) else found[0]
        is_for_apps = route is not None and route.is_for_apps
        # An app is no browser: it has no cookies that a page of somebody else's could use.
        is_app = is_for_apps or "authorization" in got.headers
        if request.method == "POST" and not is_app and "origin" not in got.headers:
            return self._foreign(tr)
        if request.path == login.LOGOUT and request.method == "POST":
            self._access.log_out(token)
            return login.logged_out()
        if route is None:
            raise NoSuchRoute(frozenset({"POST"}))
        if route.needs_login and _is_loaded_elsewhere(got.headers):
            return self._foreign(tr)
        if is_for_apps:
            request = _with_login(request, is_logged_in=False)
        elif route.needs_login and not is_in:
            if request.method == "GET":
                return login.to_login(got.target)
            return self.told(HTTPStatus.UNAUTHORIZED, request, tr, tr("Log in first."))
        return self._router.answer(self._desk, request, path)

    def _login(self, got: Received, request: Request, tr: Wording) -> Answer:
        then = request.one("then", "/")
        if request.method == "GET":
            return self._login_page(request, tr, then, "")
        if "origin" not in got.headers:
            return self._foreign(tr)
        if not self._pauses.is_passed(request.peer):
            note = tr("Others are trying passwords right now. Try again in some seconds.")
            answer = self._login_page(request, tr, then, note)
            return _with_status(answer, HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "10"})
        mark, token = self._access.mark, ""
        is_right = self._access.is_right("".join(request.form.get("password", ())))
        self._pauses.note(request.peer, is_right=is_right)
        if is_right:
            is_private = self._desk.run(lambda: self._desk.reading.reader.private)
            token = self._access.log_in(self._desk.now(), keeps=not is_private, of=mark)
        if not token:
            note = tr("That is not the password.")
            return _with_status(self._login_page(request, tr, then, note), HTTPStatus.UNAUTHORIZED, {})
        return login.logged_in(token, then, is_https=got.headers["origin"].lower().startswith("https:"))

    def _login_page(self, request: Request, tr: Wording, then: str, note: str) -> Answer:
        return Answer(bare(request, tr, tr("Log in"), login.login_page(tr, then, note)))

    def _no_page(self, request: Request, tr: Wording, error: NoSuchRoute) -> Answer:
        is_wrong_way = error.status is HTTPStatus.METHOD_NOT_ALLOWED
        text = tr("This cannot be done with that address.") if is_wrong_way else tr("There is no such page.")
        answer = self.told(error.status, request, tr, text)
        allowed = {*error.allowed, *(("HEAD",) if "GET" in error.allowed else ())}
        return _with_status(answer, error.status, {"Allow": ", ".join(sorted(allowed))} if allowed else {})

    def _foreign(self, tr: Wording) -> Answer:
        return self._plain(HTTPStatus.FORBIDDEN, tr("That came from another page, so nothing was done."))

    def _plain(self, status: HTTPStatus, text: str) -> Answer:
        """Words without links: who is not asked for shows nothing of its pages."""
        return Answer(f"{text}\n".encode(), "text/plain; charset=utf-8", status)


def _is_loaded_elsewhere(headers: Mapping[str, str]) -> bool:
    """Whether another site's page loads a page of ours as a part of it, as a picture is: nobody looks at that.

    Browsers say so on this device and over https. Elsewhere they say nothing, but there the cookie does not come along.
    """
    if headers.get("sec-fetch-site", "none") in ("none", "same-origin"):
        return False
    # Of a link that our worker hands on, the browser says "empty".
    return headers.get("sec-fetch-mode") != "navigate" or headers.get("sec-fetch-dest") in _FRAMES


def _form(got: Received) -> Mapping[str, Sequence[str]]:
    kind = got.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_form = kind in ("application/x-www-form-urlencoded", "")
    return _fields(got.body.decode("utf-8", "replace")) if got.body and is_form else {}


def _fields(text: str) -> Mapping[str, Sequence[str]]:
    if not text:
        return {}
    try:
        return parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}


def _with_login(request: Request, *, is_logged_in: bool) -> Request:
    return replace(request, is_logged_in=is_logged_in)


def _with_status(answer: Answer, status: HTTPStatus, headers: Mapping[str, str]) -> Answer:
    return replace(answer, status=status, headers={**answer.headers, **headers})
