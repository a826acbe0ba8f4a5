from __future__ import annotations

import json


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


def test_the_last_source_is_named_where_a_line_for_the_rest_would_stand_for_it_alone(edge_news):
    for sources, last in ((11, "     1  Source 10"), (12, "     2  2 more sources")):
        path = edge_news.folder / "articles.jsonl"
        rows = [{"article_id": f"s{n}", "title": f"Story {n}", "source": f"Source {n:02}"} for n in range(sources)]
        path.write_text("\n".join(map(json.dumps, rows)))
        edge_news.json("add", str(path))
        assert edge_news.text("since", "yesterday").splitlines()[-1] == last
