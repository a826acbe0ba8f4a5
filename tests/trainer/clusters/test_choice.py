"""Which engine prepares a log: what is missing or does not fit is told before any work, in a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from trainer.clusters import choice
from trainer.clusters.choice import ENGINES, open_runner
from trainer.data.runner import LocalRunner
from trainer.errors import ClusterError


@pytest.fixture
def installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(choice, "find_spec", lambda name: object())
    monkeypatch.setenv("JAVA_HOME", "/opt/java")


def test_without_a_choice_processes_of_this_machine_do_the_work():
    assert open_runner("local") is LocalRunner


def test_an_unknown_engine_is_told_with_those_that_there_are():
    with pytest.raises(ClusterError, match="engine 'dask' is unknown; choose one of local, ray, spark"):
        open_runner("dask")


@pytest.mark.parametrize(("engine", "extra"), [("ray", "scale"), ("spark", "spark")])
def test_an_engine_that_is_not_installed_names_its_extra(engine: str, extra: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(choice, "find_spec", lambda name: None)
    with pytest.raises(ClusterError, match=rf"is not installed; pip install 'edge-news\[{extra}\]'"):
        open_runner(engine)


def test_spark_without_java_says_so(installed: None, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("JAVA_HOME")
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ClusterError, match="install Java 17 or newer, or set JAVA_HOME"):
        open_runner("spark")


def test_an_address_of_another_engine_is_refused():
    with pytest.raises(ClusterError, match="an address of Ray, and the engine is local; choose engine ray"):
        open_runner("local", ray_address="10.0.0.1:6379")
    with pytest.raises(ClusterError, match="an address of Spark, and the engine is ray; choose engine spark"):
        open_runner("ray", spark_master="spark://10.0.0.1:7077")


@pytest.mark.parametrize("address", ["10.0.0.1", "10.0.0.1:head", ":6379", "10.0.0.1:70000", ""])
def test_an_address_without_a_port_is_told_with_an_example(installed: None, address: str):
    with pytest.raises(ClusterError, match=r"is not host:port, such as 10\.0\.0\.1:6379"):
        open_runner("ray", ray_address=address)


def test_neither_engine_is_imported_before_it_is_opened(tmp_path: Path):
    program = (
        "import sys\n"
        "from trainer.cli import command_line\n"
        "from trainer.data import prepare\n"
        "from trainer.clusters import ray_runner, spark_runner\n"
        "from trainer.clusters.choice import open_runner\n"
        "open_runner('local')\n"
        "print(sorted({'ray', 'pyspark', 'py4j', 'pandas'} & set(sys.modules)))\n"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_options_of_prepare_know_every_engine(capsys: pytest.CaptureFixture[str]):
    from trainer.cli.command_line import main

    with pytest.raises(SystemExit):
        main(["prepare", "--help"])
    shown = capsys.readouterr().out
    assert f"--engine {{{','.join(ENGINES)}}}" in shown
    assert "--ray-address" in shown and "--spark-master" in shown
