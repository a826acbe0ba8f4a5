from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from edge_runtime.notify.texts import digest_title, since_text

NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)  # a Tuesday


@pytest.mark.parametrize(
    ("hours", "text"),
    [(1, "since 07:00"), (9, "since yesterday"), (36, "since Sunday"), (24 * 6, "since Wednesday")],
)
def test_a_time_is_told_as_a_person_would(hours, text):
    assert since_text(NOW - timedelta(hours=hours), NOW, UTC) == text


def test_a_week_ago_is_a_date_and_days_are_those_of_the_reader():
    assert since_text(NOW - timedelta(days=7), NOW, UTC) == "since 2026-11-17"
    # In Tokyo it is 17:00, and nine hours before is 08:00 of the same day.
    assert since_text(NOW - timedelta(hours=9), NOW, ZoneInfo("Asia/Tokyo")) == "since 08:00"


def test_a_digest_says_how_many_of_how_many():
    yesterday = NOW - timedelta(hours=24)
    assert digest_title(3, 1212, yesterday, NOW, UTC) == "3 worth reading of 1,212 since yesterday"
    assert digest_title(0, 212, yesterday, NOW, UTC) == "nothing worth reading of 212 since yesterday"
    assert digest_title(0, 0, yesterday, NOW, UTC) == "nothing new since yesterday"
