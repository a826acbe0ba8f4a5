"""The zone of a name: by the system, by tzdata, or an error in words."""

from __future__ import annotations

import sys
import zoneinfo
from datetime import datetime, timedelta

import pytest

from edge_runtime import Remedy, UnknownZoneError, zone_named


@pytest.fixture
def no_database():
    zoneinfo.ZoneInfo.clear_cache()
    zoneinfo.reset_tzpath(to=[])
    yield
    zoneinfo.reset_tzpath()
    zoneinfo.ZoneInfo.clear_cache()


def offset(name: str, month: int) -> timedelta | None:
    return datetime(2026, month, 1, tzinfo=zone_named(name)).utcoffset()


def test_a_zone_has_its_changes_of_the_clocks():
    assert (offset("Europe/Berlin", 1), offset("Europe/Berlin", 7)) == (timedelta(hours=1), timedelta(hours=2))


@pytest.mark.usefixtures("no_database")
def test_without_a_database_tzdata_is_asked():
    pytest.importorskip("tzdata")
    assert offset("Asia/Kolkata", 1) == timedelta(hours=5.5)


@pytest.mark.parametrize("name", ["berlin", "Europe", "../etc/passwd", "", "CET-1CEST,M3.5.0"])
def test_no_zone_is_told_in_words(name):
    with pytest.raises(UnknownZoneError, match=r"no time zone .*: give one such as Europe/Berlin") as told:
        zone_named(name)
    assert ("did you mean Europe/Berlin?" in str(told.value)) == (name == "berlin")


@pytest.mark.usefixtures("no_database")
def test_a_device_that_knows_no_zone_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "tzdata", None)
    monkeypatch.setitem(sys.modules, "tzdata.zoneinfo", None)
    with pytest.raises(UnknownZoneError, match="this device knows none") as told:
        zone_named("Europe/Berlin")
    assert told.value.remedy is Remedy.INSTALL_TZDATA
