"""ai-edge-litert and tflite-runtime: two packages with one interface, so one adapter serves both.

A model reaches an interpreter only as checked bytes: loading from a path crashes on well-formed hostile files, and
tflite-runtime crashes on damaged ones.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.engines.names import input_name
from edge_runtime.engines.quiet import without_notes
from edge_runtime.errors import EngineError, Remedy

INTERPRETERS = {"ai-edge-litert": "ai_edge_litert.interpreter", "tflite-runtime": "tflite_runtime.interpreter"}
# Rows that run together; an interpreter is kept for each number, because resizing one costs more than running it.
# tflite-runtime 2.14 crashes on more than one row of these int8 models on aarch64 (seen emulated, with and without
# XNNPACK), so it runs them one by one.
BATCHES = {"ai-edge-litert": (1, 64), "tflite-runtime": (1,)}


class TfliteEngine:
    """One TFLite model with a dynamic first dimension, run on one thread."""

    def __init__(self, model: bytes, engine: str) -> None:
        """Load a model.

        Args:
            model: Checked bytes of a TFLite file.
            engine: One of `INTERPRETERS`.

        Raises:
            EngineError: The interpreter is not there or refuses the model.
        """
        self._model = model
        self._engine = engine
        try:
            self._interpreter_class = importlib.import_module(INTERPRETERS[engine]).Interpreter
        except ImportError as error:
            raise EngineError(f"{engine} cannot be imported: {error}", Remedy.INSTALL_ENGINE) from error
        self._interpreters: dict[int, tuple[Any, dict[str, int], list[int]]] = {}

    def run(self, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the model; see `Engine.run`."""
        rows = len(next(iter(inputs.values())))
        sizes = BATCHES[self._engine]
        step = sizes[0] if rows <= 1 else sizes[-1]
        batches = [
            self._run_batch({name: block[at : at + step] for name, block in inputs.items()}, step)
            for at in range(0, max(rows, 1), step)
        ]
        return [np.concatenate(parts) for parts in zip(*batches, strict=True)] if len(batches) > 1 else batches[0]

    def _run_batch(self, inputs: dict[str, NDArray[np.float32]], size: int) -> list[NDArray[np.float32]]:
        if size not in self._interpreters:
            self._interpreters[size] = self._load({name: block.shape[1] for name, block in inputs.items()}, size)
        interpreter, input_ids, output_ids = self._interpreters[size]
        for name, block in inputs.items():
            rows = len(block)
            if rows < size:
                block = np.concatenate([block, np.zeros((size - rows, block.shape[1]), np.float32)])
            interpreter.set_tensor(input_ids[name], np.ascontiguousarray(block, np.float32))
        interpreter.invoke()
        return [interpreter.get_tensor(index)[:rows] for index in output_ids]

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
