"""The command tui where there is no screen, and on a real terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import time
from importlib.util import find_spec
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow  # other programs are started

ROOT = Path(__file__).parents[3]


def test_without_textual_the_extra_is_named(stocked, monkeypatch):
    monkeypatch.setattr("edge_runtime.cli.screen.find_spec", lambda name: None)
    stocked.text("tui", status=1)
    assert "pip install 'edge-news[tui]'" in stocked.err


def test_without_a_terminal_the_feed_is_named(stocked, monkeypatch):
    monkeypatch.setattr("edge_runtime.cli.screen.find_spec", lambda name: True)
    stocked.text("tui", status=1)
    assert "needs a terminal" in stocked.err and "`edge-news feed`" in stocked.err
    assert "feed --json" in stocked.refused("--json", "tui")


@pytest.mark.skipif(not find_spec("textual"), reason="the screen needs Textual: pip install 'edge-news[tui]'")
@pytest.mark.parametrize("columns", ["80", "0"])
def test_on_a_terminal_it_draws_without_colours_and_leaves_no_trace_of_itself(stocked, columns):
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "edge_runtime", "--data", str(stocked.data), "tui"],
        stdin=theirs,
        stdout=theirs,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**os.environ, "TERM": "xterm-256color", "NO_COLOR": "1", "COLUMNS": columns, "LINES": "24"},
    )
    os.close(theirs)
    try:
        drawn = read_until(ours, b"Rain again in the hills")
    except AssertionError:
        print(process.wait(10), process.stderr.read().decode()[-3000:])
        raise
    os.write(ours, b"q")
    drawn += read_until(ours, b"\x1b[?1049l")  # the screen that was there before is back
    assert process.wait(10) == 0 and process.stderr.read() == b""
    assert "• ".encode() in drawn
    assert b"\x1b[38;" not in drawn and b"\x1b[48;" not in drawn
    os.close(ours)


def read_until(terminal: int, sign: bytes) -> bytes:
    read, end = b"", time.monotonic() + 20
    while sign not in read:
        assert time.monotonic() < end, read
        try:
            read += os.read(terminal, 65536)
        except OSError:  # as Linux says that the program has closed it
            raise AssertionError(read[-300:]) from None
    return read
