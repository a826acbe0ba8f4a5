from __future__ import annotations

import functools
import json
import shutil
import time

import pytest

from edge_runtime.cli.command_line import main
from edge_runtime.cli.parser import build_parser

NOW = "2026-11-24T12:00:00Z"
TITLES = ["Rain again in the hills", "Senate votes on the budget", "Soup for cold days", "Football: the cup final"]


class EdgeNews:
    """The command line in this process, on a data directory of its own, in UTC at `NOW`."""

    def __init__(self, folder, capsys) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.err = ""  # of the latest call
        self._capsys = capsys

    def text(self, *arguments: str, status: int = 0, now: str = NOW) -> str:
        self._capsys.readouterr()
        assert main(["--data", str(self.data), "--now", now, *arguments]) == status
        out, self.err = self._capsys.readouterr()
        return out

    def json(self, *arguments: str, status: int = 0, now: str = NOW) -> dict:
        return json.loads(self.text("--json", *arguments, status=status, now=now))

    def refused(self, *arguments: str) -> str:
        """What a wrong call is told."""
        with pytest.raises(SystemExit) as caught:
            main(["--data", str(self.data), *arguments])
        assert caught.value.code == 2
        return self._capsys.readouterr().err

    def add(self, *titles: str) -> None:
        """Articles a0, a1, ... of the last hours, oldest last."""
        rows = [
            {"article_id": f"a{n}", "title": title, "source": "Example", "published": f"2026-11-24T{11 - n:02}:00:00Z"}
            for n, title in enumerate(titles)
        ]
        path = self.folder / "articles.jsonl"
        path.write_text("\n".join(map(json.dumps, rows)))
        self.json("add", str(path))


one_parser = functools.cache(build_parser)


@pytest.fixture
def edge_news(tmp_path, capsys, monkeypatch, one_model):
    monkeypatch.setattr("edge_runtime.cli.parser.build_parser", one_parser)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield EdgeNews(tmp_path, capsys)
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def stocked(edge_news, tmp_path_factory):
    """The same with four articles in the cache, of a folder that the first test has filled."""
    kept = tmp_path_factory.getbasetemp() / "four-articles"
    if kept.exists():
        shutil.copytree(kept, edge_news.folder, dirs_exist_ok=True)
    else:
        edge_news.add(*TITLES)
        shutil.copytree(edge_news.folder, kept)
    return edge_news
