"""The benchmarks of catalogues and evaluation: they run, and say the same of the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks.catalogue import make_articles, measure

pytestmark = pytest.mark.usefixtures("slow")


def test_titles_are_different_and_a_catalogue_costs_something(tmp_path: Path):
    path = tmp_path / "articles.jsonl"
    make_articles(path, 300)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert len({row["title"] for row in rows}) == len({row["article_id"] for row in rows}) == 300
    cost = measure(path, 300, "bundle", "local", 1)
    assert cost.cpu_s > 0 and cost.peak_pss_mib > 20 and cost.mib > 0.01
