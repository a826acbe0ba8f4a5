"""Ray on several machines: one that is lost, and one with another version."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.cluster.engines import NEEDS_RAY
from tests.cluster.faults import wait_for
from tests.cluster.job import leftovers
from tests.cluster.machines import OneHost, short_folder

pytestmark = [pytest.mark.cluster, NEEDS_RAY]
PORT = 6399
RAY = [sys.executable, "-m", "ray.scripts.scripts"]


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
