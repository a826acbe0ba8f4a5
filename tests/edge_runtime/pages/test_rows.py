from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from edge_runtime import Signal
from edge_runtime.pages.rows import Row, age_text, article_rows, feed_rows

LATE = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("hours", "said"),
    [
        (0.5, "30 min"),
        (1, "1 h"),
        (47.9, "47 h"),
        (48, "2 d"),
        (7 * 24 + 23, "7 d"),
        (8 * 24, "16 Nov"),
        (327 * 24, "1 Jan"),  # the 24th of November is the 328th day of the year
        (328 * 24, "2025-12-31"),
        (-3, "0 min"),
    ],
)
def test_ages_are_short_up_to_a_week_and_then_dates(hours, said):
    assert age_text(LATE - timedelta(hours=hours), LATE, UTC) == said


def test_a_date_is_that_of_the_readers_calendar():
    east = timezone(timedelta(hours=1))
    assert age_text(LATE - timedelta(days=8), LATE, east) == "17 Nov"
    assert age_text(None, LATE) == ""


def test_rows_say_what_a_list_shows(reader, make_article, now):
    article = make_article("a", "Rain\x1b again", source="Example", category="weather", url="https://example.org/a")
    reader.add([article, make_article("b", "Senate votes", age_h=5)], now)
    reader.record("a", Signal.SAVE, now)
    first, second = article_rows(reader, reader.latest(), now, ["why", ""])
    assert first == Row(
        "a", "Rain again", "Example", "weather", "3 h", "why", is_saved=True, url="https://example.org/a"
    )
    assert first.facts == "saved · Example · weather · 3 h · why"
    assert (second.facts, second.is_saved) == ("5 h", False)
    ranked = {row.article_id: row for row in feed_rows(reader, reader.feed(now), now)}
    assert ranked["a"].is_saved and ranked["b"].note


def test_a_row_says_how_much_of_its_story_is_not_listed():
    assert Row("a", "Rain", "Example", "", "", others=2).facts == "Example · 2 more of this story"
