"""The ranked feed as a file for another reader."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime

import pytest

from edge_runtime import parse_feed


def test_a_file_has_the_order_and_the_reasons_of_the_feed(stocked):
    ranked = stocked.json("feed", "--peek")["articles"]
    before = stocked.json("export")
    file = stocked.folder / "feed.json"
    assert stocked.json("export-feed", str(file)) == {"file": str(file), "bytes": file.stat().st_size}
    items = json.loads(file.read_text())["items"]
    assert [one["title"] for one in items] == [one["title"] for one in ranked]
    assert [one["content_text"] for one in items] == [one["reason"] for one in ranked]
    assert stocked.json("export") == before  # nothing counts as seen


@pytest.mark.parametrize(
    ("name", "options", "is_json"),
    [
        ("f.xml", [], False),
        ("f.JSON", [], True),
        ("f", ["--format", "json"], True),
        ("f.json", ["--format", "atom"], False),
    ],
)
def test_the_name_says_the_format_unless_the_call_does(stocked, name, options, is_json):
    file = stocked.folder / name
    assert "4 articles" in stocked.text("export-feed", str(file), *options)
    assert file.read_text().startswith("{") is is_json
    assert len(parse_feed(file.read_bytes(), "file:///f", datetime.now(UTC)).articles) == 4


def test_the_file_is_the_readers_alone_unless_it_is_public(stocked):
    file = stocked.folder / "feed.xml"
    for options, mode in ([], 0o600), (["--public"], 0o644), ([], 0o600):
        stocked.text("export-feed", str(file), *options)
        assert stat.S_IMODE(file.stat().st_mode) == mode
    assert [path.name for path in stocked.folder.glob("*feed*")] == ["feed.xml"]


def test_reasons_and_length_can_be_less(stocked):
    with_reasons = stocked.text("export-feed", "-")
    without = stocked.text("export-feed", "-", "--no-reasons", "--limit", "2")
    assert with_reasons.count("<summary>") == 4 and with_reasons.startswith("<?xml")
    assert without.count("<entry") == 2 and "<summary>" not in without
