"""What becomes of articles on their way into the cache."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

from edge_runtime import AddReport, Popularity, Reader, Signal


def analysed(tmp_path, column: str) -> dict[str, object]:
    with sqlite3.connect(tmp_path / "data" / "cache.db") as db:
        return dict(db.execute(f"SELECT article_id, {column} FROM articles").fetchall())


def test_a_feeds_own_name_for_a_topic_is_understood(reader, tmp_path, make_article, now):
    reader.add(
        [make_article("a", "Lakers win again", category="Sport"), make_article("b", "x", category="Ligue 1")], now
    )
    assert analysed(tmp_path, "topic")["a"] == "sports"
    assert reader.article("a").category == "Sport"  # what the publisher wrote stays


def test_stories_are_joined_across_batches_and_outlive_a_restart(tmp_path, make_article, now):
    first = make_article("a", "Volcano erupts near Reykjavik in Iceland, flights cancelled", source="One")
    second = make_article("b", "Volcano near Reykjavik in Iceland erupts, flights cancelled", source="Two", age_h=2)
    with Reader.open(tmp_path / "data") as reader:
        reader.add([first], now)
    with Reader.open(tmp_path / "data") as reader:
        reader.add([second, make_article("c", "Soup with white beans")], now)
        assert len(reader.feed(now)) == 2
    stories = analysed(tmp_path, "story")
    assert stories["a"] == stories["b"] != stories["c"]


def test_a_changed_title_stays_in_its_story_and_new_counts_are_no_change(reader, make_article, now):
    article = make_article("a", "Rain again")
    reader.add([article], now)
    counted = replace(article, popularity=Popularity(100, 9, now))
    assert reader.add([counted], now).skipped == 1
    assert reader.article("a").popularity == counted.popularity
    assert reader.add([replace(counted, title="Rain again and again")], now).updated == 1


def test_saved_articles_outlive_the_others(reader, make_article, now, monkeypatch):
    monkeypatch.setattr("edge_runtime.intake.articles.Intake.evict", lambda intake, keep: intake._cache.evict(keep, 10))
    reader.add([make_article("old", "An old story to keep", age_h=900)], now)
    reader.record("old", Signal.SAVE, now)
    reader.add([make_article(str(n), f"Story number {n}", age_h=n) for n in range(30)], now + timedelta(hours=1))
    left = {article.article_id for article in reader.latest()}
    assert "old" in left
    assert len(left) == 10


def test_another_image_is_kept_and_is_no_update(reader, make_article, now):
    article = make_article("a", "Rain again")
    reader.add([article], now)
    before = reader._intake.rows()
    pictured = replace(article, image="https://i.example/a.jpg")
    assert reader.add([pictured], now) == AddReport(0, 0, 1, ())  # nothing is encoded anew
    assert (reader.article("a").image, reader.latest()[0].image) == ("https://i.example/a.jpg",) * 2
    assert reader._intake.rows() is before  # what is ranked knows nothing of it
    reader.add([replace(pictured, image="file:///etc/passwd")], now)
    assert reader.article("a").image == ""
    reader.record("a", Signal.SAVE, now)
    reader.add([replace(pictured, title="Rain again and again")], now)
    assert [one.image for one in reader.saved()] == ["https://i.example/a.jpg"]
