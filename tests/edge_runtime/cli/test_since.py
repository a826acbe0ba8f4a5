from __future__ import annotations


def test_since_says_the_same_twice_and_has_numbers(stocked):
    stocked.text("follow", "word", "soup")
    text = stocked.text("since", "yesterday")
    assert text.startswith("4 new since yesterday\n\nwhat you follow\n  1. Soup for cold days\n")
    assert text.endswith("by source\n     4  Example\n")
    assert stocked.text("since", "yesterday") == text
    assert stocked.json("open", "1")["article"]["article_id"] == "a2"
    stocked.text("feed")
    assert stocked.text("since", now="2026-11-24T13:00:00Z") == "nothing new since 12:00\n"


def test_since_as_json_has_sources_stories_and_what_is_followed(stocked):
    found = stocked.json("since", "2026-11-24")
    assert found["since"] == "2026-11-24T00:00:00+00:00" and found["new"] == 4
    assert found["sources"] == [{"source": "Example", "articles": 4}]
    assert found["stories"] == found["followed"] == []
    assert "is not today" in stocked.refused("since", "someday")
