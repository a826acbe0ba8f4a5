"""Which runner does the work; what can be told of it before any work is told at once."""

from __future__ import annotations

import os
import shutil
import socket
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from trainer.errors import ClusterError

if TYPE_CHECKING:
    from trainer.data.prepare import OpenRunner

ENGINES = ("local", "ray", "spark")
REACHED_S = 5.0  # time for a first answer


@dataclass(frozen=True, slots=True)
class _Package:
    name: str
    module: str
    extra: str


_PACKAGES = {"ray": _Package("Ray", "ray", "scale"), "spark": _Package("Spark", "pyspark", "spark")}


def open_runner(engine: str, ray_address: str | None = None, spark_master: str | None = None) -> OpenRunner:
    """What makes the runner; nothing is started yet.

    Args:
        engine: One of ENGINES.
        ray_address: "host:port" of a cluster's head; if not given, Ray is started on this machine.
        spark_master: Such as "spark://host:7077"; if not given, Spark is started on this machine.

    Raises:
        ClusterError: The engine is unknown, not installed or not at the address, or an address is not the engine's.
    """
    if engine not in ENGINES:
        raise ClusterError(f"engine {engine!r} is unknown; choose one of {', '.join(ENGINES)}")
    for owner, address in (("ray", ray_address), ("spark", spark_master)):
        if address is not None and engine != owner:
            name = _PACKAGES[owner].name
            raise ClusterError(f"{address} is an address of {name}, and the engine is {engine}; choose engine {owner}")
    if engine == "local":
        from trainer.data.runner import LocalRunner

        return LocalRunner
    package = _PACKAGES[engine]
    if find_spec(package.module) is None:
        raise ClusterError(f"{package.name} is not installed; pip install 'edge-news[{package.extra}]'")
    if engine == "ray":
        if ray_address not in (None, "auto"):
            _reach(ray_address, package.name, "6379")
        from trainer.clusters.ray_runner import RayRunner

        return partial(RayRunner, address=ray_address)
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise ClusterError("Spark finds no Java; install Java 17 or newer, or set JAVA_HOME")
    if spark_master is not None and spark_master.startswith("spark://"):
        _reach(spark_master, package.name, "7077")
    from trainer.clusters.spark_runner import SparkRunner

    return partial(SparkRunner, master=spark_master)


def _reach(address: str, name: str, usual: str) -> None:
    """Ask for a connection, as the engine itself would try for a minute or more.

    Args:
        address: Of one machine, or of several with commas between them, any of which will do.
        name: Of the engine.
        usual: Its port, as an example.
    """
    failures = []
    for place in address.partition("://")[2].split(",") if "://" in address else [address]:
        host, mark, port = place.rpartition(":")
        if not mark or not host or not port.isdecimal() or int(port) > 65_535:
            raise ClusterError(f"{address}: {place!r} is not host:port, such as 10.0.0.1:{usual}")
        try:
            socket.create_connection((host.strip("[]"), int(port)), REACHED_S).close()
        except OSError as error:
            failures.append(str(error.strerror or error))
        else:
            return
    raise ClusterError(f"{address}: no {name} answers: {failures[0]}; start its head there, or correct the address")
