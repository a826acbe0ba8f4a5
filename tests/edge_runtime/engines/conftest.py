"""A Java machine with a double of LiteRT's Java interpreter, for the android engine."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from edge_runtime.engines import NumpyEngine
from edge_runtime.engines.names import input_name
from edge_runtime.engines.tflite_file import TfliteModel, read_model
from edge_runtime.errors import EngineError

JAVA = Path(__file__).parent / "java"


def tensors(file: TfliteModel) -> tuple[list, list]:
    """Name and width of each input, and of each output, in the file's order."""
    return tuple(
        [(file.tensors[number].name, file.tensors[number].shape[-1]) for number in numbers]
        for numbers in (file.inputs, file.outputs)
    )


def describe(model: bytes) -> str:
    try:
        inputs, outputs = tensors(read_model(model))
    except EngineError:
        return ""
    lines = [f"input {name} {width}" for name, width in inputs]
    return "\n".join([*lines, *(f"output {name} {width}" for name, width in outputs)])


def compute(model: bytes, given: bytes, rows: int) -> bytes:
    """What the numpy engine computes, in the order of the file."""
    inputs, outputs = tensors(read_model(model))
    blocks, numbers = {}, np.frombuffer(given, np.float32)
    for name, width in inputs:
        block, numbers = np.split(numbers, [rows * width])
        blocks[input_name(name)] = block.reshape(rows, width)
    by_width = {output.shape[1]: output for output in NumpyEngine(model).run(**blocks)}
    return b"".join(by_width[width].tobytes() for _, width in outputs)


@pytest.fixture(scope="session")
def java_interpreter(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The double's class; `runs` counts the batches."""
    if find_spec("jnius") is None:
        pytest.skip("pyjnius is not installed: the android engine is not tried")
    if not (shutil.which("javac") and shutil.which("java")):
        pytest.skip("no JDK is installed: the android engine is not tried")
    classes = tmp_path_factory.mktemp("classes")
    subprocess.run(["javac", "-d", str(classes), *map(str, JAVA.rglob("*.java"))], check=True)
    import jnius_config

    jnius_config.set_classpath(str(classes))
    # Signals stay Python's.
    jnius_config.add_options("-Xrs", "-Xmx64m", "-XX:+UseSerialGC")
    from jnius import PythonJavaClass, autoclass, java_method

    class Backend(PythonJavaClass):
        __javainterfaces__ = ("org/tensorflow/lite/Backend",)

        @java_method("([B)Ljava/lang/String;")
        def describe(self, model):
            return describe(bytes(model))

        @java_method("([B[BILjava/nio/ByteBuffer;)V")
        def compute(self, model, given, rows, outputs):
            outputs.put(compute(bytes(model), bytes(given), rows))

    interpreter = autoclass("org.tensorflow.lite.Interpreter")
    # Named here until the tests end: Java does not keep it alive.
    backend = Backend()
    interpreter.backend = backend
    yield interpreter
