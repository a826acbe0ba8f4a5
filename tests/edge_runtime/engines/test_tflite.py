"""What is said of an interpreter that does not fit to what is installed beside it."""

from __future__ import annotations

import importlib.metadata

import pytest

from edge_runtime.engines import tflite
from edge_runtime.errors import EngineError, Remedy


@pytest.mark.parametrize(
    ("engine", "engine_version", "numpy_version", "is_refused"),
    [
        ("tflite-runtime", "2.14.0", "2.0.0", True),
        ("tflite-runtime", "2.5.0.post1", "2.4.6rc1", True),
        ("tflite-runtime", "2.14.0", "1.26.4", False),
        ("tflite-runtime", "2.21.0", "2.4.6", False),
        ("ai-edge-litert", "2.1.0", "2.4.6", False),
    ],
)
def test_an_interpreter_for_numpy_1_beside_numpy_2_is_called_so(
    monkeypatch, engine, engine_version, numpy_version, is_refused
):
    monkeypatch.setattr(importlib.metadata, "version", lambda name: engine_version)
    monkeypatch.setattr(tflite.np, "__version__", numpy_version)
    monkeypatch.setitem(tflite.ENGINES, engine, "no_such_interpreter")
    with pytest.raises(EngineError) as refused:
        tflite.TfliteEngine(b"", engine)
    if is_refused:
        assert refused.value.remedy is Remedy.INSTALL_NUMPY_1
        assert f"{engine} {engine_version} was built for NumPy 1, and NumPy {numpy_version}" in refused.value.fact
    else:
        assert refused.value.remedy is Remedy.INSTALL_ENGINE  # it was tried
