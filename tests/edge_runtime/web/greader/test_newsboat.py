"""A real app that nobody here wrote: Debian's newsboat, driven through a terminal against `edge-news serve`."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge_runtime import Article, Reader, Signal
from edge_runtime.web.greader.app_passwords import AppPasswords

NEWSBOAT = shutil.which("newsboat")
pytestmark = [
    pytest.mark.server,
    pytest.mark.slow,
    pytest.mark.skipif(NEWSBOAT is None, reason="newsboat is not installed: apt-get install newsboat"),
]
PATIENCE_S = 30.0


@pytest.fixture
def quick_scrypt() -> None:
    """The server is another process: its passwords are as they are."""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Two feeds with three articles each."""
    now = datetime.now(UTC)
    with Reader.open(tmp_path / "data") as reader:
        reader.feeds.subscribe_all([(f"https://{n}.example/feed", n.title(), "", "") for n in ("alpha", "beta")], now)
        words = iter(["Rain", "Bread", "Owls", "Chess", "Tides", "Glass"])
        reader.add(
            [
                Article(f"{source}{n}", f"{next(words)} & more", "Text.", source=source.title(),
                        url=f"https://{source}.example/{n}", published=now - timedelta(hours=n + 1))
                for source in ("alpha", "beta")
                for n in range(3)
            ],
            now - timedelta(minutes=5),
        )  # fmt: skip
    return tmp_path / "data"


@pytest.fixture
def server(data: Path) -> Iterator[str]:
    """The address of `edge-news serve`."""
    command = [sys.executable, "-m", "edge_runtime", "--data", str(data), "serve", "--port", "0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    ) as ran:
        assert ran.stdout
        yield next(found.group() for line in ran.stdout if (found := re.search(r"http://[^/\s]+", line)))
        ran.terminate()


@pytest.fixture
def newsboat(tmp_path: Path, data: Path, server: str) -> list[str]:
    """How to call it: it knows this server alone, and keeps everything in the test's folder."""
    made = AppPasswords(data).make("newsboat", datetime.now(UTC))
    (tmp_path / "config").write_text(
        f'urls-source "feedhq"\nfeedhq-url "{server}"\nfeedhq-login "newsboat"\nfeedhq-password "{made}"\n'
        'feedhq-min-items 100\nfeedhq-flag-star "s"\nfeedhq-show-special-feeds no\nauto-reload no\n'
        "show-read-articles yes\nconfirm-exit no\n"
    )
    (tmp_path / "urls").touch()
    assert NEWSBOAT
    return [NEWSBOAT, "-C", f"{tmp_path}/config", "-u", f"{tmp_path}/urls", "-c", f"{tmp_path}/boat.db"]


def unread(newsboat: list[str]) -> int:
    """How many it counts, after it has asked the server."""
    said = subprocess.run([*newsboat, "-x", "reload", "print-unread"], capture_output=True, text=True, check=True)
    found = re.search(r"(\d+) unread", said.stdout)
    assert found, said
    return int(found.group(1))


def soon_unread(newsboat: list[str], expected: int) -> int:
    """The same within seconds: the server looks that seldom what other programs have done."""
    end = time.monotonic() + PATIENCE_S
    while (found := unread(newsboat)) != expected and time.monotonic() < end:
        time.sleep(0.5)
    return found


class Terminal:
    """What somebody types and sees."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self.seen = ""

    def type(self, keys: str) -> None:
        self.seen = ""
        os.write(self._descriptor, keys.encode())

    def wait_for(self, text: str) -> str:
        """All that came until some words are on the screen."""
        end = time.monotonic() + PATIENCE_S
        while text not in self.seen:
            ready, _, _ = select.select([self._descriptor], [], [], max(end - time.monotonic(), 0))
            assert ready, f"no {text!r} in {self.seen!r}"
            self.seen += os.read(self._descriptor, 2**16).decode("utf-8", "replace")
        return self.seen


@contextmanager
def at_screen(newsboat: list[str]) -> Iterator[Terminal]:
    """newsboat on a terminal of its own."""
    process, descriptor = pty.fork()
    if not process:
        os.environ["TERM"] = "xterm"
        os.execv(newsboat[0], newsboat)
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
    try:
        yield Terminal(descriptor)
    finally:
        os.close(descriptor)
        os.waitpid(process, 0)


def test_reading_in_newsboat_is_reading_here_and_the_other_way_round(newsboat, data):
    assert unread(newsboat) == 6  # in "For you" alone: nothing is unread twice
    with Reader.open(data) as reader:
        (edition,) = reader.editions()
        ranked = [reader.article(name).title for name in edition.article_ids]
    with at_screen(newsboat) as screen:
        screen.wait_for("For you")
        screen.type("\r")
        listed = screen.wait_for(ranked[-1])
        assert sorted(ranked, key=listed.index) == ranked  # the order of the rank
        screen.type("\r")
        screen.wait_for("https://")  # the first, open; that marks it as read
        screen.type("\x05")
        screen.wait_for("Flags")
        screen.type("s\r")
        screen.wait_for("updated.")
        screen.type("q")
        screen.wait_for(ranked[1])
        screen.type("q")
        screen.wait_for("Alpha")
        screen.type("q")
    with Reader.open(data) as reader:
        first, second, third, *_ = edition.article_ids
        assert [reader.is_read(name) for name in edition.article_ids] == [True, False, False, False, False, False]
        assert reader.saved_ids() == {first}
        assert [event.signal for event in reader.profile().events] == [Signal.SAVE]  # a read teaches nothing
        reader.mark_read([second, third], datetime.now(UTC))
    assert soon_unread(newsboat, 3) == 3
    with Reader.open(data) as reader:
        reader.mark_read([second], datetime.now(UTC), is_read=False)
    assert soon_unread(newsboat, 4) == 4


def test_a_feed_that_is_marked_as_read_and_a_password_that_was_taken_back(newsboat, data):
    assert unread(newsboat) == 6
    with at_screen(newsboat) as screen:
        screen.wait_for("For you")
        screen.type("A")  # the feed under the cursor
        screen.wait_for("For you")
        deadline = time.monotonic() + PATIENCE_S
        with Reader.open(data) as reader:
            while reader.unread_counts().total and time.monotonic() < deadline:
                time.sleep(0.05)
            assert reader.unread_counts().total == 0
        screen.type("q")
    AppPasswords(data).revoke("newsboat")
    refused = subprocess.run([*newsboat, "-x", "reload"], capture_output=True, text=True, check=False)
    assert "Authentication failed" in refused.stdout + refused.stderr
