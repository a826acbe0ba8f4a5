from __future__ import annotations

import pytest

from tests.edge_runtime.feeds.hostile_server import HostileServer


@pytest.fixture
def server():
    """A real server on this machine; see `HostileServer`."""
    running = HostileServer()
    yield running
    running.close()
