from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.notify.times import after_quiet, clock_jump_s, is_plausible, is_quiet, latest_local, next_local

NIGHT = (time(22), time(7))
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def place(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        pytest.skip("no time zone database on this machine")


@pytest.mark.parametrize(
    ("hour", "quiet"), [(21.99, False), (22, True), (23.5, True), (0, True), (6.99, True), (7, False), (12, False)]
)
def test_quiet_hours_span_midnight(hour, quiet):
    assert is_quiet(datetime(2026, 11, 24, tzinfo=UTC) + hour * HOUR, UTC, NIGHT) == quiet


def test_equal_start_and_end_are_never_quiet():
    assert not any(is_quiet(NOW + hours * HOUR, UTC, (time(7), time(7))) for hours in range(24))


def test_quiet_hours_follow_the_zone_that_is_given():
    # 12:00 UTC is 21:00 in Tokyo and 22:00 in Sydney (daylight saving, UTC+11 is 23:00)
    assert not is_quiet(NOW, place("Asia/Tokyo"), NIGHT)
    assert is_quiet(NOW, place("Australia/Sydney"), NIGHT)


def test_quiet_hours_that_end_in_the_hour_that_is_left_out_end_after_it():
    # Berlin, 2026-03-29: 02:00 becomes 03:00 at 01:00 UTC. 02:30 was never on the wall: it counts as 03:30.
    berlin = place("Europe/Berlin")
    quiet = (time(22), time(2, 30))
    assert is_quiet(datetime(2026, 3, 29, 0, 59, tzinfo=UTC), berlin, quiet)
    assert not is_quiet(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), berlin, quiet)
    end = after_quiet(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), berlin, quiet)
    assert end == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_quiet_hours_that_end_in_the_doubled_hour_are_quiet_again_in_its_second_run():
    # Berlin, 2026-10-25: 03:00 becomes 02:00 at 01:00 UTC. 02:30 is at 00:30 UTC and at 01:30 UTC.
    berlin = place("Europe/Berlin")
    quiet = (time(22), time(2, 30))
    assert not is_quiet(datetime(2026, 10, 25, 0, 45, tzinfo=UTC), berlin, quiet)
    assert is_quiet(datetime(2026, 10, 25, 1, 15, tzinfo=UTC), berlin, quiet)
    assert after_quiet(datetime(2026, 10, 25, 1, 15, tzinfo=UTC), berlin, quiet) == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


def test_a_time_in_the_doubled_hour_comes_once_for_a_digest():
    berlin = place("Europe/Berlin")
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert latest_local(first + 2 * HOUR, berlin, [time(2, 30)]) == first


def test_a_local_midnight_that_is_left_out_counts_as_one_o_clock():
    # Beirut, 2026-03-29: 00:00 becomes 01:00, at 22:00 UTC of the day before
    beirut = place("Asia/Beirut")
    assert next_local(datetime(2026, 3, 28, 12, tzinfo=UTC), beirut, [time(0)]) == datetime(2026, 3, 28, 22, tzinfo=UTC)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)),
    st.sampled_from(["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Beirut"]),
    st.tuples(st.times(), st.times()),
)
def test_after_the_quiet_hours_it_is_not_quiet_and_less_than_a_day_and_an_hour_has_gone(moment, name, quiet):
    now, zone = moment.replace(tzinfo=UTC), place(name)
    end = after_quiet(now, zone, quiet)
    assert not is_quiet(end, zone, quiet)
    assert now <= end <= now + 26 * HOUR
    assert (end == now) == (not is_quiet(now, zone, quiet))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2036, 1, 1)), st.times())
def test_the_next_local_time_is_a_day_after_the_latest_one_where_the_clocks_stay(moment, wall):
    now = moment.replace(tzinfo=UTC)
    latest, following = latest_local(now, UTC, [wall]), next_local(now, UTC, [wall])
    assert latest <= now < following
    assert following - latest == timedelta(days=1)
    assert latest.time() == wall


def test_a_clock_of_1970_or_2100_is_not_plausible():
    assert [is_plausible(datetime(year, 1, 2, tzinfo=UTC), NOW) for year in (1970, 2026, 2027, 2100, 9999)] == [
        False,
        False,
        True,
        False,
        False,
    ]


@pytest.mark.parametrize(
    ("moved_s", "elapsed_s", "jump_s"),
    [
        (3600, 3600.0, 0),
        (3600, 3599.5, 0),  # rounding
        (7200, 3600.0, 3600),  # set forward by an hour
        (-3600, 3600.0, -7200),  # set back by two
        (3600, None, 0),  # believed
        (-3600, None, -3600),  # went back: no time has surely passed
        (8 * 86400, None, 8 * 86400),  # more than a week away, or a leap
        (3600, 7200.5, -3600),  # rounded up, so that pushes never look older than they are
    ],
)
def test_how_far_a_clock_was_set(moved_s, elapsed_s, jump_s):
    assert clock_jump_s(NOW + timedelta(seconds=moved_s), NOW, elapsed_s) == jump_s
