"""The pages on a port of this machine, for a browser, by the server that `edge-news serve` has."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from edge_runtime.screens.reading import Reading
from edge_runtime.web.access import Access
from edge_runtime.web.desk import open_desk
from edge_runtime.web.hosts import Hosts
from edge_runtime.web.http_server import HttpServer, listening
from edge_runtime.web.routes import page_routes
from edge_runtime.web.site import Rules, Site
from tests.edge_runtime.web.conftest import look_at_nothing


@contextmanager
def served(
    open_reading: Callable[[], Reading],
    now: Callable[[], datetime],
    data: Path,
    names: Sequence[str] = (),
    *,
    needs_login: bool = False,
) -> Iterator[str]:
    """The address of a site, for as long as it is served.

    Args:
        open_reading: Called on the desk's thread.
        now: The time.
        data: Where logins are kept.
        names: What the device is called besides localhost.
        needs_login: Whether there is a password.
    """
    desk, listener = open_desk(open_reading, now), listening("127.0.0.1", 0)
    access = Access(data)
    site = Site(desk, access, page_routes(access, look_at_nothing), Rules(Hosts.of((), names), needs_login))
    server = HttpServer(site.answer, [listener])
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield f"http://localhost:{server.ports[0]}"
    finally:
        server.close()
        thread.join(10)
        desk.close()
