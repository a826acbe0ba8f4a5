"""Dates of feeds: the standards, what is written in their place, and what cannot be true."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache

from edge_runtime.feeds.zones import read_zone, take_named_zone

EARLIEST_YEAR = 1990
LATEST_YEAR = 2199  # later ones say "never" or nothing
_MAX_CHARS = 100

# Three letters tell a month in these languages, but for June and July in French and Greek.
_MONTHS = {
    letters: number
    for number, names in enumerate(
        (
            "jan gen ene янв ιαν", "feb fev fevr фев φεβ", "mar mae mrz maa мар μαρ", "apr avr abr апр απρ",
            "may mai mag mei maj май мая μαι", "jun giu juin июн ιουν", "jul lug juil июл ιουλ", "aug aou ago авг αυγ",
            "sep set sze сен σεπ", "oct okt ott out окт οκτ", "nov noj ноя νοε", "dec dez dic des дек δεκ",
        ),
        start=1,
    )
    for letters in names.split()
}  # fmt: skip

_EPOCH = re.compile(r"(\d{9,10})(?:\.\d+)?|(\d{12,13})")
_CLOCK = re.compile(
    r"(?<![\d:])(?P<hour>\d{1,2})\s?(?:[:h時时點点시]|\.(?=\d\d\b))\s?(?:(?P<minute>\d{1,2})[分분]?"
    r"(?:\s?[:.]?\s?(?P<second>\d{1,2})(?:[.,]\d+)?[秒초]?(?!\d))?)?(?:\s*(?P<half>[ap])\.?m\b\.?)?",
    re.IGNORECASE,
)
_HALF_ONLY = re.compile(r"(?<!\d)(?P<hour>\d{1,2})(?P<minute>)(?P<second>)\s*(?P<half>[ap])\.?m\b", re.IGNORECASE)
_EASTERN_HALF = re.compile("(午前|上午|오전)|(午後|下午|오후)")
_ISO_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?)?")
# "2003-012-31" is what programs make of December.
_ISO_DAY = re.compile(r"(\d{4})(?:[-/.]|\s?[年년]\s?)0?(\d{1,2})(?:[-/.]|\s?[月월]\s?)(\d{1,2})[日일]?(?!\d)")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_ISO_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?(?!\d)")
_ISO_ORDINAL = re.compile(r"(\d{4})-(\d{3})(?!-?\d)")
_YEAR = re.compile(r"\d{4}")
# ISO 8601 of 1988: "031231", "03335" is the 335th day, "-0312" is December.
_ISO_SHORT = re.compile(r"(\d{2})(?:(\d{2})(\d{2})|(\d{3}))|-(\d{2})-?(\d{2})")
_NUMBERS_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:([./-])(\d{1,2})\2(\d{4}|\d{2})|\s(\d{1,2})\s(\d{4}))(?!\d)")
_WEEKDAY = re.compile(r"\b(mon|tue|wed|thu|fri|sat|sun)", re.IGNORECASE)
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_YEAR_BEFORE = re.compile(r"(?<!\d)(\d{4})[\s.,/-]*$")
_LATE_YEAR = re.compile(r"(?<![\d:+-])(\d{4})(?![\d:])")  # after time and zone
_COMMENT = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_WORD = re.compile(r"[^\W\d_]+")


def read_date(text: str, now: datetime | None = None) -> datetime | None:
    """A date as a feed writes it, UTC-aware, perhaps in the future; None if it is none, or one that cannot be true.

    A date without time is midnight, a time without zone is UTC, a year or month alone is its first day.

    Args:
        now: Settles what may be meant by a short year alone: "03-12-31" is no day of 2031 before that.
    """
    try:
        found = _read(text, now)
    except (ValueError, OverflowError):  # the 31st of November
        return None
    return found if found is not None and EARLIEST_YEAR <= found.year <= LATEST_YEAR else None


def parse_date(text: str, now: datetime) -> datetime | None:
    """As `read_date`, at most `now`: nothing was published, or counted, later than it is read."""
    found = read_date(text, now)
    return None if found is None else min(found, now)


def _read(text: str, now: datetime | None) -> datetime | None:
    text = unicodedata.normalize("NFKC", text[:_MAX_CHARS]).strip()
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]) if epoch[1] else int(epoch[2]) / 1000, UTC)
    text, named_zone = take_named_zone(text.replace("−", "-"))
    comments = " ".join(_COMMENT.findall(text))
    text = _COMMENT.sub(" ", text).strip()
    if basic := _ISO_BASIC.match(text):
        year, month, number, hour, minute, second = (int(part or 0) for part in basic.groups())
        day: datetime | None = datetime(year, month, number)
        clock, left = (hour, minute, second), text[basic.end() :]
    else:
        left, day = _take_day(text, now)
        left, clock = _take_clock(left)
    if day is None:
        return None
    return _combine(day, clock, read_zone(left) or named_zone or read_zone(comments.strip("()[]")) or UTC)


def _combine(day: datetime, clock: tuple[int, int, int], zone: tzinfo) -> datetime:
    hour, minute, second = clock
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError(f"{hour}:{minute}:{second} is not a time of day")
    at = day.replace(tzinfo=zone) + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    return at.astimezone(UTC)


def _take_day(text: str, now: datetime | None) -> tuple[str, datetime | None]:
    """The day at midnight, and what is left of the text."""
    if week := _ISO_WEEK.match(text):
        return text[week.end() :], datetime.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or 1))
    if ordinal := _ISO_ORDINAL.match(text):
        return text[ordinal.end() :], _ordinal(int(ordinal[1]), int(ordinal[2]))
    if iso := _ISO_DAY.search(text):
        left = text[: iso.start()] + " " + text[iso.end() :].removeprefix("T").removeprefix("t")
        return left, datetime(_year(iso[1]), int(iso[2]), int(iso[3]))
    if month_only := _ISO_MONTH.fullmatch(text):
        return "", datetime(int(month_only[1]), int(month_only[2]), 1)
    if _YEAR.fullmatch(text):
        return "", datetime(_year(text), 1, 1)
    if short := _ISO_SHORT.fullmatch(text):
        if short[4]:
            return "", _ordinal(_year(short[1]), int(short[4]))
        return "", datetime(_year(short[1] or short[5]), int(short[2] or short[6]), int(short[3] or 1))
    numbers = _NUMBERS_FIRST.search(text)
    # "24 Nov 2026 10.00.00" holds no such day.
    if numbers is None or (len(numbers[4] or numbers[6]) == 2 and _has_month(text)):
        return _take_named_day(text)
    return f"{text[: numbers.start()]} {text[numbers.end() :]}", _numbered_day(numbers, text, now)


def _ordinal(year: int, number: int) -> datetime:
    day = datetime(year, 1, 1) + timedelta(days=number - 1)
    if day.year != year:
        raise ValueError(f"{year} has no day {number}")
    return day


def _numbered_day(numbers: re.Match[str], text: str, now: datetime | None) -> datetime:
    """A day of three numbers: the day first, unless that cannot be or something else says so.

    11/24/2026 is American, and so is 1/2/2026 with AM or PM, or on a weekday that only the American reading has.
    03-12-31 is of 2003 if it would be in the future otherwise.
    """
    first, second, last = numbers[1], numbers[3] or numbers[5], numbers[4] or numbers[6]
    orders = [(last, second, first), (last, first, second)]
    if numbers[2] == "/" and re.search(r"\d\s?[ap]\.?m\b", text, re.IGNORECASE):
        orders.reverse()
    if numbers[2] == "-" and len(last) == 2:
        orders.append((first, second, last))
    days = []
    for year, month, number in orders:
        with suppress(ValueError):
            days.append(datetime(_year(year), int(month), int(number)))
    weekday = _WEEKDAY.search(text)
    if weekday and len(orders) == 2:
        days.sort(key=lambda day: _WEEKDAYS[day.weekday()] != weekday[1].lower())
    if now is not None and len(orders) == 3:
        days.sort(key=lambda day: day.replace(tzinfo=UTC) > now + timedelta(days=1))
    if not days:
        raise ValueError(f"{numbers.group()} is no day")
    return days[0]


def _take_named_day(text: str) -> tuple[str, datetime | None]:
    """A day whose month is a word: "24 Nov 2026", "Nov 24, 2026", and asctime's "Nov 24 10:00:00 2026"."""
    words = [(word, month) for word in _WORD.finditer(text) if (month := _month(word.group()))]
    if not words:
        return text, None
    word, month = words[-1]  # "mar. 24 nov." is a Tuesday
    before = re.search(
        r"(?<![\d:+])(\d{1,2})(?:st|nd|rd|th|er|[.ºª°])?[\s.,-]*(?:de\s+)?$", text[: word.start()], re.IGNORECASE
    )
    if before:
        rest = text[word.end() :]
        year = re.search(r"^[\s.,'-]*(?:del?\s+)?(\d{2,4})(?![\d:])", rest) or _LATE_YEAR.search(rest)
        if year is None:
            return text, None
        left = text[: before.start()] + rest[: year.start(1)] + rest[year.end(1) :]
        return left, datetime(_year(year[1]), month, int(before[1]))
    after = re.search(r"^[\s.,-]*(\d{1,2})(?:st|nd|rd|th)?(?![\d:])", text[word.end() :], re.IGNORECASE)
    year_before = _YEAR_BEFORE.search(text[: word.start()])
    if after is None:
        alone = year_before or re.search(r"^[\s.,'-]*(\d{4})\W*$", text[word.end() :])
        return "", datetime(_year(alone[1]), month, 1) if alone else None
    rest = text[word.end() + after.end() :]
    if year_before:  # "2026. november 24. 10:00"
        return rest.removeprefix("T"), datetime(_year(year_before[1]), month, int(after[1]))
    year = re.search(r"^[\s.,'-]*(\d{4}|\d{2})(?![\d:])", rest) or _LATE_YEAR.search(rest)
    if year is None:
        return text, None
    left = f"{text[: word.start()]} {rest[: year.start(1)]} {rest[year.end(1) :]}"  # a time may stand before the day
    return left, datetime(_year(year[1]), month, int(after[1]))


def _has_month(text: str) -> bool:
    return any(_month(word) for word in _WORD.findall(text))


@lru_cache(maxsize=256)  # the words of a feed's dates are few
def _month(word: str) -> int | None:
    plain = "".join(char for char in unicodedata.normalize("NFD", word.lower()) if not unicodedata.combining(char))
    plain = plain.replace("и\u0306", "й")
    return _MONTHS.get(plain[:4]) or _MONTHS.get(plain[:3])


def _year(digits: str) -> int:
    """RFC 2822 on short years: 26 is 2026, 96 is 1996, and 126 is what programs make of 2026."""
    year = int(digits)
    if len(digits) == 2:
        return year + (2000 if year < 70 else 1900)
    if len(digits) == 3:
        return year + 1900
    return year - 543 if 2500 <= year <= 2700 else year  # the Thai calendar


def _take_clock(text: str) -> tuple[str, tuple[int, int, int]]:
    found = _CLOCK.search(text) or _HALF_ONLY.search(text)
    if found is None:
        return text, (0, 0, 0)
    hour = int(found["hour"])
    eastern = _EASTERN_HALF.search(text)
    half = (found["half"] or "").lower() or (("a" if eastern[1] else "p") if eastern else "")
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "p" else 0)
    return text[found.end() :], (hour, int(found["minute"] or 0), int(found["second"] or 0))
