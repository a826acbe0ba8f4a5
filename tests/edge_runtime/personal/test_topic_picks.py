"""Topics asked for at the first start: they lead a new reader's feed and give way to clicks."""

from __future__ import annotations

import sqlite3

import numpy as np
import pytest
from pytest import approx

from edge_runtime import NewsModel, Reader, UnknownTopicError, demo_articles, read_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.news_model import PICK_CLICKS
from edge_runtime.storage.profile import m001_create_events


def test_a_pick_counts_as_some_clicks_on_its_topic():
    news = NewsModel(read_bundle(DEFAULT_BUNDLE))
    food, sports = news.topic_numbers(["food", "sports"])
    nothing = np.zeros((0, news.bundle.manifest.dim), np.float32)
    picked = news.read_clicks(nothing, np.zeros(0, np.int64), picked_topics=["food"])
    assert picked.topic_shares[food] == 1
    clicks = np.eye(5, news.bundle.manifest.dim, dtype=np.float32)
    both = news.read_clicks(clicks, np.full(5, sports), picked_topics=["food"])
    assert both.topic_shares[food] == approx(PICK_CLICKS / (PICK_CLICKS + 5))
    assert both.topic_clicks == PICK_CLICKS + 5


def test_a_new_reader_who_asks_for_a_topic_gets_more_of_it(tmp_path, now):
    def food_in_top_ten(reader: Reader) -> int:
        return sum(scored.article.category == "food" for scored in reader.feed(now, 10))

    with Reader.open(tmp_path / "data") as reader:
        reader.add(demo_articles(now), now)
        before = food_in_top_ten(reader)
        reader.pick_topics([" Food "])
        assert food_in_top_ten(reader) > before
        assert reader.profile().picked_topics == ("food",)
        assert any(scored.reason == "You asked for food" for scored in reader.feed(now, 5))
    with Reader.open(tmp_path / "data") as reader:
        assert reader.profile().picked_topics == ("food",)
        reader.erase()
        assert reader.profile().picked_topics == ()
        assert food_in_top_ten(reader) == before


def test_a_profile_from_before_topics_could_be_asked_for_opens_with_its_events(tmp_path, now):
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    db = sqlite3.connect(data / "profile.db")
    m001_create_events(db)
    db.execute("INSERT INTO events VALUES (1, 'a', 'Rain again', '', 'weather', '', '', '', NULL, 'open', 0)")
    db.execute("PRAGMA user_version = 1")
    db.commit()
    db.close()
    with Reader.open(data) as reader:
        assert [event.article.title for event in reader.profile().events] == ["Rain again"]
        assert reader.profile().picked_topics == ()


def test_an_unknown_topic_is_refused_and_the_picks_stay(reader):
    reader.pick_topics(["food"])
    with pytest.raises(UnknownTopicError, match="no topic 'curling'; known are"):
        reader.pick_topics(["travel", "curling"])
    assert reader.profile().picked_topics == ("food",)
