"""What comes over a connection, within limits of size and time: a slow one does not hold a thread for long."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import suppress
from http import HTTPStatus

MOST_HEADER_BYTES = 16 * 2**10
HEADER_S, BODY_S = 10.0, 20.0  # for all of it
IDLE_S = 30.0  # for the next request of a connection
CROWDED_S = 1.0  # for the header while others wait
SLICE_S = 0.2  # how soon a waiting thread sees that others wait
# The parser ends a line of the header at a lone CR too, which a proxy in front may not; NUL ends a text for some.
_NO_PART_OF_A_LINE = bytes(code for code in (*range(32), 127) if code != ord("\t"))


class Refused(Exception):
    """A request that is not read to its end."""

    def __init__(self, status: HTTPStatus, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


class Input:
    """What comes over a connection, within limits of size and time; the part of a file that the parser reads."""

    def __init__(self, connection: socket.socket, crowded: threading.Event) -> None:
        self._connection, self._crowded = connection, crowded
        self._held = bytearray()
        self._began = self._ends = 0.0
        self._left = 0  # bytes of the header

    def begin(self) -> bool:
        """Wait for a request; False if none comes, or others wait for the place."""
        began = time.monotonic()
        while not self._held:
            if time.monotonic() - began > IDLE_S or (self._crowded.is_set() and time.monotonic() - began > SLICE_S):
                return False
            self._connection.settimeout(SLICE_S)
            with suppress(TimeoutError):
                chunk = self._connection.recv(2**16)
                if not chunk:
                    return False
                self._held += chunk
        self._began = time.monotonic()
        self._ends, self._left = self._began + HEADER_S, MOST_HEADER_BYTES
        return True

    def readline(self, most: int = -1) -> bytes:
        """A line of the header; "" at the end of what comes."""
        while (end := self._held.find(b"\n")) < 0 and len(self._held) <= self._left:
            if not self._more():
                return b""
        self._left -= end + 1
        if end < 0 or self._left < 0:
            raise Refused(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The header is longer than 16 KB.")
        line = bytes(self._held[: end + 1])
        del self._held[: end + 1]
        text = line[:-1].removesuffix(b"\r")
        if text.translate(None, _NO_PART_OF_A_LINE) != text:
            raise Refused(HTTPStatus.BAD_REQUEST, "The header is no header of HTTP.")
        return line

    def body(self, length: int) -> bytes:
        """So many bytes."""
        self._began = time.monotonic()
        self._ends = self._began + BODY_S
        while len(self._held) < length:
            if not self._more():
                raise ConnectionError("the connection ended within a body")
        body = bytes(self._held[:length])
        del self._held[:length]
        return body

    def _more(self) -> bool:
        while True:
            now = time.monotonic()
            if now > self._ends or (self._crowded.is_set() and now - self._began > CROWDED_S):
                raise Refused(HTTPStatus.REQUEST_TIMEOUT, "The request came too slowly.")
            self._connection.settimeout(SLICE_S)
            with suppress(TimeoutError):
                chunk = self._connection.recv(2**16)
                self._held += chunk
                return bool(chunk)
