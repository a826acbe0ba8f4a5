from __future__ import annotations

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
