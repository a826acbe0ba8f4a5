from __future__ import annotations

from edge_runtime.cli.picked_words import word_lines
from edge_runtime.types import PickedWord

LATER = "2026-11-24T15:00:00Z"


def test_words_are_listed_dropped_and_kept(stocked):
    assert stocked.text("words") == "your lists have taught nothing of words yet\n"
    stocked.text("feed")
    stocked.text("open", "a0")
    found = stocked.json("words", now=LATER)["words"]
    best = max(found, key=lambda one: one["weight"])
    assert best["weight"] > 0 and best["opened"] == best["shown"] == 1
    assert f"{best['word']:20}  picked 1 of 1" in stocked.text("words", now=LATER)
    assert stocked.json("words", "drop", best["word"].upper()) == {"dropped": best["word"]}
    assert f"dropped: {best['word']}\n" in stocked.text("words", now=LATER)
    assert stocked.json("words", "keep", best["word"]) == {"kept": best["word"]}
    stocked.text("words", "keep", best["word"], status=1)
    assert "is not dropped" in stocked.err


def test_a_narrow_terminal_has_no_columns():
    one = PickedWord("rain", 0.41, 1, 2)
    assert word_lines(one, 80) == ["   +0.41  rain                  picked 1 of 2"]
    assert word_lines(one, 26) == ["+0.41 rain, picked 1 of 2"]


def test_a_saved_headline_counts_as_picked(stocked):
    stocked.text("feed")
    stocked.text("save", "a0")
    found = stocked.json("words", now=LATER)["words"]
    assert all(one["opened"] == 1 for one in found if one["weight"] > 0)
