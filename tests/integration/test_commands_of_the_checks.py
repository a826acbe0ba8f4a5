"""What the Makefile and the scripts of the checks name is there: a test that moved would be left out without a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", [".ci/arm", "Makefile"])
def test_every_path_that_a_script_names_is_there(script):
    named = re.findall(r"\b(?:tests|docs|benchmarks)/[\w./-]+", (ROOT / script).read_text("utf-8"))
    assert named
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_checks_of_a_new_machine_run_every_stage():
    lines = [line.strip() for line in (ROOT / ".ci/run").read_text("utf-8").splitlines()]
    # The quick tests once more: without a network, or as they are where that cannot be had.
    stages = ["make test", "make check-offline", "make check", "make test-cluster", "make test-torch"]
    assert [line for line in lines if line.startswith("make ")] == stages


@pytest.mark.parametrize("expression", re.findall(r'-m "([^"]+)"', (ROOT / "Makefile").read_text("utf-8")))
def test_a_marker_that_the_makefile_names_is_known(expression, pytestconfig):
    known = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert set(re.findall(r"\w+", expression)) - {"not", "or", "and"} <= known
