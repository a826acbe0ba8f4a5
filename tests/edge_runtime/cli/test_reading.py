"""The lists: what they print, keep and leave no trace of."""

from __future__ import annotations

import pytest

from edge_runtime import Reader


def test_the_feed_has_numbers_reasons_and_ages_in_80_columns(edge_news):
    edge_news.text("add", "--demo")
    lines = edge_news.text("feed", "--limit", "5").splitlines()
    assert [line[:5] for line in lines if line[:3].strip()] == [f"  {n}. " for n in range(1, 6)]
    assert max(map(len, lines)) <= 80
    assert "HuffPost" in "\n".join(lines) and " · " in lines[1]


def test_parts_of_the_json_feed_add_up_to_the_score(stocked):
    feed = stocked.json("feed")["articles"]
    assert len(feed) == 4
    for one in feed:
        assert sum(one["parts"].values()) == pytest.approx(one["score"], abs=1e-6)


def test_latest_is_newest_first_and_ten_long(edge_news):
    edge_news.text("add", "--demo")
    published = [article["published"] for article in edge_news.json("latest")["articles"]]
    assert len(published) == 10 and published == sorted(published, reverse=True)


def test_an_empty_cache_says_how_to_fill_it(edge_news):
    for command in ("feed", "latest"):
        assert "edge-news add --demo" in edge_news.text(command)
        assert edge_news.json(command) == {"articles": []}


def test_a_feed_of_muted_articles_says_where_they_are(edge_news):
    edge_news.add("Rain again")
    edge_news.text("mute", "source", "example")
    assert "edge-news hidden" in edge_news.text("feed")
    assert "muted source “example”" in edge_news.text("hidden")


def test_searching_finds_articles_with_every_word(stocked):
    found = stocked.json("search", "the", "budget")
    assert (found["query"], found["total"]) == ("the budget", 1)
    assert [article["title"] for article in found["articles"]] == ["Senate votes on the budget"]
    assert "no article has all of “budget soup”" in stocked.text("search", "budget soup")


def test_a_search_teaches_only_where_it_is_told_to(stocked):
    before = stocked.json("profile")
    stocked.text("search", "budget")
    assert stocked.json("profile") == before
    stocked.text("search", "budget", "--teach")
    assert [search["query"] for search in stocked.json("profile")["searches"]] == ["budget"]


def test_a_search_leaves_out_what_has_a_minus_sign_and_counts_what_it_finds(stocked):
    def titles(*words: str) -> list[str]:
        return [article["title"] for article in stocked.json("search", *words)["articles"]]

    senate, football = "Senate votes on the budget", "Football: the cup final"
    assert titles("the") == ["Rain again in the hills", senate, football]  # newest first
    assert titles("the", "-hills", "--limit", "5") == titles("--", "-hills", "the") == [senate, football]
    assert titles("-hills", "-the") == ["Soup for cold days"]
    assert titles('"on the"') == [senate] and titles('"the on"') == []
    assert titles("the", "--source", "example", "--since", "2026-11-24T10:00Z") == ["Rain again in the hills", senate]
    assert stocked.text("search", "the", "--limit", "2").startswith("2 of 3 found\n\n  1. ")
    assert stocked.text("search", "example").startswith("4 found\n")
    assert "usage" in stocked.refused("search", "--hills")


def test_the_digest_names_nothing_twice_and_nothing_seen(stocked):
    stocked.text("feed", "--limit", "1")
    first = stocked.json("digest", "--limit", "2")
    assert first["new"] == 3 and len(first["articles"]) == 2
    text = stocked.text("digest")
    assert text.startswith("1 worth reading of 1 since yesterday\n\n  1. ")
    assert stocked.text("digest") == "nothing new since yesterday\n"


def test_peeking_leaves_no_trace(stocked):
    before = stocked.json("export")
    assert "[a0]" in stocked.text("feed", "--peek")
    stocked.text("latest", "--peek")
    stocked.text("digest", "--peek")
    assert stocked.json("export") == before


def test_in_private_mode_lists_have_ids_and_leave_no_trace(stocked):
    stocked.text("private", "on")
    before = stocked.json("export")
    text = stocked.text("feed")
    assert "   - Soup for cold days\n" in text and "[a2]" in text and "1." not in text
    stocked.text("search", "soup")
    assert stocked.json("export") == before


def test_a_list_is_shown_where_nothing_can_be_kept(stocked, monkeypatch):
    from edge_runtime import StorageError

    def full(*_):
        raise StorageError("profile.db: not written: database or disk is full; free some space")

    monkeypatch.setattr(Reader, "remember_list", full)
    monkeypatch.setattr(Reader, "mark_shown", full)
    assert "[a2]" in stocked.text("feed")  # ids, as numbers would name nothing
    assert stocked.err.count("warning: this was not kept: profile.db") == 1
