"""`edge-news serve`: opens the reader, listens, and answers until it is told to end."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from edge_runtime import EdgeError
from edge_runtime.screens.reading import Reading
from edge_runtime.web.access import Access
from edge_runtime.web.desk import open_desk
from edge_runtime.web.feeds_out import feed_routes
from edge_runtime.web.greader.app_passwords import AppPasswords
from edge_runtime.web.greader.routes import greader_routes
from edge_runtime.web.hosts import Hosts
from edge_runtime.web.http_server import HttpServer, listening
from edge_runtime.web.router import Route
from edge_runtime.web.site import Rules, Site

PORT = 8765
_LOOPBACK = ("127.0.0.1", "::1")  # a browser may take "localhost" for either
_HOME = ("0.0.0.0",)  # phones have long addresses that the whole internet knows, so not by those
_EVERYWHERE = ("0.0.0.0", "::")


class ServeError(EdgeError):
    """The pages cannot be served as was asked."""


class NoPasswordError(ServeError):
    """Others could ask, and there is no password."""


@dataclass(frozen=True, slots=True)
class Serving:
    """What was asked for.

    Attributes:
        data_dir: Of the reader.
        port: To listen on; 0 is any that is free.
        is_lan: Whether other devices may ask.
        is_public: Whether these may be anywhere.
        host_names: By which a browser may ask besides, such as that of a proxy in front.
    """

    data_dir: Path
    port: int = PORT
    is_lan: bool = False
    is_public: bool = False
    host_names: Sequence[str] = ()

    @property
    def needs_login(self) -> bool:
        """Whether anybody else than this device could ask; a proxy asks for others."""
        return self.is_lan or self.is_public or bool(self.host_names)


def serve(
    asked: Serving,
    open_reading: Callable[[], Reading],
    routes: Callable[[Access], Sequence[Route]],
    tell: Callable[[Sequence[str]], object],
) -> None:
    """Answer until a signal ends it.

    Args:
        asked: How.
        open_reading: Called on the desk's thread.
        routes: Makes the pages, besides the feeds.
        tell: Called once it listens, with the addresses of the page.

    Raises:
        ServeError: There is no password, a name is none, or nothing can be listened on.
        EdgeError: What opening the reader raises.
    """
    access = Access(asked.data_dir)
    if asked.needs_login and not access.has_password:
        raise NoPasswordError("others could ask, and no password was made")
    try:
        hosts = Hosts.of(_own_names() if asked.is_lan or asked.is_public else (), asked.host_names)
    except ValueError as error:
        raise ServeError(str(error)) from error
    with ExitStack() as opened:
        listeners = _listeners(asked)
        for listener in listeners:
            opened.enter_context(listener)
        desk = open_desk(open_reading)
        opened.callback(desk.close)
        site = Site(
            desk,
            access,
            [*feed_routes(access), *greader_routes(AppPasswords(asked.data_dir)), *routes(access)],
            Rules(hosts, needs_login=asked.needs_login, is_public=asked.is_public),
        )
        server = HttpServer(site.answer, listeners)
        opened.callback(server.close)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: server.stop())
        tell(_addresses(asked, server.ports[0]))
        server.run()


def _listeners(asked: Serving) -> list[socket.socket]:
    addresses = _EVERYWHERE if asked.is_public else _HOME if asked.is_lan else _LOOPBACK
    listeners: list[socket.socket] = []
    port = asked.port
    for address in addresses:
        try:
            listeners.append(listening(address, port))
            port = listeners[0].getsockname()[1]
        except OSError as error:
            if not listeners:
                raise ServeError(f"port {port} of {address} cannot be listened on: {error.strerror}") from error
    return listeners


def _addresses(asked: Serving, port: int) -> list[str]:
    name = _own_names()[0] if asked.is_lan or asked.is_public else "localhost"
    return [f"http://{name}:{port}/", *(f"https://{name}/" for name in asked.host_names)]


def _own_names() -> list[str]:
    """What other devices call this one, the best first."""
    name = socket.gethostname().partition(".")[0].lower()
    return [f"{name}.local", name]
