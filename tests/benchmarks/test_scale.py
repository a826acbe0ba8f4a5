"""The benchmark of large logs: what it makes is a log of each form, and its figures are those of all processes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.scale import FORMS, make_log, measure, pss_mib

pytestmark = pytest.mark.usefixtures("slow")


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_log_is_made_once_and_prepared(tmp_path: Path, form: str):
    articles, log = make_log(tmp_path, form, 300)
    made = log.stat().st_mtime_ns
    assert (articles, log) == make_log(tmp_path, form, 300)
    assert log.stat().st_mtime_ns == made
    cost = measure(articles, log, form, workers=1)
    assert (cost.lines, cost.form) == (300, form)
    assert 280 <= cost.impressions <= 300  # some lines are broken, and some show an unknown article
    assert cost.cpu_s > 0 and cost.peak_pss_mib > 20 and len(cost.sha256) == 64


def test_memory_of_a_process_is_counted():
    assert pss_mib(os.getpid()) > 20
