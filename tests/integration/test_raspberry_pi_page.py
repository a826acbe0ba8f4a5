"""The commands of docs/raspberry-pi.md, as they stand there."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.page_commands import NOT_HERE, commands, script

PAGE = (Path(__file__).parents[2] / "docs" / "raspberry-pi.md").read_text(encoding="utf-8")


def test_most_commands_of_the_page_are_run():
    lines = commands(PAGE)
    skipped = [line for line in lines if NOT_HERE.match(line)]
    assert len(lines) - len(skipped) >= 25 and not [line for line in skipped if line.startswith("edge-news push")]


@pytest.mark.usefixtures("long")
def test_the_page_can_be_followed_from_the_first_line_to_the_last(tmp_path):
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "TMPDIR": str(tmp_path)}
    done = subprocess.run(["sh"], input=script(PAGE), capture_output=True, text=True, env=environment, timeout=300)
    assert done.returncode == 0, done.stderr[-2000:]
    (home,) = tmp_path.iterdir()
    left = sorted(str(path.relative_to(home)) for path in home.rglob("*") if not path.is_dir())
    assert left == ["bundle", "news.bundle"]
