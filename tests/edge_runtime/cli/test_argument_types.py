from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import time

import pytest

from edge_runtime.cli import argument_types as types


def test_hours_and_times_of_day():
    assert types.hours("22:00-7") == (time(22), time(7))
    assert types.hours("off") == (time(0), time(0))
    assert types.times("18:00, 07:30,18:00") == (time(7, 30), time(18))
    assert types.times("off") == ()


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
