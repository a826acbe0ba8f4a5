"""The demo articles that ship with the runtime."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from edge_runtime.content.samples import DEMO_FILE, DEMO_SPAN, demo_articles

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)


def test_every_topic_is_there_and_six_chinese_samples():
    articles = demo_articles(NOW)
    languages = Counter(article.language for article in articles)
    topics = Counter(article.category for article in articles)
    assert languages["zh"] == 6 and 180 <= languages["en"] <= 220
    assert len(topics) == 23 and min(topics.values()) >= 4
    assert len({article.article_id for article in articles}) == len(articles)


def test_samples_say_that_they_are_samples():
    for article in demo_articles(NOW):
        assert ("示例" in article.title and article.source == "示例") == (article.language == "zh")


def test_the_articles_fill_the_last_three_days_in_order():
    times = [article.published for article in demo_articles(NOW)]
    gaps = {(later - earlier) // timedelta(seconds=1) for earlier, later in pairwise(times)}
    step_s = DEMO_SPAN // timedelta(seconds=1) / len(times)
    assert all(abs(gap - step_s) <= 1 for gap in gaps)
    assert times[0] > NOW - DEMO_SPAN
    assert NOW - timedelta(hours=1) < times[-1] < NOW


def test_another_now_moves_all_times_alike():
    for first, second in zip(demo_articles(NOW), demo_articles(NOW + timedelta(days=9)), strict=True):
        assert second.published - first.published == timedelta(days=9)


def test_the_file_is_small():
    assert DEMO_FILE.stat().st_size < 50_000
