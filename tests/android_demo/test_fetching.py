"""When feeds are fetched as the app is opened."""

from datetime import timedelta

import pytest

from android_demo.core.pages.fetching import is_fetching_due
from android_demo.core.session import Session
from android_demo.core.settings import Settings


def test_feeds_are_due_once_the_last_time_is_long_enough_ago_and_never_where_it_is_off(tmp_path, now):
    session = Session(tmp_path, None, lambda at: [])
    session.start(now)
    assert not is_fetching_due(session, now, 60)  # there are none
    feeds = session.reader.feeds
    feeds.subscribe("https://news.example/feed", "", "", now)
    assert is_fetching_due(session, now, 60) and not is_fetching_due(session, now, 0)
    feeds.record_reached(now)
    assert not is_fetching_due(session, now + timedelta(minutes=59), 60)
    assert is_fetching_due(session, now + timedelta(minutes=60), 60)
    assert is_fetching_due(session, now - timedelta(days=1), 60)  # the clock was wrong before
    session.close()


@pytest.mark.parametrize(("kept", "taken"), [(15, 15), (0, 0), (7, 60), (True, 60), (15.0, 60), ("15", 60)])
def test_the_setting_takes_what_is_offered_alone(kept, taken):
    assert Settings.of({"fetch_after_min": kept}).fetch_after_min == taken
