"""Every test of this folder starts Ray or Spark: `make test-cluster` runs them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.job import hash_of, make_log
from tests.cluster.machines import Namespaces, OneHost


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hash that one process gives."""
    folder = tmp_path_factory.mktemp("expected")
    return hash_of(make_log(folder), folder / "out")


@pytest.fixture(params=["namespaces", "one host"])
def machines(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[OneHost]:
    """Two machines, "a" and "b"."""
    kind = Namespaces if request.param == "namespaces" else OneHost
    try:
        made = kind(tmp_path)
    except (OSError, subprocess.CalledProcessError) as error:
        reason = getattr(error, "stderr", b"") or error
        pytest.skip(f"NO NETWORK NAMESPACES, so no lost machine with an address of its own was tried: {reason!r}")
    yield made
    made.close()
