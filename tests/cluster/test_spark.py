"""Spark on several machines, one of which is lost."""

from __future__ import annotations

import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.cluster.engines import NEEDS_SPARK
from tests.cluster.faults import wait_for
from tests.cluster.job import leftovers
from tests.cluster.machines import OneHost

pytestmark = [pytest.mark.cluster, NEEDS_SPARK]
PORT = 7099
DEPLOY = "org.apache.spark.deploy"


@pytest.mark.parametrize("machines", ["namespaces"], indirect=True)
def test_a_machine_that_dies_in_the_middle_is_made_up_for(machines: OneHost, tmp_path: Path, expected: str):
    found = find_spec("pyspark")
    assert found is not None and found.origin is not None
    program = str(Path(found.origin).parent / "bin" / "spark-class")
    master = f"spark://{machines.address('a')}:{PORT}"
    machines.start("a", [program, f"{DEPLOY}.master.Master", "--host", machines.address("a"), "--port", str(PORT)])
    machines.wait_for_port("a", PORT)
    for machine in ("a", "b"):
        place = ["--host", machines.address(machine), "--work-dir", str(tmp_path / machine)]
        machines.start(machine, [program, f"{DEPLOY}.worker.Worker", "--cores", "1", "--memory", "1g", *place, master])
    job = machines.start("a", [sys.executable, "-m", "tests.cluster.job", "spark", master, str(tmp_path)])
    wait_for(tmp_path / "seen" / f"{machines.name}-b", job)
    assert machines.kill("b") >= 2  # Spark's own process and a worker
    printed, _ = job.communicate(timeout=300)
    assert printed.split()[-1:] == [expected], printed
    assert leftovers(tmp_path / "out") == []
