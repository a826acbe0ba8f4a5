"""Words of the command line as values; what is none of them is a wrong call."""

from __future__ import annotations

import math
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from edge_runtime.model.json_lines import parse_time

YEARS = 1970, 9000
DAY = timedelta(days=1)
_DAYS_AGO = {"today": 0, "yesterday": 1}
_UNITS = {"h": timedelta(hours=1), "d": DAY, "w": 7 * DAY}


def instant(text: str) -> datetime:
    """An ISO 8601 time as UTC, far enough from the ends of the calendar to count days from it."""
    try:
        at = parse_time(text)
    except ValueError as error:
        raise ArgumentTypeError(str(error)) from error
    if not YEARS[0] <= at.year <= YEARS[1]:
        raise ArgumentTypeError(f"{text!r} is not in the years {YEARS[0]} to {YEARS[1]}")
    return at


def since(text: str) -> Callable[[datetime], datetime]:
    """A beginning, told by the time of now: today, yesterday, 36h, 7d, 2w, or an ISO 8601 date or time.

    Days and times without a zone are those of this device.
    """
    word = text.strip().casefold()
    if word in _DAYS_AGO:
        return lambda now: _midnight(now.astimezone().date() - _DAYS_AGO[word] * DAY)
    number, unit = word[:-1], word[-1:]
    if unit in _UNITS and number.isascii() and number.isdigit() and len(number) < 6:
        span = int(number) * _UNITS[unit]
        return lambda now: now - span
    try:
        at = datetime.fromisoformat(word.upper())
        begin = _midnight(at.date()) if len(word) <= len("2026-11-24") else at.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ArgumentTypeError(f"{text!r} is not today, yesterday, 36h, 7d, nor a date such as 2026-11-24") from error
    return lambda now: begin


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(0)).astimezone(UTC)


def words(text: str) -> str:
    """Text that can be kept: not blank, and sound Unicode."""
    if not text.strip():
        raise ArgumentTypeError("it is empty")
    return words_or_none(text)


def words_or_none(text: str) -> str:
    """Text that can be kept: sound Unicode, and perhaps nothing at all."""
    try:
        text.encode()
    except UnicodeEncodeError as error:  # bytes of the command line that are not in its encoding
        raise ArgumentTypeError(f"{text!r} is no text in this terminal's encoding") from error
    return text.strip()


def path(text: str) -> Path:
    """A file or directory; an empty word, such as of a variable that is not set, would be the current directory."""
    if not text.strip():
        raise ArgumentTypeError("it is empty: give a path")
    return Path(text)


def name(text: str) -> str:
    """What names a file, "-" or an address: not blank, and left as it is."""
    path(text)
    return text


def count(text: str) -> int:
    """A whole number of 1 or more."""
    return _whole(text, 1)


def count_or_none(text: str) -> int:
    """A whole number of 0 or more."""
    return _whole(text, 0)


def positive(text: str) -> float:
    """A number above 0, as an argument."""
    return _number(text, math.ulp(0.0), 1e6, "above 0")


def minutes(text: str) -> float:
    """A number of 1 or more."""
    return _number(text, 1, 1e6, "of 1 or more")


def seconds(text: str) -> float:
    """A number of 0 or more."""
    return _number(text, 0, 1e6, "of 0 or more")


def probability(text: str) -> float:
    """A number from 0 to 1."""
    return _number(text, 0, 1, "from 0 to 1")


def hours(text: str) -> tuple[time, time]:
    """A span of the day such as 22:00-07:00; "off" is none, as of equal ends."""
    if text == "off":
        return time(0), time(0)
    start, dash, end = text.partition("-")
    if not dash:
        raise ArgumentTypeError(f"{text!r} is not two times such as 22:00-07:00, nor off")
    return _time_of_day(start), _time_of_day(end)


def times(text: str) -> tuple[time, ...]:
    """Times of the day such as 07:30,18:00; "off" is none."""
    return () if text == "off" else tuple(sorted({_time_of_day(part) for part in text.split(",")}))


def _time_of_day(text: str) -> time:
    hour, _, minute = text.strip().partition(":")
    try:
        if not (hour + minute).isascii() or not (hour + minute).isdigit():
            raise ValueError(text)
        return time(int(hour), int(minute or 0))
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is no time of day such as 07:30") from error


def _whole(text: str, least: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise ArgumentTypeError(f"{text!r} is no whole number of {least} or more")
    return int(text)


def _number(text: str, least: float, most: float, said: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise ArgumentTypeError(f"{text!r} is no number {said}")
    return value
