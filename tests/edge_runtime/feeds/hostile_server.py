"""A real HTTP server on this machine that says exactly the bytes it is told to, as slowly as it is told to."""

from __future__ import annotations

import socketserver
import ssl
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

Answer = bytes | Callable[[], Iterable[bytes]]  # at once, or piece by piece


def response(status: str = "200 OK", body: bytes = b"", **headers: str) -> bytes:
    """A whole answer; an underscore in a header's name stands for a hyphen, and "" leaves a header out."""
    fields = {"Content-Type": "application/rss+xml", "Content-Length": str(len(body)), "Connection": "close"}
    fields |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in fields.items() if value)]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def redirect(location: str, status: str = "302 Found") -> bytes:
    return response(status, Location=location)


def rss(*titles: str) -> bytes:
    """A feed of articles with these titles."""
    items = "".join(f"<item><title>{title}</title><link>https://news.example/{title}</link></item>" for title in titles)
    return f"<rss version='2.0'><channel><title>Example News</title>{items}</channel></rss>".encode()


def slowly(data: bytes, pause_s: float, step: int = 1) -> Callable[[], Iterator[bytes]]:
    def pieces() -> Iterator[bytes]:
        for start in range(0, len(data), step):
            time.sleep(pause_s)
            yield data[start : start + step]

    return pieces


class HostileServer:
    """Answers by path; what it was sent is kept to the byte."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[bytes] = []
        self.most_at_once: Counter[str] = Counter()  # connections by Host header; "" is all of them
        self._open: Counter[str] = Counter()
        self._lock = threading.Lock()
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                outer.handle(self.request)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            block_on_close = False
            request_queue_size = 100

            def get_request(self):
                connection, address = super().get_request()
                connection.settimeout(5)
                if tls:
                    connection = tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
                return connection, address

            def handle_error(self, request, client_address):
                """A client that hangs up is what is tested."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.port: int = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def asked(self) -> list[str]:
        """The paths that were asked for, in order."""
        return [request.split(b" ")[1].decode() for request in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def handle(self, connection) -> None:
        request = b""
        while b"\r\n\r\n" not in request:
            if not (piece := connection.recv(65536)):
                return
            request += piece
        host = next(line for line in request.decode("latin-1").split("\r\n") if line.startswith("Host: "))[6:]
        with self._lock:
            self.requests.append(request)
            for name in (host, ""):
                self._open[name] += 1
                self.most_at_once[name] = max(self.most_at_once[name], self._open[name])
        answer = self.answers.get(request.split(b" ")[1].decode(), response("404 Not Found"))
        last = b""
        try:
            for piece in [answer] if isinstance(answer, bytes) else answer():
                connection.sendall(last)
                last = piece
        finally:
            # Before the last piece: after it the client may be quicker with its next connection than this thread.
            with self._lock:
                self._open.subtract([host, ""])
        connection.sendall(last)
