"""What is kept of titles: enough to begin without reading them, and made again where an older release kept none."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from edge_runtime import Reader
from edge_runtime.content.titles import TitleWords
from edge_runtime.storage import titles

FIRST = "Volcano erupts near Reykjavik in Iceland, flights cancelled"
AGAIN = "Volcano near Reykjavik in Iceland erupts, flights cancelled"


def test_titles_come_back_as_they_were_found_and_go_with_their_articles(reader, make_article, now):
    article = make_article("a", FIRST, source="One", age_h=0)
    reader.add([article, make_article("old", "Rain", age_h=99)], now)
    table, hour_ago = reader._intake._cache.titles, (now - timedelta(hours=1)).timestamp()
    (kept,), is_whole = table.shelf(hour_ago)
    found = reader._intake._kept_title(article, TitleWords("en", tuple(kept.words.split())))
    assert (kept.article_id, kept.source, kept.story, is_whole) == ("a", "One", "a", True)
    assert kept.weights() == found.rarities | kept.weights() and kept.weights().keys() == found.rarities.keys()
    assert kept.fingerprint == found.fingerprint
    assert [title.words for title in table.newest(9, ())] == [("rain",), tuple(found.rarities)]
    assert list(table.newest(9, ("en", ""))) == []
    reader._intake._cache.remove(["a"])
    assert table.shelf(hour_ago) == ([], True)


def test_a_cache_without_them_gets_those_of_the_last_day_and_finds_its_stories(tmp_path, make_article, now):
    with Reader.open(tmp_path / "data") as reader:
        reader.add([make_article("a", FIRST, source="One", age_h=2)], now)
    with sqlite3.connect(tmp_path / "data" / "cache.db") as db:
        db.execute("DELETE FROM titles")
    with Reader.open(tmp_path / "data") as reader:
        reader.add([make_article("b", AGAIN, source="Two")], now)
        assert len(reader.feed(now)) == 1


def test_the_oldest_go(reader, make_article, now, monkeypatch):
    monkeypatch.setattr(titles, "_OLDEST", "(SELECT max(number) FROM articles) - 2")
    reader.add([make_article(str(n), f"Story number {n}") for n in range(5)], now)
    assert [title.words[-1] for title in reader._intake._cache.titles.newest(9, ())] == ["4", "3"]
