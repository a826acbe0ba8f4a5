"""That the packages say that they are typed, and that no public name is without a promise; `make lint` checks these."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import edge_runtime

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("package", ["edge_runtime", "trainer"])
def test_a_package_says_that_it_is_typed(package):
    assert (ROOT / package / "py.typed").exists()


def test_the_wheel_says_that_it_is_typed():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "py.typed" in project["tool"]["setuptools"]["package-data"]["edge_runtime"]


def test_every_public_name_has_a_promise():
    promised = set(re.findall(r"\bapi\.(\w+)", (ROOT / "tests/typing/reveal_types.py").read_text("utf-8")))
    assert promised == set(edge_runtime.__all__)


def test_make_lint_checks_the_promises():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert "tests/typing/reveal_types.py" in project["tool"]["mypy"]["files"]
    assert "$(BIN)/mypy\n" in (ROOT / "Makefile").read_text("utf-8")
