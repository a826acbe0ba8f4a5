"""Ray gives what one process gives, whatever dies on the way."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cluster.faults import always_dies, dying_once, no_use, wait_for
from tests.cluster.job import catalogue_bytes, hash_of, leftovers, make_log
from tests.cluster.machines import OneHost, short_folder
from trainer.clusters.ray_runner import RayRunner
from trainer.data.runner import LocalRunner
from trainer.errors import ClusterError, LogError

ray = pytest.importorskip("ray", reason="RAY IS NOT INSTALLED: make setup-cluster")
pytestmark = pytest.mark.cluster
PORT = 6399
RAY = [sys.executable, "-m", "ray.scripts.scripts"]


@pytest.fixture(scope="module")
def engine() -> Iterator[None]:
    """An engine on this machine, which runners find running."""
    with short_folder() as folder:
        ray.init(
            address="local", num_cpus=2, include_dashboard=False, object_store_memory=100_000_000, _temp_dir=folder
        )
        yield
        ray.shutdown()


@pytest.mark.parametrize(("files", "buckets"), [(1, 1), (3, 7), (5, 32)])
def test_the_hash_is_that_of_one_process_for_any_files_and_buckets(
    files: int, buckets: int, engine: None, tmp_path: Path, expected: str
):
    log = make_log(tmp_path, files)
    assert hash_of(log, tmp_path / "out", RayRunner, buckets) == expected
    assert leftovers(tmp_path / "out") == []


def test_a_worker_that_dies_in_the_middle_is_made_up_for(engine: None, tmp_path: Path, expected: str):
    assert hash_of(make_log(tmp_path), tmp_path / "out", dying_once(RayRunner, tmp_path / "mark")) == expected
    assert (tmp_path / "mark").exists()
    assert leftovers(tmp_path / "out") == []


@pytest.mark.skipif(find_spec("wordllama") is None, reason="WORDLLAMA IS NOT INSTALLED: make setup")
def test_vectors_of_a_catalogue_have_the_bytes_of_one_process(engine: None, tmp_path: Path):
    assert catalogue_bytes(tmp_path, RayRunner) == catalogue_bytes(tmp_path, partial(LocalRunner, workers=1))


def test_failures_keep_their_class_and_workers_that_die_again_and_again_are_told(engine: None, tmp_path: Path):
    (tmp_path / "spill").mkdir()
    with RayRunner(tmp_path / "spill") as runner:
        with pytest.raises(LogError, match="3: of no use"):
            list(runner.map(no_use, [3]))
        with pytest.raises(ClusterError, match="Ray lost a task 3 times"):
            list(runner.map(always_dies, [3]))


def test_a_machine_that_dies_in_the_middle_is_made_up_for(machines: OneHost, tmp_path: Path, expected: str):
    head = f"{machines.address('a')}:{PORT}"
    with short_folder() as folder:
        usual = ["--num-cpus=1", "--object-store-memory=100000000", "--disable-usage-stats"]
        place = [f"--node-ip-address={machines.address('a')}", f"--port={PORT}", f"--temp-dir={folder}"]
        machines.run("a", [*RAY, "start", "--head", "--include-dashboard=false", *place, *usual])
        machines.run("b", [*RAY, "start", f"--address={head}", f"--node-ip-address={machines.address('b')}", *usual])
        job = machines.start("a", [sys.executable, "-m", "tests.cluster.job", "ray", head, str(tmp_path)])
        wait_for(tmp_path / "seen" / f"{machines.name}-b", job)
        assert machines.kill("b") >= 2  # Ray's own process and a worker
        printed, _ = job.communicate(timeout=300)
    assert printed.split()[-1:] == [expected], printed
    assert (tmp_path / "seen" / f"{machines.name}-a").exists()
    assert leftovers(tmp_path / "out") == []


def test_an_engine_of_another_version_is_told(tmp_path: Path):
    host = OneHost(tmp_path)
    with short_folder() as folder:
        older = "import sys, ray; ray.__version__ = '2.1.0'; from ray.scripts.scripts import main; sys.exit(main())"
        place = ["--node-ip-address=127.0.0.1", f"--port={PORT}", f"--temp-dir={folder}", "--num-cpus=1"]
        try:
            host.run("a", [sys.executable, "-c", older, "start", "--head", "--include-dashboard=false", *place])
            job = host.start(
                "a", [sys.executable, "-m", "tests.cluster.job", "ray", f"127.0.0.1:{PORT}", str(tmp_path)]
            )
            printed, _ = job.communicate(timeout=300)
        finally:
            host.close()
    assert "ClusterError: 127.0.0.1:6399: runs another version of Ray or Python than this one" in printed
    assert not (tmp_path / "out").exists()
