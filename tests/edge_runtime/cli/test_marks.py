"""Marks in the lists, and the commands that set them and take them back."""

from __future__ import annotations


def test_what_is_read_and_saved_is_said_in_every_list(stocked):
    stocked.text("save", "id:a1")
    stocked.text("read", "id:a0", "id:a1")
    for command in (["feed"], ["latest"], ["search", "the"]):
        said = {one["article_id"]: (one["is_read"], one["is_saved"]) for one in stocked.json(*command)["articles"]}
        assert {name: said[name] for name in said if name in ("a0", "a1")}.items() <= {
            "a0": (True, False),
            "a1": (True, True),
        }.items()
    assert "read · saved · Example" in stocked.text("saved")
    assert stocked.text("latest").count("read · ") == 2


def test_unread_takes_a_mark_and_an_open_back_for_lists_and_teaches_nothing(stocked):
    stocked.text("open", "id:a2")
    stocked.text("read", "id:a3")
    events = stocked.json("profile")["events"]
    assert [one["article_id"] for one in stocked.json("latest", "--unread")["articles"]] == ["a0", "a1"]
    assert stocked.json("unread", "id:a2", "id:a3") == {
        "marked": "unread",
        "article_ids": ["a2", "a3"],
        "recorded": True,
    }
    assert len(stocked.json("latest", "--unread")["articles"]) == 4
    assert stocked.json("profile")["events"] == events


def test_all_are_marked_or_those_that_fit_and_are_counted(stocked):
    assert stocked.json("info")["unread"] == 4
    assert stocked.json("read", "--all", "--since", "2026-11-24T10:00:00Z")["article_ids"] == ["a0", "a1"]
    assert stocked.json("info")["unread"] == stocked.json("feeds")["unread"] == 2
    assert stocked.text("read", "--all") == "2 articles marked as read\n"
    assert stocked.json("info")["unread"] == 0
    assert "no article fits" in stocked.text("latest", "--unread")


def test_feeds_say_how_many_are_unread(stocked):
    stocked.text("add", "--no-fetch", "https://example.org/feed")
    stocked.text("feeds", "1", "--title", "EXAMPLE")
    assert stocked.json("feeds")["feeds"][0]["unread"] == stocked.json("info")["unread_by_feed"]["EXAMPLE"] == 4
    text = stocked.text("feeds")
    assert "4 unread · " in text and text.endswith("unread in all: 4\n")


def test_to_mark_takes_numbers_or_all(stocked):
    assert "or --all" in stocked.refused("read")
    assert "or --all" in stocked.refused("read", "1", "--all")
    assert "go with --all" in stocked.refused("read", "1", "--unread")


def test_in_private_nothing_is_marked(stocked):
    stocked.text("private", "on")
    before = stocked.json("export")
    assert "private mode is on" in stocked.text("read", "id:a0")
    assert not stocked.json("read", "--all")["recorded"]
    assert stocked.json("export") == before


def test_unsave_and_unhide_are_undone(stocked):
    stocked.text("save", "id:a0")
    assert stocked.text("unsave", "id:a0") == "no longer saved: Rain again in the hills\n"
    assert stocked.json("saved")["articles"] == []
    assert stocked.text("undo") == "again: save “Rain again in the hills”\n"
    assert len(stocked.json("saved")["articles"]) == 1
    stocked.text("hide", "id:a1")
    assert "edge-news unhide a1` brings it back" in " ".join(stocked.text("hidden").split())
    stocked.text("unhide", "id:a1")
    assert stocked.text("hidden") == "nothing is hidden\n"
    assert "nothing to take back" in stocked.json("unhide", "id:a1", status=1)["error"]


def test_a_like_is_taken_back(stocked):
    stocked.text("like", "id:a0")
    stocked.text("like", "id:a0")
    assert len(stocked.json("profile")["events"]) == 1
    assert stocked.text("unjudge", "id:a0") == "neither liked nor disliked: Rain again in the hills\n"
    assert stocked.text("undo") == "again: like “Rain again in the hills”\n"
    stocked.text("unjudge", "id:a0")
    assert "no like or dislike" in stocked.json("unjudge", "id:a0", status=1)["error"]


def test_an_unknown_name_is_a_wrong_call_that_records_nothing(stocked):
    before = stocked.json("export")
    for command in (["feed"], ["latest"], ["read", "--all"]):
        assert "did you mean “Example”?" in stocked.refused(*command, "--source", "Exampel")
    assert "did you mean" in stocked.refused("feed", "--topic", "foood")
    assert stocked.json("export") == before


def test_a_filtered_feed_counts_as_seen_only_what_it_shows(stocked):
    shown = stocked.json("feed", "--since", "3h")["articles"]
    assert {one["article_id"] for one in shown} == {"a0", "a1", "a2"}
    assert {one["article_id"] for one in stocked.json("export")["shown"]} == {"a0", "a1", "a2"}
