"""Which function makes which page: a table of method, path and handler."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import unquote

from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import Answer, Request
from edge_runtime.web.login import COOKIE

Handler = Callable[[Desk, Request], Answer]
_HEADERS = ("accept-language", "sec-fetch-mode")


@dataclass(frozen=True, slots=True)
class Route:
    """A path and what makes its page.

    Attributes:
        method: GET, which is HEAD too, or POST.
        pattern: As "/a/{article_id}": a name in braces stands for one part of the path, "{name*}" for all that is left.
        handler: Runs alone on the desk's thread.
        needs_login: Whether it is for the reader alone; what is not has to show nothing of the reader.
        is_slow: It takes its time, as what asks other servers or looks at a password, so it runs beside the desk, and
            calls `Desk.run` for what needs the reader.
        is_kept: What it shows follows from address, cookies, language and the reader's data alone, so it is made once
            until something changes.
        is_for_apps: It asks for a secret of its own and knows no cookies, so a POST may come without an Origin.
    """

    method: str
    pattern: str
    handler: Handler
    needs_login: bool = True
    is_for_apps: bool = False
    is_slow: bool = False
    is_kept: bool = False


class Router:
    """Finds the route of a request."""

    def __init__(self, routes: Sequence[Route]) -> None:
        """Read the table; of two routes that fit, the first is taken."""
        self._routes = [(re.compile(_expression(route.pattern)), route) for route in routes]

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]] | frozenset[str]:
        """A route and the parts of its path; or the methods that this path has, none if it is no path of ours.

        Args:
            method: GET or POST.
            path: As it was sent, still percent-encoded, without the query.
        """
        allowed = set()
        for expression, route in self._routes:
            if found := expression.fullmatch(path):
                if route.method == method:
                    return route, {name: unquote(part) for name, part in found.groupdict().items()}
                allowed.add(route.method)
        return frozenset(allowed)

    def answer(self, desk: Desk, request: Request, raw_path: str = "") -> Answer:
        """The page that a request asks for, whoever asks; in words if there is none."""
        found = self.find(request.method, raw_path or request.path)
        if isinstance(found, frozenset):
            raise NoSuchRoute(found)
        route, parts = found
        asked = replace(request, path_parts=parts)
        if route.is_slow:
            return route.handler(desk, asked)

        def make() -> Answer:
            # From the tenth page of a list, and for an app that fetches all, it may take long: who writes would wait.
            is_soon = route.method == "GET" and not route.is_for_apps and len(asked.one("page")) < 2
            with desk.reading.reader.one_look() if is_soon else nullcontext():
                if route.is_kept:
                    return desk.kept(_key(raw_path, asked), lambda: route.handler(desk, asked))
                return route.handler(desk, asked)

        return desk.run(make)


class NoSuchRoute(LookupError):
    """No page is there, or none for this method.

    Attributes:
        allowed: The methods that the path has; none if it is no path of ours.
    """

    def __init__(self, allowed: frozenset[str]) -> None:
        """Remember them."""
        super().__init__(", ".join(sorted(allowed)))
        self.allowed = allowed

    @property
    def status(self) -> HTTPStatus:
        """404 or 405."""
        return HTTPStatus.METHOD_NOT_ALLOWED if self.allowed else HTTPStatus.NOT_FOUND


def _key(raw_path: str, request: Request) -> Hashable:
    """What a page that is kept depends on, but the reader's data."""
    query = tuple((name, *values) for name, values in request.query.items())
    cookies = frozenset(one.strip() for one in request.headers.get("cookie", "").split(";"))
    said = (one for one in cookies if not one.startswith(f"{COOKIE}="))
    return raw_path, query, frozenset(said), *(request.headers.get(name, "") for name in _HEADERS)


def _expression(pattern: str) -> str:
    """A regular expression for a path that is still percent-encoded."""
    parts = re.split(r"\{(\w+)(\*?)\}", pattern)
    literals, names, stars = parts[::3], parts[1::3], parts[2::3]
    written = re.escape(literals[0])
    for name, star, literal in zip(names, stars, literals[1:], strict=True):
        written += f"(?P<{name}>{'.+' if star else '[^/]+'})" + re.escape(literal)
    return written
