"""What is kept of the app's own faults."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from android_demo.core.fault_log import FILE_NAME, MOST_BYTES, log_fault

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def fault() -> Exception:
    try:
        try:
            raise KeyError("A title, https://a.example/feed?key=secret")
        except KeyError as error:
            raise RuntimeError("another title") from error
    except RuntimeError as error:
        return error


def test_a_fault_is_kept_by_its_kind_and_place_and_without_what_it_says(tmp_path):
    log_fault(tmp_path / "new", fault(), NOW)
    kept = (tmp_path / "new" / FILE_NAME).read_text()
    assert kept.startswith("2026-11-24 09:30:00 RuntimeError from KeyError\n  android_demo/test_fault_log.py:")
    assert "title" not in kept and "secret" not in kept and str(tmp_path) not in kept


def test_the_log_stays_small_and_keeps_the_newest(tmp_path):
    for number in range(600):
        log_fault(tmp_path, fault(), NOW + timedelta(seconds=number))
    kept = (tmp_path / FILE_NAME).read_bytes()
    assert len(kept) < MOST_BYTES + 1000 and b"09:39:59" in kept and b"09:30:00" not in kept
    assert kept.startswith(b"2026-11-24 ")


def test_where_nothing_can_be_kept_nothing_else_happens(tmp_path):
    (tmp_path / "file").write_text("")
    log_fault(tmp_path / "file", fault(), NOW)
