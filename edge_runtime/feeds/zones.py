"""The time zone at the end of a date: an offset, an abbreviation, or a name of the IANA database."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache

_MAX_OFFSET = timedelta(hours=15)

# Hours from UTC. Where a name has several meanings, the one that feeds use: EST is New York, IST is India.
_ABBREVIATIONS = {
    "z": 0, "gmt": 0, "utc": 0, "ut": 0,
    "at": -4, "et": -5, "ct": -6, "mt": -7, "pt": -8,  # winter's: which half of the year is meant, they do not say
    "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7, "akst": -9, "akdt": -8,
    "hst": -10, "ast": -4, "adt": -3, "nst": -3.5, "ndt": -2.5, "brt": -3, "art": -3, "clt": -4, "wet": 0, "west": 1,
    "bst": 1, "wat": 1, "cet": 1, "cest": 2, "mez": 1, "mesz": 2, "met": 1, "mest": 2, "cat": 2, "eet": 2, "eest": 3,
    "sast": 2, "eat": 3, "msk": 3, "trt": 3, "gst": 4, "pkt": 5, "ist": 5.5, "npt": 5.75, "wib": 7, "ict": 7, "hkt": 8,
    "sgt": 8, "pht": 8, "awst": 8, "wita": 8, "wit": 9, "jst": 9, "kst": 9, "acst": 9.5, "aest": 10, "aedt": 11,
    "nzst": 12, "nzdt": 13,
}  # fmt: skip
# Names of the IANA database without a slash that are no abbreviations.
_COUNTRIES = {
    *("cuba", "egypt", "eire", "gb", "hongkong", "iceland", "iran", "israel", "jamaica", "japan", "libya", "nz"),
    *("poland", "portugal", "prc", "roc", "rok", "singapore", "turkey"),
}
# Whatever letters follow, the offset counts: "-05:00Z", "+0100 CET".
_OFFSET = re.compile(
    r"(?:\b(?:gmt|utc|ut)\s*|(?<=[\d\s)])|^)(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2})?(?:\s*[a-z]{1,9})?$",
    re.IGNORECASE,
)
_IANA = re.compile(
    r"(?<![A-Za-z/])[A-Za-z]{2,20}/[A-Za-z][A-Za-z_-]{1,30}(?:/[A-Za-z][A-Za-z_-]{1,30})?(?:[+-]\d{1,2}(?![\d:]))?"
)
_WORD = re.compile(r"[^\W\d_]+")


def take_named_zone(text: str) -> tuple[str, tzinfo | None]:
    """A zone named as "America/Los_Angeles", and the text without the name, known or not: "Novosibirsk" is no month."""
    found = _IANA.search(text)
    if found is None:
        return text, None
    zone = _named_zone(found.group())
    if zone is None and found.group().isupper():  # "EST/EDT"
        return text, None
    return f"{text[: found.start()]} {text[found.end() :]}", zone


@lru_cache(maxsize=256)
def read_zone(text: str) -> tzinfo | None:
    """An offset at the end of a text, else the first abbreviation in it; UTC for an offset that cannot be."""
    text = re.sub(r"\b\d{4}\s*$", "", text) if not re.search(r"[+-]\d{4}\s*$", text) else text
    text = text.strip(" \t.,;")
    if found := _OFFSET.search(text):
        offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
        if offset >= _MAX_OFFSET:
            return UTC
        return timezone(-offset if found["sign"] == "-" else offset)
    words = _WORD.findall(text.lower())
    for word in words:
        if word in _ABBREVIATIONS:
            return timezone(timedelta(hours=_ABBREVIATIONS[word]))
    named = next((word for word in words if word in _COUNTRIES), "")
    return _named_zone(named.upper() if len(named) <= 3 else named.title()) if named else None


@lru_cache(maxsize=64)  # a feed names one, and a device without the database looks long for it
def _named_zone(name: str) -> tzinfo | None:
    from zoneinfo import ZoneInfo

    for spelling in (name, name.title()):
        # KeyError: not in the database of this device, or no database; OSError: a folder of it.
        with suppress(KeyError, ValueError, OSError):
            return ZoneInfo(spelling)
    return None
