"""Which engine runs a bundle's models: numpy where it knows all that is in them, else an interpreter.

An interpreter costs a process more at its start than it saves on two thousand titles
(`python -m benchmarks.engine_speed`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from edge_runtime.engines import android
from edge_runtime.engines.android import ANDROID, AndroidEngine, android_release
from edge_runtime.engines.known_rows import KnownRows
from edge_runtime.engines.numpy_engine import NumpyEngine
from edge_runtime.engines.tflite import INTERPRETERS, TfliteEngine, check_numpy, release
from edge_runtime.errors import EngineError, Notice, Remedy, UnsupportedModelError
from edge_runtime.sentences import Sentence, msgid
from edge_runtime.version import __version__

NUMPY = "numpy"
UNROUNDED = "numpy-unrounded"  # numpy without rounding between the layers: to compare with, so only when asked for
ENGINES = (NUMPY, *INTERPRETERS, ANDROID)  # in the order in which they are tried
# An interpreter may be asked for by the name of the extra that brings it.
BY_EXTRA = {"litert": "ai-edge-litert", "tflite": "tflite-runtime"}


class Engine(Protocol):
    """A loaded model."""

    def run(self, **inputs: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        """Run the model on a batch of any size.

        Args:
            inputs: (n, width) float32 each, by the names that the model was exported with.

        Returns:
            The outputs, widest first, each (n, width) float32.

        Raises:
            EngineError: The model has other inputs, or the engine refuses it.
        """
        ...

    def with_rows(self, name: str, rows: NDArray[np.float32]) -> KnownRows:
        """The model for an input that is always one of a few rows: from then on their numbers are given.

        Args:
            name: Of the input.
            rows: (num_rows, width) float32.
        """
        ...


@dataclass(frozen=True, slots=True)
class EngineChoice:
    """An engine, and why it is this one."""

    name: str  # one of `ENGINES`
    reason: str


def load_engine(model: bytes, name: str) -> Engine:
    """Load a model on an installed engine; an interpreter looks at it when it first runs.

    Raises:
        EngineError: The engine cannot be imported, or refuses the model.
    """
    if name in (NUMPY, UNROUNDED):
        return NumpyEngine(model, rounds=name == NUMPY)
    return AndroidEngine(model) if name == ANDROID else TfliteEngine(model, name)


def load_engines(models: Sequence[bytes], name: str | None = None) -> tuple[EngineChoice, list[Engine]]:
    """Load a bundle's models on one engine.

    Args:
        models: Bytes of TFLite files.
        name: One of `ENGINES`, an extra, or `UNROUNDED`; the first that is installed and runs all models if not given.

    Raises:
        EngineError: The engine is not known, is not installed or refuses a model, or none runs them.
    """
    if name is not None:
        name = BY_EXTRA.get(name, name)
        _check_installed(name)
        return EngineChoice(name, msgid("it was asked for")), [load_engine(model, name) for model in models]
    try:
        chosen: list[Engine] = [NumpyEngine(model) for model in models]
    except UnsupportedModelError as refusal:
        installed = installed_engines()[1:]
        if not installed:
            raise EngineError(
                f"numpy does not run this bundle: {refusal.fact}; neither {' nor '.join(ENGINES[1:])} is there",
                Remedy.INSTALL_ENGINE,
            ) from refusal
        choice = EngineChoice(installed[0], Sentence("numpy does not run this bundle: {why}", why=refusal.fact))
        return choice, [load_engine(model, choice.name) for model in models]
    return EngineChoice(NUMPY, msgid("it knows every operator of this bundle, and starts fastest")), chosen


def installed_engines() -> list[str]:
    """Those of `ENGINES` that are installed; numpy always is, and android on Android alone."""
    return [NUMPY, *_interpreters(), *([ANDROID] if android.is_there() else [])]


def unfit_engines() -> list[Notice]:
    """What is to be said of installed interpreters that cannot run here."""
    notices = []
    for name in _interpreters():
        try:
            check_numpy(name, np.__version__)
        except EngineError as error:
            notices.append(Notice(error.fact, error.remedy))
    return notices


def engine_version(name: str) -> str:
    """Name and release of an installed engine, as remembered with a passed golden check."""
    if name in (NUMPY, UNROUNDED):
        return f"{name} {np.__version__} of edge-news {__version__}"
    return f"{name} {android_release() if name == ANDROID else release(name)}"


def _interpreters() -> list[str]:
    return [name for name, module in INTERPRETERS.items() if _is_there(module)]


def _check_installed(name: str) -> None:
    if name not in (*ENGINES, UNROUNDED):
        raise EngineError(f"engine {name!r} is not known; choose one of {', '.join(ENGINES)}")
    if name in INTERPRETERS and not _is_there(INTERPRETERS[name]):
        raise EngineError(f"engine {name} is not installed", Remedy.INSTALL_ENGINE)


def _is_there(module: str) -> bool:
    # Of the package alone: looking for the module in it would import the package.
    spec = find_spec(module.partition(".")[0])
    return spec is not None and spec.origin is not None  # a folder that was left over has none
