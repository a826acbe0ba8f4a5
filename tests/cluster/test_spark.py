"""Spark gives what one process gives, whatever dies on the way."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cluster.faults import always_dies, dying_once, no_use, wait_for
from tests.cluster.job import catalogue_bytes, hash_of, leftovers, make_log
from tests.cluster.machines import OneHost
from trainer.clusters.spark_runner import SparkRunner
from trainer.data.runner import LocalRunner
from trainer.errors import ClusterError, LogError

pyspark = pytest.importorskip("pyspark", reason="SPARK IS NOT INSTALLED: make setup-cluster")
pytestmark = [
    pytest.mark.cluster,
    pytest.mark.skipif(not (shutil.which("java") or os.environ.get("JAVA_HOME")), reason="NO JAVA: Spark needs 17"),
]
PORT = 7099
CLASS = str(Path(pyspark.__file__).parent / "bin" / "spark-class")
DEPLOY = "org.apache.spark.deploy"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An engine on this machine, which runners find running."""
    folder = tmp_path_factory.mktemp("engine")
    with SparkRunner(folder):
        yield


@pytest.mark.parametrize(("files", "buckets"), [(1, 1), (5, 32)])
def test_the_hash_is_that_of_one_process_for_any_files_and_buckets(
    files: int, buckets: int, engine: None, tmp_path: Path, expected: str
):
    log = make_log(tmp_path, files)
    assert hash_of(log, tmp_path / "out", SparkRunner, buckets) == expected
    assert leftovers(tmp_path / "out") == []


def test_a_worker_that_dies_in_the_middle_is_made_up_for(engine: None, tmp_path: Path, expected: str):
    runner = dying_once(SparkRunner, tmp_path / "mark")
    assert hash_of(make_log(tmp_path), tmp_path / "out", runner) == expected
    assert (tmp_path / "mark").exists()
    assert leftovers(tmp_path / "out") == []


@pytest.mark.skipif(find_spec("wordllama") is None, reason="WORDLLAMA IS NOT INSTALLED: make setup")
def test_vectors_of_a_catalogue_have_the_bytes_of_one_process(engine: None, tmp_path: Path):
    assert catalogue_bytes(tmp_path, SparkRunner) == catalogue_bytes(tmp_path, partial(LocalRunner, workers=1))


def test_failures_keep_their_class_and_workers_that_die_again_and_again_are_told(engine: None, tmp_path: Path):
    (tmp_path / "spill").mkdir()
    with SparkRunner(tmp_path / "spill") as runner:
        with pytest.raises(LogError, match="3: of no use"):
            list(runner.map(no_use, [3]))
        with pytest.raises(ClusterError, match=r"Spark gave up: .*; it tries a task 3 times"):
            list(runner.map(always_dies, [3]))


@pytest.mark.parametrize("machines", ["namespaces"], indirect=True)
def test_a_machine_that_dies_in_the_middle_is_made_up_for(machines: OneHost, tmp_path: Path, expected: str):
    master = f"spark://{machines.address('a')}:{PORT}"
    machines.start("a", [CLASS, f"{DEPLOY}.master.Master", "--host", machines.address("a"), "--port", str(PORT)])
    machines.wait_for_port("a", PORT)
    for machine in ("a", "b"):
        place = ["--host", machines.address(machine), "--work-dir", str(tmp_path / machine)]
        machines.start(machine, [CLASS, f"{DEPLOY}.worker.Worker", "--cores", "1", "--memory", "1g", *place, master])
    job = machines.start("a", [sys.executable, "-m", "tests.cluster.job", "spark", master, str(tmp_path)])
    wait_for(tmp_path / "seen" / f"{machines.name}-b", job)
    assert machines.kill("b") >= 2  # Spark's own process and a worker
    printed, _ = job.communicate(timeout=300)
    assert printed.split()[-1:] == [expected], printed
    assert leftovers(tmp_path / "out") == []
