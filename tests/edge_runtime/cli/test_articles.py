"""Articles by number and id, and what is recorded of them."""

from __future__ import annotations

import json

from edge_runtime import Reader, StorageError


def test_a_number_names_an_article_of_the_last_list(stocked):
    stocked.text("latest")
    assert stocked.json("open", "2")["article"]["article_id"] == "a1"
    stocked.text("search", "soup")
    assert stocked.json("like", "1")["article"]["article_id"] == "a2"
    assert "no article 2 in the last list" in stocked.json("like", "2", status=1)["error"]


def test_ids_that_are_numbers_can_be_named(edge_news):
    path = edge_news.folder / "numbers.jsonl"
    rows = [{"article_id": name, "title": f"Title {name}", "published": "2026-11-24"} for name in ("2", "1", "77")]
    path.write_text("\n".join(map(json.dumps, rows)))
    edge_news.json("add", str(path))
    edge_news.text("latest", "--limit", "2")
    second = edge_news.json("latest")["articles"][1]["article_id"]
    assert edge_news.json("open", "2")["article"]["article_id"] == second
    assert edge_news.json("open", "id:2")["article"]["article_id"] == "2"
    assert edge_news.json("open", "77")["article"]["article_id"] == "77"  # no list is so long
    assert "no article 'x'" in edge_news.json("open", "id:x", status=1)["error"]


def test_opening_prints_text_and_link_and_records(edge_news):
    path = edge_news.folder / "one.jsonl"
    url = "https://news.example/" + "long/" * 30
    article = {"article_id": "a", "title": "Rain", "abstract": "Much of it. " * 20, "url": url, "category": "weather"}
    path.write_text(json.dumps(article))
    edge_news.json("add", str(path))
    lines = edge_news.text("open", "a", "--dwell", "42.5").splitlines()
    assert lines[:4] == ["Rain", "weather", "", "Much of it. " * 6 + "Much of"]
    assert lines[-2:] == ["", url]  # in one piece, to be copied
    dwell, opened = edge_news.json("profile")["events"]
    assert (opened["signal"], dwell["signal"], dwell["dwell_s"]) == ("open", "dwell", 42.5)


def test_each_signal_is_recorded_and_said(stocked):
    for signal in ("like", "dislike", "save", "share", "hide"):
        assert stocked.json(signal, "a0")["recorded"]
    signals = [event["signal"] for event in stocked.json("profile")["events"]]
    assert signals == ["hide", "share", "save", "dislike"]  # which took the like's place
    assert stocked.text("like", "a1") == "liked: Senate votes on the budget\n"
    assert [article["article_id"] for article in stocked.json("saved")["articles"]] == ["a0"]


def test_nothing_is_recorded_in_private_mode_and_that_is_said(stocked):
    stocked.text("private", "on")
    assert "Rain again" in stocked.text("open", "a0")
    assert stocked.json("open", "a0")["recorded"] is False
    assert "private mode is on" in stocked.text("save", "a0")
    assert stocked.json("profile")["events"] == []


def test_an_article_opens_where_nothing_can_be_written_and_a_like_is_refused(stocked, monkeypatch):
    def full(*_, **__):
        raise StorageError("profile.db: not written; free some space")

    monkeypatch.setattr(Reader, "record", full)
    assert "Rain again" in stocked.text("open", "a0")
    assert "not kept" in stocked.err
    assert "free some space" in stocked.json("like", "a0", status=1)["error"]


def test_control_characters_of_an_article_are_not_printed(edge_news):
    path = edge_news.folder / "evil.jsonl"
    evil = "\x1b]0;owned\x07\x9b31m"
    article = {name: f"{name}{evil}" for name in ("article_id", "title", "abstract", "source", "category", "url")}
    path.write_text(json.dumps(article))
    edge_news.text("add", str(path))
    edge_news.text("private", "on")
    edge_news.text("follow", "source", f"source{evil}")
    printed = edge_news.text("feed") + edge_news.text("open", article["article_id"]) + edge_news.text("profile")
    edge_news.text("open", f"none{evil}", status=1)
    assert not set("\x1b\x07\x9b") & set(printed + edge_news.err)
