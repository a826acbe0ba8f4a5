from __future__ import annotations

import json

import pytest

from edge_runtime.command_line import main


@pytest.fixture
def edge_news(tmp_path, capsys):
    def run(*arguments: str, status: int = 0) -> dict:
        assert main(["--data", str(tmp_path / "data"), "--json", *arguments]) == status
        return json.loads(capsys.readouterr().out)

    return run


def test_the_whole_tour(edge_news, tmp_path):
    rows = [{"article_id": f"a{n}", "title": title} for n, title in enumerate(["Rain again", "Senate votes", "Soup"])]
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\nbroken\n")
    added = edge_news("add", str(path))
    assert (added["added"], added["updated"], added["skipped"]) == (3, 0, 1)
    assert "articles.jsonl:4" in added["warnings"][0]
    feed = edge_news("feed")["articles"]
    assert sum(feed[0]["parts"].values()) == pytest.approx(feed[0]["score"])
    assert edge_news("open", "a1")["article"]["title"] == "Senate votes"
    assert edge_news("like", "a2")["signal"] == "like"
    assert edge_news("dislike", "a0")["signal"] == "dislike"
    assert [event["signal"] for event in edge_news("profile")["events"]] == ["dislike", "like", "open"]
    assert edge_news("erase", "--yes")["erased"]
    assert edge_news("profile")["events"] == []
    assert edge_news("info")["articles"] == 3


def test_topics_are_asked_for_and_let_go(edge_news):
    assert edge_news("topics")["picked"] == []
    assert edge_news("topics", "food", "travel")["picked"] == ["food", "travel"]
    assert edge_news("profile")["picked_topics"] == ["food", "travel"]
    assert edge_news("topics", "--none")["picked"] == []
    assert "known are" in edge_news("topics", "curling", status=1)["error"]


def test_errors_have_exit_status_one_and_say_why(edge_news):
    assert "nope" in edge_news("open", "nope", status=1)["error"]
    assert "cannot be read" in edge_news("add", "/nowhere/x.jsonl", status=1)["error"]
    assert "no such bundle" in edge_news("init", "--bundle", "/nowhere/x.bundle", status=1)["error"]
