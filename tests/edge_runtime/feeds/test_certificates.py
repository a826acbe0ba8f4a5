"""Who vouches for servers: a file, this device, certifi, or nobody; on a real server with TLS."""

from __future__ import annotations

import ssl
import sys
import types
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from edge_runtime.errors import FetchError, Remedy
from edge_runtime.feeds.certificates import tls_context
from edge_runtime.feeds.fetch import FetchOptions, fetch
from edge_runtime.feeds.outcome import FeedStatus, SyncOptions
from edge_runtime.feeds.sync import sync_feeds
from edge_runtime.types import AddReport
from tests.edge_runtime.feeds.fetching import FEED, PUBLIC_IP
from tests.edge_runtime.feeds.hostile_server import HostileServer, response

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
OPTIONS = SyncOptions(allow_private=True, time_limit_s=5)


@pytest.fixture(autouse=True)
def _anew():
    tls_context.cache_clear()
    yield
    tls_context.cache_clear()


@pytest.fixture
def of_android(monkeypatch, tmp_path):
    """OpenSSL looks where nothing is."""
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "none"))


@pytest.fixture
def secure(certificate, dialled):
    """A server of feeds.example that the certificate is for; `dialled` leads the public address to it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = HostileServer(context)
    server.answers["/"] = response(body=FEED)
    yield server
    server.close()


def ask(server: HostileServer, **options):
    url = f"https://feeds.example:{server.port}/"
    return fetch(url, "", "", FetchOptions(**options), NOW, lambda host, port: [PUBLIC_IP]).data


def sync(store, options):
    return sync_feeds(
        store, lambda feed, parsed: AddReport(1, 0, 0, ()), NOW, options, resolver=lambda host, port: [PUBLIC_IP]
    )


@pytest.mark.server
def test_a_file_is_trusted_in_the_place_of_the_devices(secure, certificate, store):
    with pytest.raises(FetchError, match="certificate is not good"):
        ask(secure)
    assert ask(secure, ca_file=certificate / "cert.pem") == FEED
    store.subscribe(f"https://feeds.example:{secure.port}/", "", "", NOW)
    (outcome,) = sync(store, replace(OPTIONS, ca_file=certificate / "cert.pem"))
    assert outcome.status is FeedStatus.NEW


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read: No such file"), (b" \n", "empty"), (b"no certificate", "no CA certificates in PEM")],
)
def test_a_file_that_is_none_is_told_before_the_first_request(server, store, tmp_path, content, said):
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_bytes(content)
    store.subscribe(server.url("/", "news.example"), "", "", NOW)
    before = store.feeds()
    with pytest.raises(FetchError, match=said) as told:
        sync(store, replace(OPTIONS, ca_file=path))
    assert str(path) in told.value.fact and told.value.remedy is Remedy.CHECK_PATH
    assert (server.requests, store.feeds()) == ([], before)


@pytest.mark.server
@pytest.mark.usefixtures("of_android")
def test_without_authorities_certifis_are_taken(secure, certificate, monkeypatch):
    fake = types.ModuleType("certifi")
    fake.where = lambda: str(certificate / "cert.pem")
    monkeypatch.setitem(sys.modules, "certifi", fake)
    assert ask(secure) == FEED


@pytest.mark.usefixtures("of_android")
def test_without_any_https_is_refused_at_once_and_http_goes_on(server, store, monkeypatch, dialled):
    monkeypatch.setitem(sys.modules, "certifi", None)
    server.answers["/"] = response(body=FEED)
    store.subscribe(server.url("/", "news.example"), "", "", NOW)
    assert [one.status for one in sync(store, OPTIONS)] == [FeedStatus.NEW]
    store.subscribe("https://feeds.example/", "", "", NOW)
    before = store.feeds()
    with pytest.raises(FetchError, match="this device has no CA certificates") as told:
        sync(store, replace(OPTIONS, force=True))
    assert told.value.remedy is Remedy.GIVE_CA_FILE
    assert (len(server.requests), store.feeds(), dialled) == (1, before, [PUBLIC_IP])


def test_the_devices_own_are_taken_where_it_has_some(monkeypatch, tmp_path, certificate):
    # A folder's certificates are not loaded before one is needed.
    (tmp_path / "5a2f5a2f.0").write_bytes((certificate / "cert.pem").read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "none.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path))
    monkeypatch.setitem(sys.modules, "certifi", None)
    assert tls_context() is tls_context()
