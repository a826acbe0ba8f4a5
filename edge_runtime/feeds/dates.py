"""Dates of feeds: the standards, what is written in their place, and what cannot be true."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, datetime, timedelta, timezone

EARLIEST_YEAR = 1990
LATEST_YEAR = 2199  # later ones say "never" or nothing
_MAX_CHARS = 100

# Hours from UTC. Where a name has several meanings, the one that feeds use: EST is New York, IST is India.
_ZONES = {
    "et": -5, "ct": -6, "mt": -7, "pt": -8,  # winter's: which half of the year is meant, they do not say
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8,
    "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3, "clt": -4, "wet": 0, "west": 1,
    "bst": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "met": 1, "mest": 2, "eet": 2, "eest": 3, "sast": 2, "msk": 3,
    "trt": 3, "gst": 4, "pkt": 5, "ist": 5.5, "wib": 7, "ict": 7, "hkt": 8, "sgt": 8, "pht": 8, "awst": 8, "jst": 9,
    "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11, "nzst": 12, "nzdt": 13,
}  # fmt: skip
# Three letters tell a month in these languages, but for French June and July.
_MONTHS = {
    letters: number
    for number, names in enumerate(
        (
            "jan gen ene янв", "feb fev fevr фев", "mar mae mrz maa мар", "apr avr abr апр", "may mai mag mei май мая",
            "jun giu juin июн", "jul lug juil июл", "aug aou ago авг", "sep set сен", "oct okt ott out окт",
            "nov noj ноя", "dec dez dic des дек",
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
_OFFSET = re.compile(
    r"(?:\b(?:gmt|utc|ut)\s*|(?<=[\d\s)])|^)(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?$", re.IGNORECASE
)
_ISO_BASIC = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T\s]?(\d{2})(\d{2})(\d{2})?(?:[.,]\d+)?)?")
_ISO_DAY = re.compile(r"(\d{4})(?:[-/.]|\s?[年년]\s?)(\d{1,2})(?:[-/.]|\s?[月월]\s?)(\d{1,2})[日일]?(?!\d)")
_ISO_MONTH = re.compile(r"(\d{4})-(\d{2})")
_ISO_WEEK = re.compile(r"(\d{4})-?W(\d{2})(?:-?([1-7]))?(?!\d)")
_ISO_ORDINAL = re.compile(r"(\d{4})-(\d{3})(?!\d)")
_NUMBERS_FIRST = re.compile(r"(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_LATE_YEAR = re.compile(r"(?<![\d:+-])(\d{4})(?![\d:])")  # after time and zone
_WORD = re.compile(r"[^\W\d_]+")
_NUMBER = re.compile(r"\d+")


def read_date(text: str) -> datetime | None:
    """A date as a feed writes it, UTC-aware, perhaps in the future; None if it is none, or one that cannot be true.

    A date without time is midnight, a time without zone is UTC.
    """
    try:
        found = _read(text)
    except (ValueError, OverflowError):  # the 31st of November
        return None
    return found if found is not None and EARLIEST_YEAR <= found.year <= LATEST_YEAR else None


def parse_date(text: str, now: datetime) -> datetime | None:
    """As `read_date`, at most `now`: nothing was published, or counted, later than it is read."""
    found = read_date(text)
    return None if found is None else min(found, now)


def _read(text: str) -> datetime | None:
    text = unicodedata.normalize("NFKC", text[:_MAX_CHARS]).strip()
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]) if epoch[1] else int(epoch[2]) / 1000, UTC)
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", text).replace("−", "-")
    if basic := _ISO_BASIC.match(text):
        year, month, number, hour, minute, second = (int(part or 0) for part in basic.groups())
        return _combine(datetime(year, month, number), (hour, minute, second), _offset(text[basic.end() :]))
    text, day = _take_day(text)
    if day is None:
        return None
    text, clock = _take_clock(text)
    return _combine(day, clock, _offset(text))


def _combine(day: datetime, clock: tuple[int, int, int], offset: timedelta) -> datetime:
    hour, minute, second = clock
    if hour > 24 or minute > 59 or second > 60 or (hour == 24 and (minute or second)):
        raise ValueError(f"{hour}:{minute}:{second} is not a time of day")
    at = day.replace(tzinfo=timezone(offset)) + timedelta(hours=hour, minutes=minute, seconds=min(second, 59))
    return at.astimezone(UTC)


def _take_day(text: str) -> tuple[str, datetime | None]:
    """The day at midnight, and what is left of the text."""
    if week := _ISO_WEEK.match(text):
        return text[week.end() :], datetime.fromisocalendar(int(week[1]), int(week[2]), int(week[3] or 1))
    if ordinal := _ISO_ORDINAL.match(text):
        return text[ordinal.end() :], datetime(int(ordinal[1]), 1, 1) + timedelta(days=int(ordinal[2]) - 1)
    if iso := _ISO_DAY.search(text):
        left = text[: iso.start()] + " " + text[iso.end() :].removeprefix("T").removeprefix("t")
        return left, datetime(_year(iso[1]), int(iso[2]), int(iso[3]))
    if month_only := _ISO_MONTH.fullmatch(text):
        return "", datetime(int(month_only[1]), int(month_only[2]), 1)
    numbers = _NUMBERS_FIRST.search(text)
    if numbers is None or (len(numbers[4]) == 2 and _has_month(text)):  # "24 Nov 2026 10.00.00" holds no such day
        return _take_named_day(text)
    first, second = int(numbers[1]), int(numbers[3])
    left = text[: numbers.start()] + " " + text[numbers.end() :]
    # 11/24/2026 and 11-24-2026 are American, and so is 1/2/2026 with AM or PM; otherwise the day comes first.
    is_half = numbers[2] == "/" and re.search(r"\d\s?[ap]\.?m\b", left, re.IGNORECASE) is not None
    american = second > 12 or is_half
    day, month = (second, first) if american and first <= 12 else (first, second)
    return left, datetime(_year(numbers[4]), month, day)


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
        year = re.search(r"^[\s.,'-]*(?:del?\s+)?(\d{2,4})(?![\d:])", text[word.end() :]) or _LATE_YEAR.search(
            text[word.end() :]
        )
        if year is None:
            return text, None
        left = text[: before.start()] + text[word.end() : word.end() + year.start(1)] + text[word.end() + year.end(1) :]
        return left, datetime(_year(year[1]), month, int(before[1]))
    after = re.search(r"^[\s.,-]*(\d{1,2})(?:st|nd|rd|th)?(?![\d:])", text[word.end() :], re.IGNORECASE)
    if after is None:
        return text, None
    rest = text[word.end() + after.end() :]
    year = re.search(r"^[\s.,'-]*(\d{4}|\d{2})(?![\d:])", rest) or _LATE_YEAR.search(rest)
    if year is None:
        return text, None
    left = f"{text[: word.start()]} {rest[: year.start(1)]} {rest[year.end(1) :]}"  # a time may stand before the day
    return left, datetime(_year(year[1]), month, int(after[1]))


def _has_month(text: str) -> bool:
    return any(_month(word) for word in _WORD.findall(text))


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


def _offset(text: str) -> timedelta:
    """The zone at the end of a date; UTC where it is missing, unknown or impossible."""
    text = re.sub(r"\b\d{4}\s*$", "", text) if not re.search(r"[+-]\d{4}\s*$", text) else text
    text = text.strip(" \t.,;")
    if found := _OFFSET.search(text):
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        if offset < timedelta(hours=15):
            return -offset if found["sign"] == "-" else offset
        return timedelta()
    for word in _WORD.findall(text.lower()):
        if word in _ZONES:
            return timedelta(hours=_ZONES[word])
    return timedelta()
