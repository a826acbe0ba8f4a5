"""One connection to the server of an account: to exactly the host that was typed, with limits, and counted.

The host may be one at home: the reader named it. No redirect is followed, so a secret goes nowhere else.
"""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from urllib3.exceptions import HTTPError

from edge_runtime.accounts.upstream import PatienceError
from edge_runtime.addresses import Target, parse_target
from edge_runtime.errors import AccountError, FetchError
from edge_runtime.feeds.answers import REDIRECT_STATUSES, http_date, retry_after
from edge_runtime.feeds.connecting import cause_of, connect, counted, cut_at, read_body
from edge_runtime.feeds.hosts import Resolver, checked_addresses, resolve
from edge_runtime.feeds.inflate import inflate
from edge_runtime.sentences import Sentence
from edge_runtime.version import __version__

if TYPE_CHECKING:
    from urllib3.connection import HTTPConnection

MAX_BYTES = 32 << 20  # of an answer, on the wire and inflated
_MAX_SHOWN = 200
_MISSED = (400, 404, 405)  # what servers say of an address that only newer ones have


@dataclass(frozen=True, slots=True)
class LineOptions:
    """What one request may cost."""

    time_limit_s: float = 30.0
    max_bytes: int = field(default_factory=lambda: MAX_BYTES)
    ca_file: Path | None = None


class Line:
    """A connection that stays for one exchange; used by one thread.

    Attributes:
        headers: Sent with each request, such as the one that proves who asks.
        server_time: What the server's clock said last, but never later than this device's: to ask from too early on
            brings what is known, from too late on it would miss something.
    """

    def __init__(
        self, url: str, now: datetime, options: LineOptions | None = None, resolver: Resolver = resolve
    ) -> None:
        """Ask nothing yet.

        Args:
            url: What paths are appended to.
            now: UTC-aware.
            options: Limits.
            resolver: Of host names.
        """
        self._url, self._now, self._options, self._resolver = url.rstrip("/"), now, options or LineOptions(), resolver
        self._connection: HTTPConnection | None = None
        self.headers: dict[str, str] = {}
        self.server_time = now

    @property
    def shown(self) -> str:
        """The server, for messages."""
        return parse_target(self._url).shown

    def get(self, path: str, *, may_miss: bool = False) -> object:
        """What JSON an address holds; None where `may_miss` and the server knows no such address.

        Raises:
            FetchError: No answer, a refusal, or no JSON.
        """
        status, body = self.ask("GET", path, may_miss=may_miss)
        return None if status in _MISSED else self.read_json(body)

    def post(self, path: str, form: bytes) -> bytes:
        """What comes of a form that is sent."""
        return self.ask("POST", path, form, {"Content-Type": "application/x-www-form-urlencoded"})[1]

    def put(self, path: str, document: object, *, may_miss: bool = False) -> bool:
        """Send a document; False where `may_miss` and the server does not know what it asks for."""
        body = b"" if document is None else json.dumps(document).encode()
        status, _ = self.ask("PUT", path, body, {"Content-Type": "application/json"}, may_miss=may_miss)
        return status not in _MISSED

    def read_json(self, body: bytes) -> object:
        """What an answer says.

        Raises:
            AccountError: It is no JSON.
        """
        try:
            found: object = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise self.untrue(Sentence("no JSON came")) from error
        return found

    def untrue(self, what: str) -> AccountError:
        """The error of an answer that cannot be."""
        return AccountError(
            Sentence(
                "{address}: answers what its interface does not allow: {what}; nothing of it was taken",
                address=self.shown,
                what=what,
            )
        )

    def ask(
        self,
        method: str,
        path: str,
        body: bytes = b"",
        more_headers: Mapping[str, str] | None = None,
        *,
        may_miss: bool = False,
    ) -> tuple[int, bytes]:
        """Status and inflated body of an answer that is no error.

        Raises:
            PatienceError: The server asks for it.
            UnreachedError: No server was reached.
            FetchError: Any other refusal or failure.
        """
        target = parse_target(f"{self._url}{path}")
        deadline = time.monotonic() + self._options.time_limit_s
        was_open = self._connection is not None
        try:
            answer = self._once(method, target, body, more_headers or {}, deadline)
        except (HTTPError, http.client.HTTPException, OSError) as error:
            self.close()
            # A server ends a connection that it kept when it likes; all that is asked may be asked twice.
            if not was_open or time.monotonic() >= deadline:
                raise self._failed(error) from error
            try:
                answer = self._once(method, target, body, more_headers or {}, deadline)
            except (HTTPError, http.client.HTTPException, OSError) as again:
                self.close()
                raise self._failed(again) from again
        status, headers, data, is_cut = answer
        self._check(status, headers, may_miss=may_miss)
        if is_cut:
            raise self.untrue(Sentence("more than {number} bytes", number=f"{self._options.max_bytes:,}"))
        inflated = inflate(data, headers.get("content-encoding", ""), self._options.max_bytes, self.shown)
        if not inflated.is_whole:
            raise self.untrue(inflated.warning)
        return status, inflated.data

    def close(self) -> None:
        """End the connection, if there is one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _once(
        self, method: str, target: Target, body: bytes, more_headers: Mapping[str, str], deadline: float
    ) -> tuple[int, dict[str, str], bytes, bool]:
        headers = {
            "Host": target.host_and_port,
            "User-Agent": f"edge-news/{__version__}",
            "Accept": "application/json, text/plain;q=0.5, */*;q=0.1",
            "Accept-Encoding": "gzip",
            **self.headers,
            **more_headers,
        }
        if method != "GET":
            headers["Content-Length"] = str(len(body))
        if self._connection is None:
            addresses = checked_addresses(target, self._resolver, allow_private=True)
            self._connection = connect(target, addresses, deadline, self._options.ca_file)
        connection = self._connection
        if connection.sock is None:
            raise ConnectionError("the connection has ended")
        connection.timeout = max(0.1, deadline - time.monotonic()) + 1  # the cut comes first
        with (
            cut_at(connection.sock, deadline) as chunk_bytes,
            counted(target, headers, self._now, method, len(body)) as received,
        ):
            connection.request(
                method,
                target.path,
                body=body or None,
                headers=headers,
                preload_content=False,
                decode_content=False,
                enforce_content_length=True,
            )
            response = connection.getresponse()
            received.append(response)
            data, is_cut = read_body(response, self._options.max_bytes, chunk_bytes, deadline)
        named = {name.lower(): value for name, value in response.headers.items()}
        if time.monotonic() >= deadline:
            raise TimeoutError("the time was up")
        if is_cut or named.get("connection", "").lower() == "close" or connection.sock is None:
            self.close()
        self.server_time = min(http_date(named.get("date", "")) or self._now, self._now)
        return response.status, named, data, is_cut

    def _check(self, status: int, headers: Mapping[str, str], *, may_miss: bool) -> None:
        """Refuse what is no answer to what was asked."""
        if 200 <= status < 300 or (may_miss and status in _MISSED):
            return
        self.close()
        if status in REDIRECT_STATUSES:
            said = Sentence(
                "{address}: redirects to {other}, and a secret follows no redirect; add the account with the address "
                "where the server is",
                address=self.shown,
                other=headers.get("location", "")[:_MAX_SHOWN].partition("?")[0] or "nowhere",
            )
            raise AccountError(said)
        if status in (429, 503):
            said = Sentence("{address}: the server asks for patience; nothing has changed", address=self.shown)
            raise PatienceError(said, retry_after(headers, self._now))
        if status in (401, 403):
            said = Sentence(
                "{address}: refuses user or secret (HTTP {status}); add the account again with the right ones",
                address=self.shown,
                status=status,
            )
        elif status >= 500:
            said = Sentence(
                "{address}: HTTP {status}: the server is in trouble; it is asked again later, and nothing has changed",
                address=self.shown,
                status=status,
            )
        else:
            said = Sentence(
                "{address}: HTTP {status}: no server of this kind seems to be there; look at the address",
                address=self.shown,
                status=status,
            )
        raise AccountError(said)

    def _failed(self, error: Exception) -> FetchError:
        return FetchError(Sentence("{address}: {why}", address=self.shown, why=cause_of(error)))


def epoch(seconds: int) -> str:
    """A time as feeds write it; "" where there is none."""
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat() if seconds > 0 else ""
    except (OverflowError, OSError, ValueError):
        return ""
