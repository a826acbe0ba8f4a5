"""Sockets: reads requests with limits on size, time and threads, and writes answers with the policy on each.

The parsing is the standard library's. A connection has a thread while it lasts. Who comes when all are taken waits;
then connections that ask nothing end at once, those that ask slowly soon, and all others after one answer.
"""

from __future__ import annotations

import gzip
import selectors
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import lru_cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler

from edge_runtime.web.exchange import Answer, text_answer
from edge_runtime.web.incoming import SLICE_S, Input, Refused
from edge_runtime.web.policy import HEADERS
from edge_runtime.web.site import Received

MOST_THREADS = 16
MOST_BODY_BYTES = 2**20  # an app that marks 10,000 articles sends half of it
SEND_S = 20.0  # for an answer
CROWDED_SEND_S = 5.0  # the same while others wait
_BACKLOG = 128
_LEAST_GZIPPED = 1_000
_TEXTS = ("text/", "application/json", "application/feed+json", "application/atom+xml", "application/manifest+json")
_DRAIN_S = 1.0
_END_S = 3.0


class _Connection(BaseHTTPRequestHandler):
    """One connection, with one request after the other."""

    protocol_version = "HTTP/1.1"
    server: HttpServer  # type: ignore[assignment]
    connection: socket.socket

    def setup(self) -> None:
        self.connection = self.request
        # Else an answer on a connection that stays waits 40 ms for the browser's confirmation of the last one.
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self.incoming = Input(self.connection, self.server.crowded)
        self.rfile = self.incoming  # type: ignore[assignment]
        self.local = str(self.connection.getsockname()[0])
        self.command, self.request_version, self.close_connection = "", "HTTP/1.1", False

    def handle(self) -> None:
        with suppress(OSError):
            while not self.close_connection and not self.server.is_stopped and self.incoming.begin():
                self.close_connection = True
                self._one_request()

    def finish(self) -> None:
        """End politely: a connection that is closed on bytes that nobody read takes the answer away again."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_WR)
            ends = time.monotonic() + _DRAIN_S
            while (left := ends - time.monotonic()) > 0:
                self.connection.settimeout(min(left, SLICE_S))
                with suppress(TimeoutError):
                    if not self.connection.recv(2**16):
                        break
                if self.server.crowded.is_set():
                    break

    def _one_request(self) -> None:
        self.command = ""  # not that of the request before
        try:
            self.raw_requestline = self.incoming.readline()
            if not self.parse_request():
                return
            self._check()
            length = self._length()
            body = self.incoming.body(length) if length else b""
        except Refused as refused:
            self._refuse(refused.status, refused.text)
            return
        named = {name.lower(): value for name, value in reversed(self.headers.items())}
        got = Received(self.command, self.path, named, body, str(self.client_address[0]), self.local)
        self._write(self.server.answer(got))

    def handle_expect_100(self) -> bool:
        """A body that is announced is asked for only if it may come."""
        self._check()
        self._length()
        self._send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _check(self) -> None:
        """Refuse what two programs could read in two ways."""
        if self.request_version not in ("HTTP/1.0", "HTTP/1.1"):
            raise Refused(HTTPStatus.HTTP_VERSION_NOT_SUPPORTED, "This speaks HTTP/1.1.")
        if len(self.headers.get_all("host", [])) > 1 or self.headers.defects:
            raise Refused(HTTPStatus.BAD_REQUEST, "The header is no header of HTTP.")
        if "transfer-encoding" in self.headers:
            raise Refused(HTTPStatus.LENGTH_REQUIRED, "Say with Content-Length how long the body is.")

    def _length(self) -> int:
        lengths = self.headers.get_all("content-length", [])
        if not lengths:
            return 0
        if len(lengths) > 1 or not (lengths[0].isascii() and lengths[0].isdigit()):
            raise Refused(HTTPStatus.BAD_REQUEST, "Content-Length is no number.")
        if len(lengths[0]) > 9 or int(lengths[0]) > MOST_BODY_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The body is longer than 1 MB.")
        return int(lengths[0])

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the parser refuses."""
        status = HTTPStatus(code)
        self._refuse(status, f"{message or status.phrase}.")

    def _refuse(self, status: HTTPStatus, text: str) -> None:
        self.close_connection = True
        self._write(text_answer(f"{text}\n", status))

    def _write(self, answer: Answer) -> None:
        """Send an answer in one piece."""
        headers = {"Date": self.date_time_string(), "Server": "edge-news", **HEADERS}
        if answer.is_private:
            headers["Cache-Control"] = "no-store"
        headers |= answer.headers
        body = answer.body
        has_body = answer.status not in (HTTPStatus.NOT_MODIFIED, HTTPStatus.NO_CONTENT)
        if has_body:
            headers["Content-Type"] = answer.content_type
            if answer.content_type.startswith(_TEXTS):
                headers["Vary"] = "Accept-Encoding, Cookie" if answer.is_private else "Accept-Encoding"
                if len(body) >= _LEAST_GZIPPED and self._takes_gzip():
                    body = _gzipped(body) if answer.is_private else _gzipped_once(body)
                    headers["Content-Encoding"] = "gzip"
            headers["Content-Length"] = str(len(body))
        if self.server.crowded.is_set():  # else a few who ask on and on would keep all others out
            self.close_connection = True
        if self.close_connection:
            headers["Connection"] = "close"
        lines = [f"HTTP/1.1 {answer.status.value} {answer.status.phrase}"]
        lines += [f"{name}: {_one_line(value)}" for name, value in headers.items()]
        lines += [f"Set-Cookie: {_one_line(cookie)}" for cookie in answer.cookies]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
        self._send(head if self.command == "HEAD" or not has_body else head + body)

    def _send(self, data: bytes) -> None:
        """Send it all; who takes it slowly does not hold the thread for long.

        Raises:
            TimeoutError: It took too long.
        """
        began, left = time.monotonic(), memoryview(data)
        self.connection.settimeout(SLICE_S)
        while left:
            took = time.monotonic() - began
            if took > (CROWDED_SEND_S if self.server.crowded.is_set() else SEND_S):
                raise TimeoutError("the answer was taken too slowly")
            with suppress(TimeoutError):
                left = left[self.connection.send(left) :]

    def _takes_gzip(self) -> bool:
        headers = getattr(self, "headers", None)
        return headers is not None and "gzip" in headers.get("accept-encoding", "").lower()


class HttpServer:
    """Listens, and answers until it is stopped.

    Attributes:
        answer: Makes an answer, from any thread.
        listeners: Sockets that listen.
        crowded: Set while somebody waits for a thread.
        is_stopped: Whether connections are to end.
    """

    def __init__(self, answer: Callable[[Received], Answer], listeners: Sequence[socket.socket]) -> None:
        """Take sockets from `listening`."""
        self.answer, self.listeners = answer, listeners
        self.crowded, self.is_stopped = threading.Event(), False
        self._places = threading.BoundedSemaphore(MOST_THREADS)

    @property
    def ports(self) -> Sequence[int]:
        """Where it listens."""
        return [int(listener.getsockname()[1]) for listener in self.listeners]

    def run(self) -> None:
        """Answer until `stop`."""
        with selectors.DefaultSelector() as waiting:
            for listener in self.listeners:
                waiting.register(listener, selectors.EVENT_READ)
            while not self.is_stopped:
                for key, _ in waiting.select(SLICE_S):
                    if self._has_place():
                        self._accept(key.fileobj)  # type: ignore[arg-type]

    def stop(self) -> None:
        """End soon; from any thread, and from a signal."""
        self.is_stopped = True
        self.crowded.set()

    def close(self) -> None:
        """Listen no longer, and let what is being answered come to its end."""
        self.stop()
        for listener in self.listeners:
            listener.close()
        ends = time.monotonic() + _END_S
        for _ in range(MOST_THREADS):
            self._places.acquire(timeout=max(ends - time.monotonic(), 0))

    def _has_place(self) -> bool:
        """Wait for a thread to be free; False where this is stopped meanwhile."""
        if self._places.acquire(blocking=False):
            return True
        self.crowded.set()
        while not self.is_stopped:
            if self._places.acquire(timeout=SLICE_S):
                self.crowded.clear()
                return True
        return False

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, peer = listener.accept()
        except OSError as error:  # gone again, or no file is left
            self._places.release()
            if not isinstance(error, BlockingIOError):
                time.sleep(0.01)
            return
        try:
            threading.Thread(target=self._serve, args=(connection, peer), daemon=True).start()
        except RuntimeError:  # the system gives no thread
            self._places.release()
            connection.close()

    def _serve(self, connection: socket.socket, peer: tuple[str, int]) -> None:
        try:
            with connection, suppress(OSError):
                _Connection(connection, peer, self)  # type: ignore[arg-type]
        finally:
            self._places.release()


def listening(address: str, port: int) -> socket.socket:
    """A socket that listens.

    Raises:
        OSError: The port is taken, or the address is none of this device.
    """
    is_long = ":" in address
    listener = socket.socket(socket.AF_INET6 if is_long else socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
        if is_long:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, True)
        listener.bind((address, port))
        listener.listen(_BACKLOG)
        listener.setblocking(False)
    except BaseException:
        listener.close()
        raise
    return listener


def _one_line(value: str) -> str:
    """A value of a header, which nothing can make two of."""
    return "".join(letter if letter >= " " else " " for letter in value)


def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, 5, mtime=0)


@lru_cache(maxsize=16)
def _gzipped_once(body: bytes) -> bytes:
    """The same of files that stay as they are."""
    return gzip.compress(body, 9, mtime=0)
