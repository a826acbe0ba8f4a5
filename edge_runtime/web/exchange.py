"""What a browser asked and what it is answered, without sockets: every page is a function from one to the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from edge_runtime import UnknownArticleError, UnknownEntryError, UnknownFeedError, UnknownNameError, UnknownTopicError

# What was asked for is not there: 404, where another error of the runtime is 503.
UNKNOWN = (UnknownArticleError, UnknownEntryError, UnknownFeedError, UnknownNameError, UnknownTopicError)


@dataclass(frozen=True, slots=True)
class Request:
    """A request whose host is known to be ours, with everything decoded."""

    method: str  # GET or POST; HEAD comes as GET
    path: str  # decoded, begins with /
    query: Mapping[str, Sequence[str]] = field(default_factory=dict)
    form: Mapping[str, Sequence[str]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)  # names in lower case
    host: str = ""  # as the browser named it, with its port
    is_logged_in: bool = False
    path_parts: Mapping[str, str] = field(default_factory=dict)  # what stood for the {names} of the route, decoded
    body: bytes = b""  # as it was sent
    peer: str = ""  # address of who asks, if need be by a proxy of ours; to tell one from the other, never to let in

    def one(self, name: str, default: str = "") -> str:
        """A field of the form, else of the query; the first if it is there several times."""
        found = self.form.get(name) or self.query.get(name) or ()
        return found[0] if found else default

    def all(self, name: str) -> Sequence[str]:
        """All values of a field, of the query first."""
        return (*self.query.get(name, ()), *self.form.get(name, ()))

    def cookie(self, name: str, default: str = "") -> str:
        """A cookie as the browser sent it; the first if there are several of the name."""
        for pair in self.headers.get("cookie", "").split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                return value
        return default


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back; the server adds length, policy and compression."""

    body: bytes = b""
    content_type: str = "text/html; charset=utf-8"
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    is_private: bool = True  # not to be kept by the browser
    cookies: Sequence[str] = ()  # whole values of Set-Cookie


def text_answer(text: str, status: HTTPStatus = HTTPStatus.OK, content_type: str = "text/plain") -> Answer:
    """A text as it is."""
    return Answer(text.encode(), f"{content_type}; charset=utf-8", status)


def see_other(path: str) -> Answer:
    """Look there: what a form is answered with, so that a reload does nothing twice."""
    return Answer(status=HTTPStatus.SEE_OTHER, headers={"Location": path})
