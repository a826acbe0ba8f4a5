"""Instructions of a Pi: what the tool counts, less start-up, for each title. The tool itself is a script here."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from edge_runtime import Article
from trainer.search.targets import PiCounter, TargetError

# Start-up costs a million, a round of two titles 14; everything the counted program needs has to be in its folder.
TOOL = """#!/bin/sh
echo "$@" >>"$PI_CALLS"
[ "$1" = count ] || exit 0
test -f edge_runtime/__init__.py && test -f news.bundle && test -f titles.json && test -f encode.py || exit 3
for rounds in "$@"; do :; done
echo "instructions: $((1000000 + 14 * rounds))" >&2
"""
TITLES = [Article(str(number), f"title {number}") for number in range(2)]


@pytest.fixture
def calls(tmp_path, monkeypatch) -> Path:
    tool = tmp_path / "pi-chroot"
    tool.write_text(TOOL)
    tool.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    monkeypatch.setenv("PI_CALLS", str(tmp_path / "calls"))
    return tmp_path / "calls"


def test_start_up_does_not_count(calls, tmp_path):
    bundle = tmp_path / "any.bundle"
    bundle.write_bytes(b"bundle")
    # 14 instructions a round of two titles: 7 for each
    assert PiCounter("pi3")(bundle, TITLES) == 7.0
    lines = calls.read_text().splitlines()
    assert [line.split()[0] for line in lines] == ["make", "pip", "count", "count"]
    assert "--cpu pi3" in lines[2]


def test_a_tool_that_fails_is_told_with_what_it_said(calls, tmp_path):
    counter = PiCounter("pi4")
    (tmp_path / "pi-chroot").write_text("#!/bin/sh\necho 'must run as root' >&2\nexit 69\n")
    bundle = tmp_path / "any.bundle"
    bundle.write_bytes(b"bundle")
    with pytest.raises(TargetError, match="pi-chroot count: failed with status 69: must run as root; mend that"):
        counter(bundle, TITLES)
