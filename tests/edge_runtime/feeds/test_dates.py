from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.feeds import zones
from edge_runtime.feeds.dates import parse_date, read_date

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    """
    Tue, 24 Nov 2026 09:00:00 GMT
    Tue, 24 Nov 2026 10:00:00 +0100
    Tue, 24 Nov 2026 10:00:00 +01:00
    Tue, 24 Nov 2026 10:00:00+0100
    Tue,24 Nov 2026 09:00:00 UT
    Tue, 24 Nov 2026 09:00:00 Z
    Mon, 24 Nov 2026 09:00 GMT
    Tue, 24 Nov 26 09:00:00 GMT
    Tue, 24 Nov 126 09:00:00 GMT
    Tue, 24-Nov-2026 09:00:00 GMT
    Tue, 24-Nov-26 09:00:00 GMT
    24 Nov 2026 9:00 GMT
    Tue, 24 Nov 2026 10:00 GMT+1
    Tue, 24 Nov 2026 10:00 UTC+01:00
    Tue, 24 Nov 2026 04:00:00 EST
    Tue, 24 Nov 2026 01:00:00 PST
    Tue, 24 Nov 2026 01:00:00 -0800 (PST)
    Tue, 24 Nov 2026 11:00:00 CEST
    Tue, 24 Nov 2026 18:00:00 JST
    Tue, 24 Nov 2026 14:30:00 IST
    Di, 24. Nov. 2026, 10:00:00 MEZ
    mar., 24 nov. 2026 10:00:00 +0100
    вт, 24 ноя 2026 12:00:00 +0300
    Tue, 24 Nov 2026 10.00.00 +0100
    Tue, 24 Nov 2569 16:00:00 +0700
    Tue Nov 24 09:00:00 2026
    Tue Nov 24 10:00:00 +0100 2026
    Tue Nov 24 04:00:00 EST 2026
    November 24, 2026 4:00 am EST
    Tuesday, November 24, 2026 - 09:00
    Nov 24 2026 9:00AM
    24 novembre 2026 à 9h00
    24 de noviembre de 2026 9:00
    24. November 2026, 9:00 Uhr
    2026-11-24T09:00:00Z
    2026-11-24t09:00:00z
    2026-11-24T09:00Z
    2026-11-24T09:00:00
    2026-11-24 09:00:00
    2026-11-24 10:00:00 +0100
    2026-11-24T10:00:00+01:00
    2026-11-24T10:00:00+01
    2026-11-24T10:00:00 +01:00
    2026-11-24T09:00:00.000-00:00
    2026-11-24T09:00:00,0Z
    2026-11-24 9:00 AM
    2026/11/24 09:00
    20261124T090000Z
    20261124090000
    2026-W48-2T09:00Z
    2026-328T09:00Z
    24.11.2026 09:00
    24.11.26 09:00
    24/11/2026 09:00
    11/24/2026 9:00:00 AM
    1795510800
    1795510800000
    2026年11月24日 9:00
    2026年11月24日9時00分
    2026年11月24日 午前9時
    2026년 11월 24일 오전 9:00
    Tue, 24 Nov 2026 01:00:00 America/Los_Angeles
    Tue, 24 Nov 2026 10:00:00 Europe/Brussels
    Tue, 24 Nov 2026 00:00:00 America/Juneau
    Tue, 24 Nov 2026 16:00:00 Asia/Novosibirsk
    Tue, 24 Nov 2026 06:00:00 america/argentina/buenos_aires
    Tue, 24 Nov 2026 04:00:00 Etc/GMT+5
    10:00 AM Europe/Berlin, Nov 24, 2026
    2026-11-24 10:00 Europe/Berlin
    2026-11-24T10:00:00[Europe/Paris]
    2026-11-24T09:00:00Z[Europe/Paris]
    2026-11-24T04:00:00-05:00Z
    2026-11-24 14:30:00 +0530 XYZT
    2026-11-24 04:00:00 EST/EDT
    Tue, 24 Nov 2026 09:00:00 Mars/Olympus
    Tue Nov 24 2026 10:00:00 GMT+0100 (Central European Standard Time)
    Tue, 24 Nov 2026 10:00:00 (CET)
    Τρί, 24 Νοε 2026 09:00:00 GMT
    2026. november 24. 9:00
    2026-november-24T9:00
    """.strip().splitlines(),
)
def test_this_is_nine_o_clock_utc(text):
    assert read_date(text.strip()) == datetime(2026, 11, 24, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T24:00:00Z", datetime(2026, 11, 24, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 24:00:00 GMT", datetime(2026, 11, 24, tzinfo=UTC)),
        ("Mon, 23 Nov 2026 23:59:60 GMT", datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)),
        ("24 Nov 2026", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2026-11-24", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2018", datetime(2018, 1, 1, tzinfo=UTC)),
        ("Nov. 2020", datetime(2020, 11, 1, tzinfo=UTC)),
        ("2020 november", datetime(2020, 11, 1, tzinfo=UTC)),
        ("-0312", datetime(2003, 12, 1, tzinfo=UTC)),
        ("-03-12", datetime(2003, 12, 1, tzinfo=UTC)),
        ("031231", datetime(2003, 12, 31, tzinfo=UTC)),
        ("03335", datetime(2003, 12, 1, tzinfo=UTC)),  # 31 days before the 366th, the first of 2004
        ("2003-012-31T10:14:55+00:00", datetime(2003, 12, 31, 10, 14, 55, tzinfo=UTC)),
        # In July Berlin is two hours ahead of UTC, in November one. At 2:30 on the 29th of March it has no clock.
        ("2026-11-24 10:00 Japan", datetime(2026, 11, 24, 1, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 10:00:00 PRC", datetime(2026, 11, 24, 2, tzinfo=UTC)),
        ("2026-07-24 10:00 Europe/Berlin", datetime(2026, 7, 24, 8, tzinfo=UTC)),
        ("Sun, 29 Mar 2026 02:30:00 Europe/Berlin", datetime(2026, 3, 29, 1, 30, tzinfo=UTC)),
        # The 11th of April 2020 was a Saturday, the 4th of November a Wednesday.
        ("Sat, 11 04 2020", datetime(2020, 4, 11, tzinfo=UTC)),
        ("Wed, 11 04 2020", datetime(2020, 11, 4, tzinfo=UTC)),
        ("Wed, 11/04/2020 08:00", datetime(2020, 11, 4, 8, tzinfo=UTC)),
        ("11/04/2020 08:00", datetime(2020, 4, 11, 8, tzinfo=UTC)),
        ("13 Ιούλιος 2004", datetime(2004, 7, 13, tzinfo=UTC)),
        ("2004-július-13T9:15-05:00", datetime(2004, 7, 13, 14, 15, tzinfo=UTC)),
        ("2026. szeptember 1.", datetime(2026, 9, 1, tzinfo=UTC)),
        ("2026年11月24日", datetime(2026, 11, 24, tzinfo=UTC)),
        ("２０２６年１１月２４日", datetime(2026, 11, 24, tzinfo=UTC)),
        ("2026-11-24T08:00:00+01:00[Europe/Paris]", datetime(2026, 11, 24, 7, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 04:00:00 ET", datetime(2026, 11, 24, 9, tzinfo=UTC)),
        ("8:00 AM, Nov 24 2026", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("10:00 PM EST, Nov 23, 2026", datetime(2026, 11, 24, 3, tzinfo=UTC)),
        ("11-24-2026 08:00", datetime(2026, 11, 24, 8, tzinfo=UTC)),
        ("24 mar 2026", datetime(2026, 3, 24, tzinfo=UTC)),
        ("5 juin 2026", datetime(2026, 6, 5, tzinfo=UTC)),
        ("5 juillet 2026", datetime(2026, 7, 5, tzinfo=UTC)),
        ("1er août 2026", datetime(2026, 8, 1, tzinfo=UTC)),
        ("1/2/2026 3:04 PM", datetime(2026, 1, 2, 15, 4, tzinfo=UTC)),
        ("1/2/2026 15:04", datetime(2026, 2, 1, 15, 4, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 12:00:00 +9999", datetime(2026, 11, 24, 12, tzinfo=UTC)),
        ("Fri, 31 Dec 1999 10:00:00 GMT", datetime(1999, 12, 31, 10, tzinfo=UTC)),
        ("Fri, 31 Dec 99 10:00:00 GMT", datetime(1999, 12, 31, 10, tzinfo=UTC)),
    ],
)
def test_this_is_that_time(text, expected):
    assert read_date(text) == expected


@pytest.mark.parametrize(
    "text",
    """
    yesterday
    Sat, 24 Nov 0000 10:00:00 GMT
    0001-01-01T00:00:00Z
    9999-12-31T23:59:59Z
    1970-01-01T00:00:00Z
    1989-12-31
    31 Nov 2026
    2026-13-01
    Tue, 24 Nov 2026 25:00:00 GMT
    Tue, 24 Nov 2026 24:30:00 GMT
    24 Nov
    2026-367
    1300
    99999999999999999999
    """.strip().splitlines(),
)
def test_this_is_no_date(text):
    assert read_date(text.strip()) is None
    assert read_date("") is None


def test_a_date_in_the_future_is_read_as_it_is_and_bounded_where_a_bound_is_given():
    assert read_date("2026-11-24T12:00:01Z") == NOW + timedelta(seconds=1)
    assert read_date("2100-01-01") == datetime(2100, 1, 1, tzinfo=UTC)
    assert parse_date("2026-11-24T11:59:59Z", NOW) == NOW - timedelta(seconds=1)
    assert parse_date("2026-11-24T12:00:01Z", NOW) == parse_date("2100-01-01", NOW) == NOW


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("03-12-31", datetime(2003, 12, 31, tzinfo=UTC)),  # the 3rd of December 2031 is to come
        ("25-11-26", datetime(2025, 11, 26, tzinfo=UTC)),  # so is the 25th of this month, tomorrow in all zones
        ("24-11-26", datetime(2026, 11, 24, tzinfo=UTC)),
        ("99-12-31", datetime(1999, 12, 31, tzinfo=UTC)),  # no month has 99 days
    ],
)
def test_a_short_year_comes_last_unless_the_day_would_be_to_come(text, expected):
    assert read_date(text, NOW - timedelta(hours=13)) == expected


def test_a_device_without_zones_reads_the_date_and_takes_utc(monkeypatch):
    zones._named_zone.cache_clear()
    monkeypatch.setattr(zoneinfo, "ZoneInfo", lambda name: (_ for _ in ()).throw(zoneinfo.ZoneInfoNotFoundError(name)))
    assert read_date("Tue, 24 Nov 2026 09:00:00 America/Juneau") == datetime(2026, 11, 24, 9, tzinfo=UTC)
    zones._named_zone.cache_clear()


AWARE = st.datetimes(datetime(1990, 1, 2), datetime(2026, 11, 24)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC))


@given(AWARE)
def test_what_the_standards_write_is_read_back(at):
    assert read_date(format_datetime(at)) == at
    assert read_date(format_datetime(at, usegmt=True)) == at
    assert read_date(at.isoformat()) == at
    assert read_date(at.isoformat().replace("+00:00", "Z")) == at
    assert read_date(at.strftime("%Y%m%dT%H%M%SZ")) == at
    assert read_date(at.strftime("%a %b %d %H:%M:%S %Y")) == at


@given(st.text(st.sampled_from("0123456789 :-+/.,TZWapmGMTNov年月日") | st.characters(), max_size=120))
def test_any_text_is_a_time_or_none(text):
    at = read_date(text)
    assert at is None or (at.utcoffset() == timedelta() and 1990 <= at.year <= 2199)
