"""Runs the examples that want PyTorch, small; what needs packages that are not there is left out."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = ("--vocabulary", "1500", "--steps", "30", "--readers", "60")


def need(names: Iterable[str]) -> None:
    """Skip the test where a package of the extra torch is missing."""
    for name in names:
        if importlib.util.find_spec(name) is None:
            pytest.skip(f"the extra torch is not installed: {name}")


def run_small(script: str, out: Path) -> str:
    """Run an example on a log of few readers, in a process of its own; what it printed."""
    command = [sys.executable, f"examples/{script}", "--out", str(out), *SMALL]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
