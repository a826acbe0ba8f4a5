"""The benchmark of large logs: what it makes is a log of each form, and its figures are those of all processes."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.process_family import pss_mib
from benchmarks.scale import FORMS, make_log, measure, measure_peer, plot_growth
from benchmarks.scale_peers import PEERS

pytestmark = pytest.mark.usefixtures("slow")


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_log_is_made_once_and_prepared(tmp_path: Path, form: str):
    articles, log = make_log(tmp_path, form, 300)
    made = log.stat().st_mtime_ns
    assert (articles, log) == make_log(tmp_path, form, 300)
    assert log.stat().st_mtime_ns == made
    cost = measure(articles, log, form, workers=1)
    assert (cost.lines, cost.form, cost.by) == (300, form, "local")
    assert 280 <= cost.impressions <= 300  # some lines are broken, and some show an unknown article
    assert cost.cpu_s > 0 and cost.peak_pss_mib > 20 and len(cost.sha256) == 64


@pytest.mark.parametrize("peer", sorted(PEERS))
def test_a_peer_finds_the_lines_that_are_whole(tmp_path: Path, peer: str):
    pytest.importorskip(peer, reason=f"{peer} is not installed: python -m pip install pandas polars duckdb")
    articles, log = make_log(tmp_path, "json", 300)
    whole = [line for line in log.read_text("utf-8").splitlines() if line.endswith("}")]
    cost = measure_peer(articles, log, peer)
    assert (cost.by, cost.impressions) == (peer, len(whole))
    plot_growth([cost], tmp_path / "growth.png")
    assert (tmp_path / "growth.png").stat().st_size > 1000


def test_memory_of_a_process_is_counted():
    assert pss_mib(os.getpid()) > 20
