"""The feed of an earlier day leaves everything as it is."""

from datetime import timedelta

from android_demo.core.pages.travel import DATED, profile_as_of, travel_page
from android_demo.core.throwaway import FOLDER
from edge_runtime import Article


def bytes_of(session):
    return {path.name: path.read_bytes() for path in session.data_dir.iterdir()}


def test_a_day_knows_only_what_was_done_by_then(session, past, now):
    page = travel_page(session, now, 3)
    # Opened five, four and three days ago; the events of two days ago and of yesterday do not count.
    assert page.about.startswith("3 things known of you")
    assert page.most_days == 5 and page.days_back == 3
    assert travel_page(session, now).about.startswith("5 things")
    assert travel_page(session, now, 99).days_back == 5


def test_travelling_leaves_the_profile_and_no_other_file(session, past, now):
    session.reader.profile(), session.reader.feed(now, 10)
    before = bytes_of(session)
    travel_page(session, now, 4)
    assert {name: data for name, data in bytes_of(session).items() if name.startswith("profile")} == {
        name: data for name, data in before.items() if name.startswith("profile")
    }
    assert not session.data_dir.with_name(FOLDER).exists()


def test_what_a_killed_app_left_of_a_journey_goes_with_the_next_start(session, now):
    left = session.data_dir.with_name(FOLDER)
    left.mkdir()
    (left / "profile.db").write_bytes(b"what was read")
    session.close()
    session.start(now)
    assert not left.exists()


def test_no_story_is_there_before_it_was_published(session, past, now):
    late = Article("late", "A story of today", source="A", published=now - timedelta(hours=1))
    early = Article("early", "A story of last week", source="A", published=now - timedelta(days=5))
    session.reader.add([late, early], now)
    titles = " ".join(row.words for row in travel_page(session, now, 4).rows)
    assert "A story of last week" in titles and "A story of today" not in titles


def test_a_cut_profile_has_nothing_of_later(session, past, now):
    moment = now - timedelta(days=2)
    cut = profile_as_of(session.reader.export_profile(), moment)
    assert len(cut["events"]) == 4  # at the very second counts
    assert all(row["at"] <= f"{moment:%Y-%m-%dT%H:%M:%SZ}" for name in DATED for row in cut[name])
    assert cut["worth"] is None
