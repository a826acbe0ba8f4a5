"""The packed directory in a Python like that of an APK: no interpreter for models, no certificates, no zones, no home.

Not Android's Python, nor its SQLite: what is tried is that the packed files, and the packages that the spec requires,
are all that the runtime needs.
"""

from __future__ import annotations

import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from tests.android_demo.packed import link_packages, stage_and_pack
from tests.edge_runtime.feeds.hostile_server import HostileServer, response, rss

PROGRAM = Path(__file__).with_name("phone_program.py")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """The key and the certificate of a server at 127.0.0.1, which is its own authority."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "36500", "-subj", "/CN=localhost"]
    made += ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run(made, check=True, capture_output=True, cwd=folder)
    return folder


class Phone:
    """Starts programs of the packed app, with the packages of a folder and no others."""

    def __init__(self, folder: Path) -> None:
        self.app = stage_and_pack(folder)
        self.packages = folder / "packages"
        link_packages(self.packages)

    def start(self, private: Path, what: str, *arguments: str, packages: Path | None = None) -> subprocess.Popen[str]:
        """A process with an empty environment, but for what python-for-android sets."""
        environment = {"ANDROID_ARGUMENT": str(self.app), "ANDROID_PRIVATE": str(private)}
        environment |= {"SSL_CERT_FILE": "/nonexistent/cert.pem", "SSL_CERT_DIR": "/nonexistent/certs"}
        # -I -S: nothing of this machine's user, and no site-packages; -OO: as python-for-android compiles.
        command = [sys.executable, "-I", "-S", "-OO", str(PROGRAM), str(self.app), str(packages or self.packages)]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen([*command, what, *arguments], env=environment, cwd=self.app, text=True, **pipes)


@pytest.fixture(scope="module")
def phone(tmp_path_factory, certificate):
    """One whose authorities, in the place of certifi's, are the test's own alone."""
    phone = Phone(tmp_path_factory.mktemp("phone"))
    authorities = phone.packages / "certifi"
    authorities.mkdir()
    shutil.copy(certificate / "cert.pem", authorities)
    (authorities / "__init__.py").write_text(
        "from pathlib import Path\ndef where():\n    return str(Path(__file__).with_name('cert.pem'))\n"
    )
    return phone


def ended(process: subprocess.Popen[str]) -> str:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return out


def test_it_ranks_with_the_numpy_engine(slow, phone, tmp_path):
    count, engine, *_ = ended(phone.start(tmp_path, "rank")).split()
    assert int(count) > 100
    assert engine == "numpy"
    assert (tmp_path / "reader" / "profile.db").exists()


@pytest.mark.usefixtures("server")
def test_it_fetches_over_tls_with_the_authorities_of_certifi(slow, phone, certificate, tmp_path):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate / "cert.pem", certificate / "key.pem")
    server = HostileServer(tls)
    try:
        server.answers["/feed"] = response(body=rss("Ferries", "Trams"))
        url = server.url("/feed").replace("http:", "https:")
        lines = ended(phone.start(tmp_path, "sync", url)).splitlines()
        assert sorted(lines[-2:]) == ["title Ferries", "title Trams"]
        # Without them nothing is fetched, and the app says what is missing.
        shutil.copytree(phone.packages, tmp_path / "fewer", symlinks=True, ignore=lambda *_: ["certifi"])
        refused = ended(phone.start(tmp_path / "other", "sync", url, packages=tmp_path / "fewer"))
        assert "this device has no CA certificates" in refused and "title" not in refused
    finally:
        server.close()


def test_a_kill_loses_nothing_that_was_told_as_kept(slow, phone, tmp_path):
    ended(phone.start(tmp_path, "rank"))
    kept = 0
    for lines in (1, 7, 3):
        process = phone.start(tmp_path, "open until killed")
        told = [process.stdout.readline() for _ in range(lines)]
        process.send_signal(signal.SIGKILL)
        # Not by `communicate`, which leaves out what `readline` has read ahead.
        rest = process.stdout.read().splitlines()
        process.communicate()
        kept += len(told) + len(rest)
        events, articles, *notices = ended(phone.start(tmp_path, "count")).split()
        # One more may be kept whose line was not printed any more.
        assert kept <= int(events) <= kept + 1 and int(articles) > 100 and not notices
        kept = int(events)


def test_without_a_zone_of_that_name_the_offset_stands_in(monkeypatch):
    from android_demo.platform import zone

    class TimeZone:
        @staticmethod
        def getDefault():
            return TimeZone

        @staticmethod
        def getID():
            return name

    monkeypatch.setenv("ANDROID_ARGUMENT", "/data")
    monkeypatch.setattr(zone, "java_class", lambda _: TimeZone)
    name = "Europe/Berlin"
    assert str(zone.device_zone()) == "Europe/Berlin"
    name = "GMT+05:30"
    assert zone.device_zone().utcoffset(None) is not None
