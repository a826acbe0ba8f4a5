from __future__ import annotations

import _socket
import shutil
import socket
import subprocess

import pytest

from edge_runtime.feeds.fetch import fetch
from edge_runtime.storage.feeds import FeedStore
from tests.edge_runtime.feeds.fetching import LOCAL, NOW, PUBLIC_IP


@pytest.fixture
def store(tmp_path):
    opened = FeedStore(tmp_path / "feeds.db")
    yield opened
    opened.close()


@pytest.fixture
def get(server):
    def ask(path, etag="", last_modified="", options=LOCAL, **more):
        return fetch(server.url(path), etag, last_modified, options, NOW, **more)

    return ask


@pytest.fixture
def dialled(monkeypatch) -> list[str]:
    """IP addresses that were connected to; the public one leads to this machine, any other public one nowhere."""
    addresses = []

    def connect(self, address):
        addresses.append(address[0])
        if address[0] == PUBLIC_IP:
            address = ("127.0.0.1", address[1])
        assert address[0] == "127.0.0.1", f"a test dialled {address}"
        return _socket.socket.connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    return addresses


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A folder with key.pem and cert.pem of feeds.example, which vouches for itself."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    subprocess.run(
        [
            *(
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "36500",
                "-subj",
                "/CN=feeds.example",
            ),
            *(
                "-addext",
                "subjectAltName=DNS:feeds.example",
                "-keyout",
                folder / "key.pem",
                "-out",
                folder / "cert.pem",
            ),
        ],
        check=True,
        capture_output=True,
    )
    return folder
