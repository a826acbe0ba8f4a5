"""Fetching one feed: redirects followed hop by hop to checked addresses, with limits on time and bytes.

A request says nothing of the reader. Host, User-Agent, Accept, Accept-Encoding and Connection are the same for
everyone. If-None-Match and If-Modified-Since repeat what the server itself said. Authorization is sent only where the
feed's address has a user and a password. A cookie goes back only to the host that set it on the way to this answer, and
is forgotten afterwards. There is no Referer, and proxies named in the environment are not used.
"""

from __future__ import annotations

import base64
import http.client
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from urllib3.exceptions import HTTPError

from edge_runtime.addresses import Target, parse_target, redirect_target
from edge_runtime.errors import FetchError, UnreachedError
from edge_runtime.feeds.answers import (
    BODY_STATUSES,
    PERMANENT_STATUSES,
    REDIRECT_STATUSES,
    Answer,
    Fetched,
    FetchStatus,
    location,
    read_answer,
)
from edge_runtime.feeds.connecting import cause_of, connect, counted, cut_at, read_body
from edge_runtime.feeds.cookies import ChainCookies
from edge_runtime.feeds.encodings import decode_feed
from edge_runtime.feeds.hosts import Resolver, checked_addresses, resolve
from edge_runtime.feeds.web_page import MAX_CHARS, MAX_REFRESH_S, refresh_of_page
from edge_runtime.sentences import Sentence
from edge_runtime.version import __version__

_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml, "
    "application/xml;q=0.9, text/xml;q=0.9, application/json;q=0.8, */*;q=0.5"
)
_VALIDATOR = re.compile(r"[\x21-\x7e]([\x20-\x7e]{0,510}[\x21-\x7e])?")

Turn = Callable[[str], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class FetchOptions:
    """What one fetch may cost and where it may go."""

    allow_private: bool = False  # also hosts of this device and of its own network
    time_limit_s: float = 30.0  # all redirects together; the system's name look-up has limits of its own
    max_bytes: int = 8 << 20  # on the wire, and again when inflated
    max_redirects: int = 5
    ca_file: Path | None = None  # see `certificates.tls_context`
    accept: str = _ACCEPT


# `fetch`, or what asks more than once to answer like it.
Fetch = Callable[[str, str, str, FetchOptions, datetime, Resolver, Turn], Fetched]


def fetch(
    url: str,
    etag: str,
    last_modified: str,
    options: FetchOptions,
    now: datetime,
    resolver: Resolver = resolve,
    turn: Turn = lambda host: nullcontext(),
) -> Fetched:
    """Ask for a feed, if it has changed since the answer that came with `etag` and `last_modified`.

    Args:
        now: Judges a Retry-After date if the server does not tell its own time.
        turn: Held while a host is asked; waiting for it is not counted as time.

    Raises:
        UnreachedError: No server was reached at all.
        FetchError: An address that is not allowed, no answer within the limits, or one that is no feed.
    """
    deadline = time.monotonic() + options.time_limit_s
    target = parse_target(url)
    said = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    validators = {name: value for name, value in said.items() if _VALIDATOR.fullmatch(value)}
    moved_to, permanent, comes_by_page = "", True, False
    cookies = ChainCookies()
    seen: set[object] = set()
    for hop in range(options.max_redirects + 1):
        seen.add((target.address, cookies.state()))
        waiting_since = time.monotonic()
        with turn(target.host):
            deadline += time.monotonic() - waiting_since
            try:
                answer = _ask(target, validators | cookies.header(target), options, resolver, deadline, now)
            except UnreachedError as error:
                if hop:  # the server that redirects was reached
                    raise FetchError(error.fact, error.remedy) from error
                raise
        cookies.keep(target, answer, now)
        if answer.status not in REDIRECT_STATUSES:
            is_conditional = bool(validators)
            fetched = read_answer(target, answer, moved_to, options.max_bytes, now, is_conditional=is_conditional)
            if comes_by_page:  # the version may be the page's, and then the page would not be read the next time
                return replace(fetched, etag="", last_modified="")
            link = _leads_on(target, answer, fetched)
            if not link or hop == options.max_redirects:
                return fetched
            new = redirect_target(target, link)
            if (new.address, cookies.state()) in seen:
                return fetched
            moved_to, permanent, comes_by_page = "", False, True  # an address is not given up for that of a page
        else:
            new = redirect_target(target, location(target, answer))
            if (new.address, cookies.state()) in seen:
                raise FetchError(
                    Sentence(
                        "{address}: redirects in a circle, back to {other}; see in a browser where it ends, and "
                        "subscribe to that address",
                        address=parse_target(url).shown,
                        other=new.shown,
                    )
                )
            # An https address is never given up for http, where anyone on the line can answer.
            loses_tls = (target.scheme, new.scheme) == ("https", "http")
            permanent = permanent and answer.status in PERMANENT_STATUSES and not loses_tls
            moved_to = new.address if permanent else moved_to
        target = new
    raise FetchError(
        Sentence(
            "{address}: redirected more than {number} times, at last to {other}; subscribe to the address that a "
            "browser ends at",
            address=parse_target(url).shown,
            number=options.max_redirects,
            other=target.shown,
        )
    )


def _leads_on(target: Target, answer: Answer, fetched: Fetched) -> str:
    """Where a page that stands in a feed's place sends its readers by itself; "" if it does not."""
    header = answer.headers.get("refresh", "")
    if fetched.status is not FetchStatus.FRESH or not (header or b"refresh" in fetched.data[:MAX_CHARS].lower()):
        return ""
    text, _ = decode_feed(fetched.data[:MAX_CHARS], fetched.content_type)
    refresh = refresh_of_page(text, target.url, header)
    return refresh.url if refresh and refresh.delay_s <= MAX_REFRESH_S else ""


def _ask(
    target: Target,
    more_headers: dict[str, str],
    options: FetchOptions,
    resolver: Resolver,
    deadline: float,
    now: datetime,
) -> Answer:
    """One request to one host; redirects come back as they are, and only a body that will be read is.

    Every request for a feed, a page or a picture is made here, so here it is counted.
    """
    headers = {
        "Host": target.host_and_port,
        "User-Agent": f"edge-news/{__version__}",
        "Accept": options.accept,
        "Accept-Encoding": "gzip, deflate",
        "Connection": "close",
    } | more_headers
    if target.credentials:
        headers["Authorization"] = "Basic " + base64.b64encode(target.credentials.encode()).decode("ascii")
    late = Sentence(
        "{address}: no whole answer within {seconds} s; the server or the network is slow: try again later",
        address=target.shown,
        seconds=f"{options.time_limit_s:g}",
    )
    addresses = checked_addresses(target, resolver, allow_private=options.allow_private)
    try:
        with (
            closing(connect(target, addresses, deadline, options.ca_file)) as connection,
            cut_at(connection.sock, deadline) as chunk_bytes,
            counted(target, headers, now) as received,
        ):
            # A wrong Content-Length is common and is looked at where the body is at hand.
            connection.request(
                "GET",
                target.path,
                headers=headers,
                preload_content=False,
                decode_content=False,
                enforce_content_length=False,
            )
            response = connection.getresponse()
            received.append(response)
            body, is_cut = b"", False
            if response.status in BODY_STATUSES:
                body, is_cut = read_body(response, options.max_bytes, chunk_bytes, deadline)
    except (HTTPError, http.client.HTTPException, OSError) as error:
        if time.monotonic() >= deadline:
            raise FetchError(late) from error
        raise FetchError(Sentence("{address}: {why}", address=target.shown, why=cause_of(error))) from error
    if time.monotonic() >= deadline:  # a connection that was cut looks like the end of the body
        raise FetchError(late)
    headers_of_answer = {name.lower(): value for name, value in response.headers.items()}
    set_cookies = tuple(response.headers.getlist("set-cookie"))
    return Answer(response.status, headers_of_answer, body, is_cut, set_cookies)
