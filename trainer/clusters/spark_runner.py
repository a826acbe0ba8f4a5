"""The work as tasks of Spark, on this machine or on a cluster that runs already."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from trainer.clusters.cluster_runner import ClusterRunner, Outcome, package_folders
from trainer.data.runner import ATTEMPTS, Task
from trainer.errors import ClusterError

_SETTINGS = {
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",
    "spark.task.maxFailures": str(ATTEMPTS),
}
MOST_TASKS = 64  # at a time: their pieces of the log are held by the driver


class SparkRunner(ClusterRunner):
    """Tasks of Spark."""

    def __init__(self, folder: Path, master: str | None = None) -> None:
        """Start nothing yet.

        Args:
            folder: See `FolderRunner`; for a cluster, on storage that all its machines have at the same path.
            master: Such as "spark://host:7077" or "yarn"; if not given, an engine is started on this machine.
        """
        super().__init__(folder)
        # A local engine does not retry, unless it is told how often.
        self._master = master or f"local[{os.cpu_count() or 1},{ATTEMPTS}]"
        self._is_ours = False

    def __enter__(self) -> SparkRunner:
        from pyspark import SparkConf, SparkContext

        # Workers take the system's Python else, which has no packages.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
        self._is_ours = SparkContext._active_spark_context is None
        is_here = self._is_ours and self._master.startswith("local")
        conf = SparkConf().setMaster(self._master).setAppName("edge-news").setAll(list(_SETTINGS.items()))
        if is_here:
            conf.setAll([("spark.driver.host", "127.0.0.1"), ("spark.driver.bindAddress", "127.0.0.1")])
            conf.setExecutorEnv("PYTHONPATH", os.pathsep.join(str(package.parent) for package in package_folders()))
        try:
            self._context: Any = SparkContext.getOrCreate(conf)
        except Exception as error:  # the library raises its own, and those of Java
            reason = " ".join(str(error).split())
            raise ClusterError(f"{self._master}: Spark does not start: {reason}; see docs/scale.md") from error
        # The engine reads them until the end.
        self._archives = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        for package in () if is_here else package_folders():
            archive = shutil.make_archive(f"{self._archives.name}/{package.name}", "zip", package.parent, package.name)
            self._context.addPyFile(archive)
        return self

    def __exit__(self, *failure: object) -> None:
        if self._is_ours:
            self._context.stop()
        self._archives.cleanup()

    def _outcomes(self, function: Callable[[Task], Outcome], tasks: Iterable[Task]) -> Iterator[Outcome]:
        from py4j.protocol import Py4JError

        waiting = iter(tasks)
        try:
            while some := list(islice(waiting, min(MOST_TASKS, 4 * self._context.defaultParallelism))):
                yield from self._context.parallelize(some, len(some)).map(function).collect()
        except Py4JError as error:
            reason = str(error).strip().splitlines()
            told = next((line for line in reason if "failure" in line or "Exception" in line), reason[0])
            raise ClusterError(
                f"{self._master}: Spark gave up: {told.strip(' :')}; it tries a task {ATTEMPTS} times; see its logs"
            ) from error
