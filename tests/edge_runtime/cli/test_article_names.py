"""Articles by number, range, "." and id; no number can hit an article of another list than the one that is shown."""

from __future__ import annotations

import json

import pytest

from edge_runtime import Reader, StorageError


@pytest.fixture
def at(monkeypatch):
    """Sit down at another terminal."""

    def sit(name: str) -> None:
        for module in ("article_lists", "article_names"):
            monkeypatch.setattr(f"edge_runtime.cli.{module}.terminal", lambda: name)

    return sit


def opened(edge_news, name: str) -> str:
    return edge_news.json("open", name)["article"]["article_id"]


def liked(edge_news, *names: str) -> list[str]:
    return [article["article_id"] for article in edge_news.json("like", *names)["articles"]]


def test_several_numbers_and_ranges_name_each_article_once_in_order(stocked):
    stocked.text("latest")
    assert liked(stocked, "4", "1-3", "2", "a0") == ["a3", "a0", "a1", "a2"]
    assert stocked.text("save", "1-2") == "saved: Rain again in the hills\nsaved: Senate votes on the budget\n"
    assert [event["article"]["article_id"] for event in stocked.json("profile")["events"][:2]] == ["a1", "a0"]
    assert stocked.json("hide", "2-2")["article"]["article_id"] == "a1"


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["1", "5"], "no article 5 in the last list, which has 4"),
        (["1-5"], "no article 5 in the last list"),
        (["3-1"], "the smaller number comes first, as in 1-3"),
        (["0-2"], "no article 0 in the last list"),
        (["1-999999"], "no article 999999 in the last list"),
        (["1", "nobody"], "no article 'nobody'"),
    ],
)
def test_of_names_of_which_one_is_wrong_none_counts(stocked, names, said):
    stocked.text("latest")
    assert said in stocked.json("like", *names, status=1)["error"]
    assert stocked.json("profile")["events"] == []


def test_open_takes_one_article_at_a_time(stocked):
    stocked.text("latest")
    assert "1-2 names 2 articles" in stocked.json("open", "1-2", status=1)["error"]
    assert opened(stocked, "2-2") == "a1"


def test_a_dot_is_the_article_that_was_named_last(stocked):
    assert "no article was named before" in stocked.json("like", ".", status=1)["error"]
    stocked.text("latest")
    stocked.text("open", "3")
    stocked.text("search", "budget")
    assert liked(stocked, ".", "1") == ["a2", "a1"]
    stocked.text("why", "a3")
    assert liked(stocked, ".") == ["a3"]


def test_after_a_list_without_numbers_those_of_the_list_before_are_refused(stocked):
    for command in (["latest", "--peek"], ["search", "zzzzz"], ["saved"]):
        stocked.text("latest")
        assert opened(stocked, "2") == "a1"
        stocked.text(*command)
        assert (
            "the list shown has no numbers: name an article by its id" in stocked.json("open", "2", status=1)["error"]
        )
        assert opened(stocked, "a1") == "a1"


def test_private_mode_has_no_numbers_and_brings_none_back(stocked):
    stocked.text("latest")
    stocked.text("open", "1")
    stocked.text("private", "on")
    assert "the list shown has no numbers" in stocked.json("open", "2", status=1)["error"]
    stocked.text("latest")
    assert "the list shown has no numbers" in stocked.json("why", "2", status=1)["error"]
    stocked.text("open", "a2")
    stocked.text("private", "off")
    assert "none was shown in this terminal" in stocked.json("open", "2", status=1)["error"]
    assert "no article was named before" in stocked.json("open", ".", status=1)["error"]


def test_each_terminal_has_numbers_of_its_own(stocked, at):
    at("one")
    stocked.text("latest")
    at("")  # a timer's digest
    stocked.text("digest", "--limit", "1")
    at("two")
    assert "none was shown in this terminal" in stocked.json("open", "1", status=1)["error"]
    stocked.text("search", "soup")
    assert opened(stocked, "1") == "a2"
    at("one")
    assert opened(stocked, "1") == "a0"
    stocked.text("latest", "--peek")
    at("two")
    assert opened(stocked, "1") == "a2" and liked(stocked, ".") == ["a2"]


def test_ids_that_look_like_numbers_or_ranges_can_be_named(edge_news):
    path = edge_news.folder / "numbers.jsonl"
    rows = [
        {"article_id": name, "title": f"Title {name}", "published": "2026-11-24"} for name in ("2", "1-2", ".", "9")
    ]
    path.write_text("\n".join(map(json.dumps, rows)))
    edge_news.json("add", str(path))
    edge_news.text("latest")
    assert [opened(edge_news, f"id:{name}") for name in ("2", "1-2", ".")] == ["2", "1-2", "."]
    assert opened(edge_news, "9") == "9"  # no list is so long


def test_lists_are_no_part_of_an_export_and_old_exports_are_read(stocked):
    stocked.text("latest")
    stocked.text("open", "1")
    document = stocked.json("export")
    assert set(document["settings"]) <= {"private"}
    document["settings"]["listed"] = ["a3", "a2"]
    old = stocked.folder / "old.json"
    old.write_text(json.dumps(document))
    stocked.text("import", str(old), "--yes")
    assert "listed" not in stocked.json("export")["settings"]
    assert "none was shown in this terminal" in stocked.json("open", "1", status=1)["error"]


def test_an_article_is_named_where_nothing_can_be_kept(stocked, monkeypatch):
    def full(*_):
        raise StorageError("profile.db: not written; free some space")

    monkeypatch.setattr(Reader, "remember_named", full)
    assert "Rain again" in stocked.text("why", "a0") and stocked.err == ""


def test_a_wrong_option_is_told_with_the_usage_of_its_command(stocked):
    assert "usage: edge-news like" in stocked.refused("like", "1", "--often")
