"""Every test of this folder starts Ray or Spark: `make test-cluster` runs them."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.engines import NEEDS_RAY, NEEDS_SPARK
from tests.cluster.job import hash_of, make_log
from tests.cluster.machines import Namespaces, OneHost, short_folder
from trainer.clusters.ray_runner import RayRunner
from trainer.clusters.spark_runner import SparkRunner
from trainer.data.prepare import OpenRunner


@pytest.fixture(scope="session")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The hash that one process gives."""
    folder = tmp_path_factory.mktemp("expected")
    return hash_of(make_log(folder), folder / "out")


@pytest.fixture(scope="session")
def ray_engine() -> Iterator[OpenRunner]:
    """Ray on this machine, which runners find running."""
    import ray

    with short_folder() as folder:
        ray.init(
            address="local", num_cpus=2, include_dashboard=False, object_store_memory=100_000_000, _temp_dir=folder
        )
        yield RayRunner
        ray.shutdown()


@pytest.fixture(scope="session")
def spark_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenRunner]:
    """Spark on this machine, likewise."""
    with SparkRunner(tmp_path_factory.mktemp("engine")):
        yield SparkRunner


@pytest.fixture(params=[pytest.param("ray", marks=NEEDS_RAY), pytest.param("spark", marks=NEEDS_SPARK)])
def engine(request: pytest.FixtureRequest) -> OpenRunner:
    """Each engine, running on this machine."""
    runner: OpenRunner = request.getfixturevalue(f"{request.param}_engine")
    return runner


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
