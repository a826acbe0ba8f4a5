"""Which runner does the work; what can be told of it before any work is told at once."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from trainer.clusters.addresses import RAY, SPARK, reach
from trainer.errors import ClusterError

if TYPE_CHECKING:
    from trainer.data.prepare import OpenRunner

ENGINES = ("local", "ray", "spark")


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
            reach(ray_address, RAY)
        from trainer.clusters.ray_runner import RayRunner

        return partial(RayRunner, address=ray_address)
    if not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise ClusterError("Spark finds no Java; install Java 17 or newer, or set JAVA_HOME")
    if spark_master is not None and spark_master.startswith("spark://"):
        reach(spark_master, SPARK)
    from trainer.clusters.spark_runner import SparkRunner

    return partial(SparkRunner, master=spark_master)
