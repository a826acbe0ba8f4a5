"""Standard input and pipes as files of a log: they can be read but once."""

from __future__ import annotations

import io
import json
import os
import sys
import threading
from pathlib import Path
from types import SimpleNamespace

import pytest

from trainer.data.log_files import LogFiles, as_files
from trainer.data.prepare import prepare
from trainer.errors import LogError

ARTICLES = '{"article_id": "a", "title": "A"}\n{"article_id": "b", "title": "B"}\n'


def impressions() -> str:
    rows = [{"impression_id": f"i{n}", "user_id": "u", "time": f"2026-11-24T06:0{n}:00Z"} for n in range(4)]
    return "".join(json.dumps({**row, "shown": ["a", "b"], "clicked": ["a"]}) + "\n" for row in rows)


def test_a_pipe_and_standard_input_give_what_files_give(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    articles, log, pipe = (tmp_path / name for name in ("articles.jsonl", "log.jsonl", "pipe"))
    articles.write_text(ARTICLES, "utf-8")
    log.write_text(impressions(), "utf-8")
    expected = prepare(LogFiles([articles], [log]), tmp_path / "out", "x", "y", workers=1).sha256
    os.mkfifo(pipe)
    writer = threading.Thread(target=lambda: pipe.write_text(ARTICLES, "utf-8"))
    writer.start()
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(impressions().encode())))
    piped = prepare(LogFiles([pipe], [Path("-")]), tmp_path / "out", "x", "y", workers=1)
    writer.join()
    assert piped.sha256 == expected


def test_files_stay_where_they_are(tmp_path: Path):
    files = LogFiles([tmp_path / "none"], [tmp_path], translations=[("de", tmp_path / "none")])
    assert as_files(files, tmp_path / "copies") == files
    assert not (tmp_path / "copies").exists()


def test_standard_input_cannot_be_two_files(tmp_path: Path):
    with pytest.raises(LogError, match="-: is named twice and can be read but once; write it to a file first"):
        as_files(LogFiles([Path("-")], [Path("-")]), tmp_path)
