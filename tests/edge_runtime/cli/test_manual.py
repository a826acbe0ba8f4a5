"""The manual page: what the help says, as `man` shows it."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from edge_runtime.cli.description import describe
from edge_runtime.cli.manual import manual
from edge_runtime.cli.parser import build_parser

PAGE = manual(describe(build_parser()))


def test_every_command_and_option_is_there():
    for command in describe(build_parser()).all():
        words = " ".join(("edge-news", *command.words)).replace("-", "\\-")
        assert not command.words or f'.SS "{words}' in PAGE
        for option in command.options:
            assert all(f"\\fB{name}\\fR".replace("-", "\\-") in PAGE for name in option.names)


def test_man_shows_it_without_a_fault(tmp_path):
    if not shutil.which("man"):
        pytest.skip("man is not installed")
    file = tmp_path / "edge-news.1"
    file.write_text(PAGE)
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": "200", "MAN_KEEP_FORMATTING": ""}
    done = subprocess.run(
        ["man", "--warnings", "-l", str(file)], capture_output=True, text=True, env=environment, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    text = " ".join(done.stdout.split())
    assert "Example: edge-news feed --limit 5" in text and "~/.config/edge-news/config.toml" in text
    assert "edge-news profile forget" in text and "EXIT STATUS 0 done" in text


def test_the_command_prints_it(edge_news):
    assert edge_news.text("man") == PAGE
