"""Google's Java interpreter inside an Android app, `org.tensorflow.lite.Interpreter`, through pyjnius.

A batch is one call into Java: numbers go in and come out as bytes. Android finds classes of an app on its main thread
alone, so `prepare_engines` is called there; models are run on any thread.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from edge_runtime.engines.batches import BATCHES, run_in_batches
from edge_runtime.engines.known_rows import KnownRows
from edge_runtime.engines.names import input_name
from edge_runtime.errors import EngineError, Remedy

ANDROID = "android"


@dataclass(frozen=True, slots=True)
class _Java:
    """Classes, as pyjnius wraps them."""

    error: type[Exception]  # whatever Java throws
    interpreter: Any
    options: Any
    runtime: Any
    byte_buffer: Any
    byte_order: Any
    hash_map: Any


@dataclass(frozen=True, slots=True)
class _Loaded:
    """A model for batches of one size."""

    interpreter: Any
    inputs: tuple[str, ...]  # in the interpreter's order
    buffers: tuple[Any, ...]  # of Java, one for each output, in the interpreter's order
    outputs: Any  # a map of Java from an output's number to its buffer
    shapes: tuple[tuple[int, int], ...]


class AndroidEngine:
    """One TFLite model with a dynamic first dimension, run on one thread."""

    def __init__(self, model: bytes) -> None:
        """Load a model.

        Args:
            model: Checked bytes of a TFLite file.

        Raises:
            EngineError: The interpreter or pyjnius is not there.
        """
        self._java = _java()
        self._model = model
        self._loaded: dict[int, _Loaded] = {}

    def run(self, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the model; see `Engine.run`."""
        return run_in_batches(self._run_batch, inputs, BATCHES)

    def with_rows(self, name: str, rows: NDArray[np.float32]) -> KnownRows:
        """See `Engine.with_rows`."""
        return KnownRows(self, {name: rows})

    def _run_batch(self, blocks: dict[str, NDArray[np.float32]], rows: int) -> list[NDArray[np.float32]]:
        with self._refusals():
            if rows not in self._loaded:
                self._loaded[rows] = self._load({name: block.shape[1] for name, block in blocks.items()}, rows)
            loaded = self._loaded[rows]
            given = [self._java.byte_buffer.wrap(blocks[name].tobytes()) for name in loaded.inputs]
            for buffer in loaded.buffers:
                buffer.rewind()
            loaded.interpreter.runForMultipleInputsOutputs(given, loaded.outputs)
            outputs = [
                np.frombuffer(bytes(buffer.array()), np.float32).reshape(shape)
                for buffer, shape in zip(loaded.buffers, loaded.shapes, strict=True)
            ]
        return sorted(outputs, key=lambda output: -output.shape[1])

    def _load(self, widths: dict[str, int], rows: int) -> _Loaded:
        java = self._java
        options = java.options()
        options.setNumThreads(1)
        interpreter = java.interpreter(self._direct(self._model), options)
        tensors = [interpreter.getInputTensor(number) for number in range(interpreter.getInputTensorCount())]
        found = {input_name(tensor.name()): int(tensor.shape()[-1]) for tensor in tensors}
        if found != widths:
            raise EngineError(f"the model takes inputs {found}, the manifest gives {widths}", Remedy.GET_BUNDLE)
        for number, width in enumerate(found.values()):
            interpreter.resizeInput(number, [rows, width])
        interpreter.allocateTensors()
        count = interpreter.getOutputTensorCount()
        shapes = tuple((rows, int(interpreter.getOutputTensor(number).shape()[-1])) for number in range(count))
        buffers = tuple(java.byte_buffer.allocate(4 * rows * width) for _, width in shapes)
        outputs = java.hash_map()
        for number, buffer in enumerate(buffers):
            outputs.put(number, buffer)
        return _Loaded(interpreter, tuple(found), buffers, outputs, shapes)

    def _direct(self, content: bytes) -> Any:
        """The bytes outside of Java's heap, where alone the interpreter takes a model."""
        buffer = self._java.byte_buffer.allocateDirect(len(content))
        buffer.order(self._java.byte_order.nativeOrder())
        buffer.put(content)
        buffer.rewind()
        return buffer

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except self._java.error as error:
            raise EngineError(f"{ANDROID} refuses a model of the bundle: {error}") from error


def prepare_engines() -> None:
    """Look for what an engine has to find on an app's main thread, before it runs on another; only Android has such."""
    if _on_android():
        with suppress(EngineError):  # whoever needs the engine is told
            _java()


def is_there() -> bool:
    """Whether this is an app on Android with the interpreter in it; on a desktop no Java is started to find out."""
    try:
        return _on_android() and bool(_java())
    except EngineError:
        return False


def android_release() -> str:
    """The release of the interpreter.

    Raises:
        EngineError: It is not there.
    """
    return str(_java().runtime.runtimeVersion())


def _on_android() -> bool:
    return hasattr(sys, "getandroidapilevel") and find_spec("jnius") is not None


@functools.cache
def _java() -> _Java:
    try:
        jnius = import_module("jnius")
    except Exception as error:  # pyjnius finds no Java, and says so in a plain Exception
        raise EngineError(f"engine {ANDROID} needs pyjnius and Java: {error}", Remedy.INSTALL_ENGINE) from error
    names = ("Interpreter", "Interpreter$Options", "TensorFlowLite")
    try:
        of_app = [_public(jnius, f"org.tensorflow.lite.{name}") for name in names]
    except jnius.JavaException as error:
        raise EngineError(
            f"engine {ANDROID} needs the class org.tensorflow.lite.Interpreter, which this program was built without",
            Remedy.INSTALL_ENGINE,
        ) from error
    of_java = [_public(jnius, f"java.{name}") for name in ("nio.ByteBuffer", "nio.ByteOrder", "util.HashMap")]
    return _Java(jnius.JavaException, *of_app, *of_java)


def _public(jnius: Any, name: str) -> Any:
    """A class without what is not public, which takes longer to look at."""
    return jnius.autoclass(name, include_protected=False, include_private=False)
