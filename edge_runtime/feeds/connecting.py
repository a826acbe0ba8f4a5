"""Connections to servers: to checked addresses alone, cut at a deadline, with every request counted.

This and `fetch` are the only files that need urllib3.
"""

from __future__ import annotations

import errno
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from urllib3 import BaseHTTPResponse
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from edge_runtime.addresses import Target
from edge_runtime.errors import UnreachedError
from edge_runtime.feeds.certificates import tls_context
from edge_runtime.feeds.tally import REQUESTS
from edge_runtime.sentences import Sentence

_CHUNK = 1 << 16
_SMALL_CHUNK = 1 << 9
_CONNECT_S = 10.0
# Errors of a device without a network, or without a socket to spare.
_LOCAL = {
    *(errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL),
    *(errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM, errno.EPERM, errno.EACCES),
}


@contextmanager
def counted(
    target: Target, headers: Mapping[str, str], now: datetime, method: str = "GET", body_bytes: int = 0
) -> Iterator[list[BaseHTTPResponse]]:
    """Count a request, whether an answer comes or not.

    Yields:
        Where the answer is put once it is there.
    """
    answers: list[BaseHTTPResponse] = []
    try:
        yield answers
    finally:
        sent = len(f"{method} {target.path} HTTP/1.1\r\n\r\n") + _num_bytes(headers) + body_bytes
        received = sum(len("HTTP/1.1 200 OK\r\n\r\n") + _num_bytes(one.headers) + one.tell() for one in answers)
        REQUESTS.count(target.host, now, sent, received)


def _num_bytes(headers: Mapping[str, str]) -> int:
    return sum(len(name) + len(value) + len(": \r\n") for name, value in headers.items())


def connect(target: Target, addresses: list[str], deadline: float, ca_file: Path | None) -> HTTPConnection:
    """A connection to the first of the addresses that takes one; TLS and the Host header go by the name.

    Raises:
        UnreachedError: None of them did.
        HTTPError, OSError: One was reached, and then it failed.
        FetchError: There are no certificates to check it with.
    """
    failures: list[Exception] = []
    for address in addresses:
        # Half of the time for the connection, half for TLS.
        timeout_s = min(_CONNECT_S, (deadline - time.monotonic()) / 2)
        if timeout_s <= 0:
            break
        connection = (
            HTTPConnection(address, target.port, timeout=timeout_s)
            if target.scheme == "http"
            else HTTPSConnection(
                address, target.port, timeout=timeout_s, ssl_context=tls_context(ca_file), server_hostname=target.host
            )
        )
        try:
            connection.connect()
        except (HTTPError, OSError) as error:
            connection.close()
            failures.append(error)
            continue
        connection.timeout = max(0.0, deadline - time.monotonic()) + 1  # a request sets it anew; the cut comes first
        return connection
    failures = failures or [TimeoutError("the time was up")]
    # Of a host with two addresses the one that this device has a way to says more.
    failures.sort(key=_is_local)
    if any(map(_has_reached, failures)):
        raise next(filter(_has_reached, failures))
    raise UnreachedError(
        Sentence("{address}: {why}", address=target.shown, why=cause_of(failures[0])),
        is_local=all(map(_is_local, failures)),
    ) from failures[0]


def _has_reached(failure: Exception) -> bool:
    """Whether somebody answered the call, if only to refuse it."""
    if isinstance(_deepest(failure), ConnectionRefusedError):
        return True
    return not isinstance(failure, (NewConnectionError, ConnectTimeoutError, TimeoutError))


def _is_local(failure: Exception) -> bool:
    """Whether this device had no way to call, or no means."""
    return getattr(_deepest(failure), "errno", None) in _LOCAL


@contextmanager
def cut_at(connected: socket.socket, deadline: float) -> Iterator[int]:
    """End the connection at the deadline, whatever is waiting for it: a socket's own limit starts anew at each byte.

    Yields:
        How many bytes to read at a time. On a device without a thread to spare they are few, and the deadline is looked
        at between them.
    """
    twin = socket.fromfd(connected.fileno(), connected.family, connected.type)

    def cut() -> None:
        with suppress(OSError):  # it has ended by itself
            twin.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(0.0, deadline - time.monotonic()), cut)
    timer.daemon = True
    chunk_bytes = _CHUNK
    try:
        timer.start()
    except RuntimeError:
        chunk_bytes = _SMALL_CHUNK
    try:
        yield chunk_bytes
    finally:
        timer.cancel()
        twin.close()


def read_body(response: BaseHTTPResponse, max_bytes: int, chunk_bytes: int, deadline: float) -> tuple[bytes, bool]:
    """The body, and whether it goes on beyond the limit: then the connection is closed on the rest."""
    body = bytearray()
    while time.monotonic() < deadline and (chunk := response.read(chunk_bytes, decode_content=False)):
        body += chunk
        if len(body) > max_bytes:
            return bytes(body[:max_bytes]), True
    return bytes(body), False


def cause_of(error: Exception) -> str:
    """What went wrong with a connection, and what can be done."""
    deepest = _deepest(error)
    if isinstance(deepest, ssl.SSLCertVerificationError):
        return Sentence(
            "its certificate is not good ({cause}); is this device's clock right?", cause=deepest.verify_message
        )
    if isinstance(deepest, ssl.SSLError):
        return Sentence("no encrypted connection ({cause}); tell its publisher", cause=deepest.reason or str(deepest))
    if isinstance(deepest, TimeoutError):
        return Sentence("the server does not answer; try again later")
    if isinstance(deepest, ConnectionRefusedError):
        return Sentence("the server refuses the connection; look at the address, or try again later")
    if isinstance(deepest, http.client.HTTPException) and not isinstance(deepest, ConnectionError):
        return Sentence(
            "the connection ended early or was no HTTP ({cause}); try again later", cause=type(deepest).__name__
        )
    if _is_local(error):
        return Sentence("this device has no way there ({cause}); is the network down?", cause=str(deepest))
    return Sentence("the connection failed ({cause}); try again later", cause=str(deepest))


def _deepest(error: BaseException) -> BaseException:
    """What an error came from at first."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error
