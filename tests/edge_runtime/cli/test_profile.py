"""What is known of the reader: shown, taken back, carried away, forgotten."""

from __future__ import annotations

import errno
import stat
import sys
from io import StringIO
from pathlib import Path

import pytest

from edge_runtime.cli import documents
from edge_runtime.cli.profile import OF_THE_PAGES


def test_the_profile_shows_everything_with_numbers(stocked):
    stocked.text("topics", "food")
    stocked.text("follow", "word", "hills")
    stocked.text("open", "a0")
    stocked.text("search", "soup", "--teach")
    lines = stocked.text("profile").splitlines()
    assert "asked for: food" in lines and "followed word “hills”" in lines
    (event,) = [line for line in lines if "Rain" in line]
    (search,) = [line for line in lines if line.endswith("soup")]
    assert event.split() == [event.split()[0], "2026-11-24", "12:00", "open", *["Rain", "again", "in", "the", "hills"]]
    assert int(search.split()[0]) > int(event.split()[0])


def test_one_event_or_search_is_forgotten_by_its_number(stocked):
    stocked.text("open", "a0")
    stocked.text("search", "soup", "--teach")
    profile = stocked.json("profile")
    forgotten = stocked.json("profile", "forget", str(profile["events"][0]["number"]))["forgotten"]
    assert forgotten["article"]["article_id"] == "a0"
    assert "the search “soup”" in stocked.text("profile", "forget", str(profile["searches"][0]["number"]))
    assert stocked.text("profile") == "the profile is empty\n"
    assert "99" in stocked.json("profile", "forget", "99", status=1)["error"]


def test_a_long_profile_is_cut_and_says_so(stocked):
    for _ in range(3):
        stocked.text("open", "a0")
    assert "and 2 before these: `edge-news profile --limit 3`" in stocked.text("profile", "--limit", "1")
    assert "before these" not in stocked.text("profile", "--limit", "3")


def test_everything_is_undone_latest_first(stocked):
    stocked.text("topics", "food")
    stocked.text("open", "a0")
    stocked.text("mute", "word", "soup")
    stocked.text("unmute", "word", "soup")
    stocked.text("search", "rain", "--teach")
    assert stocked.text("undo") == "taken back: the search “rain”\n"
    assert stocked.text("undo") == "again muted word “soup”\n"
    assert stocked.text("undo") == "no longer muted word “soup”\n"
    assert stocked.json("undo")["undone"]["signal"] == "open"
    assert stocked.text("undo") == "asked for, as before: none\n"
    assert "nothing to undo" in stocked.json("undo", status=1)["error"]


def test_topics_are_asked_for_and_let_go(edge_news):
    assert edge_news.json("topics")["picked"] == []
    assert edge_news.json("topics", "food", "travel")["picked"] == ["food", "travel"]
    assert edge_news.json("profile")["picked_topics"] == ["food", "travel"]
    assert edge_news.json("topics", "--none")["picked"] == []
    assert "known are" in edge_news.json("topics", "curling", status=1)["error"]


def test_an_exported_profile_comes_back(stocked):
    stocked.text("open", "a0")
    stocked.text("mute", "word", "soup")
    file = stocked.folder / "profile.json"
    told = stocked.json("export", str(file))
    assert told == {"file": str(file), "bytes": file.stat().st_size}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before = stocked.json("export")
    stocked.text("erase", "--yes")
    assert stocked.json("profile")["events"] == []
    assert stocked.json("import", str(file)) == {"imported": True, "events": 1}
    assert stocked.json("export") == before


def test_an_export_replaces_a_file_of_anyones_by_one_of_the_readers_alone(edge_news):
    file = edge_news.folder / "profile.json"
    file.write_text("old")
    file.chmod(0o644)
    link = edge_news.folder / "link.json"
    link.symlink_to(file)
    edge_news.text("export", str(link))
    assert link.is_symlink() and file.read_text().startswith("{")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in edge_news.folder.iterdir()) == ["data", "link.json", "profile.json"]


def test_an_export_that_fails_leaves_what_was_there(edge_news):
    assert "No such file" in edge_news.json("export", str(edge_news.folder / "none" / "p.json"), status=1)["error"]
    assert "directory" in edge_news.json("export", str(edge_news.folder), status=1)["error"]


def test_an_export_goes_to_a_file_whose_name_is_as_long_as_names_can_be(edge_news):
    longest = edge_news.folder / ("n" * 255)
    edge_news.text("export", str(longest))
    assert longest.read_text().startswith("{")
    too_long = edge_news.folder / ("n" * 256)
    said = edge_news.json("export", str(too_long), status=1)["error"]
    assert str(too_long) in said and "partial" not in said


@pytest.mark.parametrize("failing", ["replace", "open", "fsync"])
def test_an_export_that_fails_on_the_way_names_the_file_that_was_asked_for(edge_news, monkeypatch, failing):
    file = edge_news.folder / "profile.json"
    do = getattr(documents.os, failing)

    def fail(*given: object) -> object:
        if failing == "fsync" or "partial" in str(given[0]):
            raise OSError(errno.EIO, "Input/output error", *(str(one) for one in given[:1]))
        return do(*given)

    with monkeypatch.context() as broken:
        broken.setattr(documents.os, failing, fail)
        said = edge_news.json("export", str(file), status=1)["error"]
    assert str(file) in said and "partial" not in said
    assert not list(edge_news.folder.glob("*.partial"))


def test_a_device_is_written_to_and_not_replaced(edge_news):
    edge_news.text("export", "/dev/null")
    assert Path("/dev/null").is_char_device()


def test_what_is_no_profile_changes_nothing(stocked):
    stocked.text("open", "a0")
    wrong = stocked.folder / "wrong.json"
    wrong.write_text("{}")
    assert "profile file" in stocked.json("import", "--yes", str(wrong), status=1)["error"]
    assert "No such file" in stocked.json("import", "/nowhere/profile.json", status=1)["error"]
    assert len(stocked.json("profile")["events"]) == 1


class Keyboard(StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "erased"), [("y\n", True), ("YES\n", True), ("n\n", False), ("\n", False), ("", False)]
)
def test_erasing_asks_on_a_terminal(stocked, monkeypatch, answer, erased):
    stocked.text("open", "a0")
    monkeypatch.setattr(sys, "stdin", Keyboard(answer))
    assert stocked.json("erase")["erased"] is erased
    assert "[y/N]" in stocked.err
    assert (stocked.json("profile")["events"] == []) is erased


def test_where_nobody_can_be_asked_yes_must_be_said(stocked):
    stocked.text("like", "a0")
    stocked.text("export", str(stocked.folder / "p.json"))
    for command in (["erase"], ["erase", "--everything"], ["import", str(stocked.folder / "p.json")]):
        assert "no terminal to ask you on: say --yes" in stocked.refused(*command)
    assert len(stocked.json("profile")["events"]) == 1


def test_importing_over_a_profile_asks_on_a_terminal(stocked, monkeypatch):
    file = stocked.folder / "profile.json"
    stocked.text("export", str(file))
    monkeypatch.setattr(sys, "stdin", Keyboard("n\n"))
    assert stocked.json("import", str(file))["imported"]  # nothing would be lost
    stocked.text("open", "a0")
    assert not stocked.json("import", str(file))["imported"]
    assert stocked.json("import", "--yes", str(file))["imported"]


def test_erasing_keeps_articles_and_erasing_everything_does_not(stocked):
    stocked.text("add", "--no-fetch", "https://news.example/feed.xml")
    stocked.text("feed")
    stocked.text("erase", "--yes")
    assert stocked.json("info")["articles"] == 4 and len(stocked.json("feeds")["feeds"]) == 1
    assert "no article 1 in the last list" in stocked.json("open", "1", status=1)["error"]
    kept = [stocked.folder / "data" / name for name in OF_THE_PAGES]
    stocked.text("serve", "--new-password")
    stocked.text("serve", "--app-password", "phone")
    assert all(path.exists() for path in kept)
    assert stocked.json("erase", "--everything", "--yes") == {"erased": True, "everything": True}
    assert not any(path.exists() for path in kept)
    assert stocked.json("info")["articles"] == 0 and stocked.json("feeds")["feeds"] == []


def test_private_mode_is_switched_and_shown(edge_news):
    assert edge_news.json("private") == {"private": False}
    assert edge_news.json("private", "on") == {"private": True}
    assert "private mode is on" in edge_news.text("profile")
    assert edge_news.text("private", "off") == "private mode is off: the profile learns\n"


def test_one_event_is_one(stocked):
    stocked.text("like", "a0")
    file = str(stocked.folder / "me.json")
    assert ": 1 event, " in stocked.text("export", file)
    assert stocked.text("import", file, "--yes") == "imported, with 1 event\n"


def test_what_was_set_is_in_the_profile(stocked):
    for call in ("variety 0.2", "languages fr en", "order newest", "words drop rain"):
        stocked.text(*call.split())
    assert stocked.text("profile") == "variety: 0.2\nlanguages: fr, en\norder: newest\ndropped words: rain\n"
    assert stocked.json("profile")["settings"]["dropped_words"] == ["rain"]
