from __future__ import annotations

import time as time_module
from argparse import ArgumentTypeError
from datetime import datetime, time

import pytest

from edge_runtime.cli import argument_types as types


def test_hours_and_times_of_day():
    assert types.hours("22:00-7") == (time(22), time(7))
    assert types.hours("off") == (time(0), time(0))
    assert types.times("18:00, 07:30,18:00") == (time(7, 30), time(18))
    assert types.times("off") == ()


@pytest.mark.parametrize(
    ("text", "begin"),
    [
        ("today", "2026-11-24T00:00:00-05:00"),  # where it is 23:30 of the day before UTC's
        ("Yesterday", "2026-11-23T00:00:00-05:00"),
        ("36h", "2026-11-23T11:30:00-05:00"),
        ("7d", "2026-11-17T23:30:00-05:00"),
        ("2w", "2026-11-10T23:30:00-05:00"),
        ("2026-11-20", "2026-11-20T00:00:00-05:00"),
        ("2026-11-20T06:00", "2026-11-20T06:00:00-05:00"),
        ("2026-11-20t06:00z", "2026-11-20T06:00:00Z"),
    ],
)
def test_a_beginning_is_told_by_now_and_the_local_day(monkeypatch, text, begin):
    now = datetime.fromisoformat("2026-11-25T04:30:00Z")
    with monkeypatch.context() as local:
        local.setenv("TZ", "EST5")
        time_module.tzset()
        assert types.since(text)(now) == datetime.fromisoformat(begin)
    time_module.tzset()


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (types.hours, "22:00"),
        (types.hours, "22:00-25:00"),
        (types.times, "noon"),
        (types.times, "07:30Z"),
        (types.times, ""),
        (types.path, ""),  # as of a variable that is not set
        (types.name, " "),
        (types.count, "0"),
        (types.count, "-1"),
        (types.count, "1" * 5000),
        (types.count, "٣"),
        (types.probability, "1.1"),
        (types.probability, "nan"),
        (types.seconds, "inf"),
        (types.minutes, "0.5"),
        (types.positive, "0"),
        (types.words, "  "),
        (types.words, "\udcff"),
        (types.instant, "yesterday"),
        (types.since, "tomorrow"),
        (types.since, "7"),
        (types.since, "٧d"),
        (types.since, "999999d"),
        (types.since, "2026-13-01"),
        (types.instant, "9999-12-31"),
    ],
)
def test_what_is_no_such_value_is_a_wrong_call(read, text):
    with pytest.raises(ArgumentTypeError):
        read(text)


def test_numbers_at_the_ends_of_their_ranges():
    assert types.probability("0") == 0 and types.probability("1") == 1
    assert types.count_or_none("0") == 0 and types.seconds("0") == 0
    assert types.words(" می‌خواهم ") == "می‌خواهم"  # a joiner that spells
