"""The benchmark of reader apps measures what it says."""

from __future__ import annotations

import pytest

from benchmarks.apps_speed import FIRST, App, measured
from benchmarks.reader_speed import built
from edge_runtime import Reader


@pytest.mark.slow
def test_a_first_sync_and_marks_are_measured(tmp_path):
    folder = built(tmp_path, FIRST)
    with Reader.open(folder) as reader:
        found = measured(reader, folder, rounds=1)
        assert all(cpu_ms > 0 for cpu_ms in found.values()) and len(found) == 7
        assert App(reader, folder).first_sync() > FIRST * 200  # bytes
        assert not reader.saved_ids()
