"""Notifications as they are printed, and how much of them the reader wants."""

from __future__ import annotations

from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from edge_runtime import Reader, StorageError
from edge_runtime.cli.local_zone import local_zone
from tests.edge_runtime.cli.conftest import TITLES


def ready(stocked):
    """Articles that are worth a notification at once."""
    stocked.text("push", "settings", "--threshold", "0", "--quiet", "off")
    return stocked


def test_one_notification_is_printed_and_not_printed_again(stocked):
    ready(stocked)
    first = stocked.text("push").splitlines()
    assert first[0] in TITLES
    assert stocked.text("push") == ""  # the gap is not over
    later = stocked.json("push", now="2026-11-24T14:00:00Z")
    (sent,) = later["notifications"]
    assert sent["title"] != first[0] and sent["article_id"] in later["verdicts"]
    assert "sent" in stocked.json("push", now="2026-11-24T14:01:00Z")["verdicts"][sent["article_id"]]


def test_what_cannot_be_kept_is_not_sent_again_and_again(stocked, monkeypatch):
    ready(stocked)

    def full(*_):
        raise StorageError("profile.db: not written; free some space")

    monkeypatch.setattr(Reader, "mark_sent", full)
    assert stocked.text("push", status=1) == ""
    assert "free some space" in stocked.err


def test_a_dry_run_shows_every_verdict_and_changes_nothing(stocked):
    ready(stocked)
    before = stocked.json("export")
    text = stocked.text("push", "--dry-run")
    assert all(title in text for title in TITLES)
    assert "likely to be opened" in text and "next look: " in text
    dry = stocked.json("push", "--dry-run")
    assert dry["dry_run"] and set(dry["verdicts"]) == {"a0", "a1", "a2", "a3"} and len(dry["notifications"]) == 1
    assert stocked.json("export") == before


def test_a_digest_is_one_notification_at_its_time(stocked):
    stocked.text("push", "settings", "--threshold", "1", "--quiet", "off", "--digest", "07:30,11:59")
    (digest,) = stocked.json("push")["notifications"]
    assert digest["title"] == "4 worth reading of 4 since yesterday" and digest["article_id"] is None
    assert "Soup for cold days" in digest["body"]


def test_settings_are_shown_changed_and_put_back(edge_news):
    usual = edge_news.json("push", "settings")
    assert usual["quiet_hours"] == ["22:00", "07:00"] and usual["daily_cap"] == 5
    changed = edge_news.json("push", "settings", "--quiet", "23:30-6:00", "--digest", "18:00,7:30", "--cap", "0")
    assert changed == {**usual, "quiet_hours": ["23:30", "06:00"], "digest_times": ["07:30", "18:00"], "daily_cap": 0}
    assert edge_news.json("push", "settings") == changed
    lines = edge_news.text("push", "settings").splitlines()
    assert "--quiet          23:30-06:00  hours without any" in lines
    assert edge_news.json("push", "settings", "--defaults", "--gap", "90") == {**usual, "min_gap_minutes": 90}
    assert "no number from 0 to 1" in edge_news.refused("push", "settings", "--threshold", "2")


def test_quiet_hours_are_those_of_the_readers_zone(stocked, monkeypatch):
    stocked.text("push", "settings", "--threshold", "0", "--quiet", "20:00-22:00")
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # 12:00 UTC is 21:00 there
    assert "quiet hours until 22:00" in stocked.text("push", "--dry-run")


def test_the_local_zone_knows_its_summer(monkeypatch):
    monkeypatch.setenv("TZ", ":Europe/Berlin")
    zone = local_zone()
    assert zone == ZoneInfo("Europe/Berlin")
    assert datetime(2026, 7, 1, tzinfo=zone).utcoffset().total_seconds() == 7200
    monkeypatch.setenv("TZ", "no zone at all")
    assert datetime(2026, 7, 1, tzinfo=local_zone()).utcoffset() is not None
    monkeypatch.delenv("TZ")
    assert datetime(2026, 7, 1, tzinfo=local_zone()).utcoffset() is not None


@pytest.mark.parametrize(
    ("zone", "winter_h", "summer_h"),
    [
        ("CET-1CEST,M3.5.0,M10.5.0/3", 1, 2),
        ("AEST-10AEDT,M10.1.0,M4.1.0/3", 11, 10),
        ("<+0330>-3:30", 3.5, 3.5),
        ("/usr/share/zoneinfo/Europe/Berlin", 1, 2),
        (":/usr/share/zoneinfo/Europe/Berlin", 1, 2),
        ("", 0, 0),  # is UTC, says POSIX
    ],
)
def test_rules_and_files_of_zones_know_their_summer(monkeypatch, zone, winter_h, summer_h):
    if "/usr" in zone and not Path(zone.removeprefix(":")).exists():
        pytest.skip("this system has no files of zones")
    monkeypatch.setenv("TZ", zone)
    offsets = [datetime(2026, month, 1, 12, tzinfo=local_zone()).utcoffset() for month in (1, 7)]
    assert offsets == [timedelta(hours=winter_h), timedelta(hours=summer_h)]


def test_nothing_new_is_nothing_to_print(edge_news):
    assert edge_news.text("push") == ""
    assert "no new articles" in edge_news.text("push", "--dry-run")
    assert edge_news.json("push")["notifications"] == []


@pytest.fixture
def tell(stocked):
    """A command of the reader's, which writes what it is given to a file."""
    path = stocked.folder / "tell"
    path.write_text(f"#!/bin/sh\ncat >>{stocked.folder}/told\n")
    path.chmod(0o755)
    return path


def test_notifications_go_where_they_were_asked_to(stocked, tell):
    ready(stocked)
    told = stocked.folder / "told"
    assert "no way is set" in stocked.refused("push", "--deliver")
    stocked.text("push", "settings", "--command", f"{tell} --secret")
    assert "Notifications come here." in (stocked.text("push", "--test") and told.read_text())
    told.unlink()
    stocked.text("push", "--dry-run")
    assert not told.exists()
    sent = stocked.json("push", "--deliver")
    assert sent["delivered"] == [{"channel": "command tell", "error": None}]
    (one,) = sent["notifications"]
    assert told.read_text() == f"{one['title']}\n{one['body']}\n"
    assert stocked.json("push", "--deliver")["delivered"] == []


def test_what_could_not_be_delivered_is_told_and_does_not_come_twice(stocked, tell):
    ready(stocked)
    tell.write_text("#!/bin/sh\nexit 7\n")
    stocked.text("push", "settings", "--command", str(tell))
    printed = stocked.text("push", "--deliver", status=1)
    assert printed.splitlines()[0] in TITLES and "failed with status 7" in stocked.err
    later = stocked.json("push", "--dry-run", now="2026-11-24T14:00:00Z")
    assert printed.splitlines()[0] not in [one["title"] for one in later["notifications"]]
    assert "tell: failed" in stocked.text("push", "--test", status=1)


def test_ways_are_shown_without_their_secrets_and_switched_off(stocked, monkeypatch):
    assert stocked.json("push", "settings")["command"] is None
    stocked.text("push", "settings", "--desktop", "on", "--command", "/usr/bin/tell --key zqsecret")
    lines = stocked.text("push", "settings").splitlines()
    assert {"--desktop        on", "--command        tell", "--apprise        off"} <= {*lines}
    assert "zqsecret" not in stocked.text("push", "settings") + str(stocked.json("push", "settings"))
    stocked.text("push", "settings", "--desktop", "off", "--command", "off")
    assert "--command        off" in stocked.text("push", "settings").splitlines()
    assert "No closing quotation" in stocked.refused("push", "settings", "--command", "'tell")


def test_the_address_of_a_service_comes_from_standard_input(stocked, monkeypatch):
    pytest.importorskip("apprise", reason="apprise is not installed: pip install '.[notify]'")
    monkeypatch.setattr("sys.stdin", StringIO("ntfy://zqsecret\n"))
    shown = stocked.json("push", "settings", "--apprise", "-", "--apprise", "json://host")
    assert shown["apprise"] == ["ntfy://…", "json://…"]
    assert "is no address" in stocked.json("push", "settings", "--apprise", "nosuch://x", status=1)["error"]
    assert stocked.json("push", "settings", "--apprise", "off")["apprise"] == []


def test_a_dry_run_names_so_many(stocked):
    lines = stocked.text("push", "--dry-run", "--limit", "1").splitlines()
    assert "and 3 more: `edge-news push --dry-run --limit 4`" in lines
    assert sum(title in line for title in TITLES for line in lines) <= 2  # one may be sent
