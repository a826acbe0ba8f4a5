"""Engines that run the bundle's TFLite members: numpy, and interpreters."""

from edge_runtime.engines.android import AndroidEngine, prepare_engines
from edge_runtime.engines.choice import (
    ENGINES,
    Engine,
    EngineChoice,
    engine_version,
    installed_engines,
    load_engine,
    load_engines,
    unfit_engines,
)
from edge_runtime.engines.numpy_engine import NumpyEngine, unsupported_operators
from edge_runtime.engines.tflite import INTERPRETERS, TfliteEngine

__all__ = [
    "ENGINES",
    "INTERPRETERS",
    "AndroidEngine",
    "Engine",
    "EngineChoice",
    "NumpyEngine",
    "TfliteEngine",
    "engine_version",
    "installed_engines",
    "load_engine",
    "load_engines",
    "prepare_engines",
    "unfit_engines",
    "unsupported_operators",
]
