"""ai-edge-litert and tflite-runtime: two packages with one interface, so one adapter serves both.

A model reaches an interpreter only as checked bytes: loading from a path crashes on well-formed hostile files, and
tflite-runtime crashes on damaged ones.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.engines.batches import BATCHES, run_in_batches
from edge_runtime.engines.known_rows import KnownRows
from edge_runtime.engines.names import input_name
from edge_runtime.engines.quiet import without_notes
from edge_runtime.errors import EngineError, Remedy

INTERPRETERS = {"ai-edge-litert": "ai_edge_litert.interpreter", "tflite-runtime": "tflite_runtime.interpreter"}
# Rows that run together. tflite-runtime 2.14 crashes on more than one row of these int8 models on aarch64 (seen
# emulated, with and without XNNPACK), so it runs them one by one.
_SIZES = {"ai-edge-litert": BATCHES, "tflite-runtime": (1,)}
# Built for NumPy 1: beside NumPy 2 it can be imported, prints pages of warnings, and loads no model.
_LAST_FOR_NUMPY_1 = {"tflite-runtime": (2, 14)}


class TfliteEngine:
    """One TFLite model with a dynamic first dimension, run on one thread."""

    def __init__(self, model: bytes, engine: str) -> None:
        """Load a model.

        Args:
            model: Checked bytes of a TFLite file.
            engine: One of `INTERPRETERS`.

        Raises:
            EngineError: The interpreter is not there, was built for another NumPy, or refuses the model.
        """
        check_numpy(engine, np.__version__)
        self._model = model
        self._engine = engine
        try:
            self._interpreter_class = import_module(INTERPRETERS[engine]).Interpreter
        except ImportError as error:
            raise EngineError(f"{engine} cannot be imported: {error}", Remedy.INSTALL_ENGINE) from error
        self._interpreters: dict[int, tuple[Any, dict[str, int], list[int]]] = {}

    def run(self, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the model; see `Engine.run`."""
        return run_in_batches(self._run_batch, inputs, _SIZES[self._engine])

    def with_rows(self, name: str, rows: NDArray[np.float32]) -> KnownRows:
        """See `Engine.with_rows`."""
        return KnownRows(self, {name: rows})

    def _run_batch(self, blocks: dict[str, NDArray[np.float32]], rows: int) -> list[NDArray[np.float32]]:
        if rows not in self._interpreters:
            self._interpreters[rows] = self._load({name: block.shape[1] for name, block in blocks.items()}, rows)
        interpreter, input_ids, output_ids = self._interpreters[rows]
        for name, block in blocks.items():
            interpreter.set_tensor(input_ids[name], block)
        interpreter.invoke()
        return [interpreter.get_tensor(index) for index in output_ids]

    def _load(self, widths: dict[str, int], size: int) -> tuple[Any, dict[str, int], list[int]]:
        try:
            return self._made(widths, size)
        except (ValueError, RuntimeError, SystemError, KeyError) as error:
            raise EngineError(f"{self._engine} refuses a model of the bundle: {error}") from error

    def _made(self, widths: dict[str, int], size: int) -> tuple[Any, dict[str, int], list[int]]:
        with without_notes():  # of the delegate that it makes
            interpreter = self._interpreter_class(model_content=self._model, num_threads=1)
            details = {input_name(detail["name"]): detail for detail in interpreter.get_input_details()}
            found = {name: int(detail["shape_signature"][-1]) for name, detail in details.items()}
            if found != widths:
                raise EngineError(f"the model takes inputs {found}, the manifest gives {widths}", Remedy.GET_BUNDLE)
            for name, detail in details.items():
                interpreter.resize_tensor_input(detail["index"], [size, widths[name]])
            interpreter.allocate_tensors()
        outputs = sorted(interpreter.get_output_details(), key=lambda detail: -int(detail["shape"][-1]))
        return (
            interpreter,
            {name: int(detail["index"]) for name, detail in details.items()},
            [int(detail["index"]) for detail in outputs],
        )


def check_numpy(engine: str, numpy_version: str) -> None:
    """Say beforehand what the interpreter itself would not say.

    Raises:
        EngineError: It was built for another NumPy than the one that is installed.
    """
    if engine in _LAST_FOR_NUMPY_1 and _series(numpy_version) >= (2, 0):
        installed = release(engine)
        if _series(installed) <= _LAST_FOR_NUMPY_1[engine]:
            raise EngineError(
                f"{engine} {installed} was built for NumPy 1, and NumPy {numpy_version} is installed",
                Remedy.INSTALL_NUMPY_1,
            )


def _series(version: str) -> tuple[int, int]:
    """2.14.0 is of the series (2, 14)."""
    major, minor, *_ = version.split(".")
    return int(major), int(minor)


def _folder(engine: str) -> Path | None:
    """Where the interpreter's package is; None if it is not installed."""
    spec = find_spec(INTERPRETERS[engine].partition(".")[0])
    return None if spec is None or spec.origin is None else Path(spec.origin).parent


def release(engine: str) -> str:
    """The release of an installed interpreter: what pip wrote into the name of the folder beside the package.

    `importlib.metadata` looks there too, but loads a parser of mail to do so. So it is asked only if in doubt.
    """
    if folder := _folder(engine):
        beside = [info.name for info in folder.parent.glob(f"{folder.name}-*.dist-info")]
        if len(beside) == 1:
            return beside[0].removeprefix(f"{folder.name}-").removesuffix(".dist-info")
    from importlib.metadata import version

    return version(engine)
