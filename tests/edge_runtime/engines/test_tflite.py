"""What is said of an interpreter that does not fit to what is installed beside it."""

from __future__ import annotations

import importlib.metadata
from pathlib import Path

import pytest

from edge_runtime.engines import choice, tflite
from edge_runtime.engines.choice import installed_engines
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
    monkeypatch.setattr(tflite, "release", lambda name: engine_version)
    monkeypatch.setattr(tflite.np, "__version__", numpy_version)
    monkeypatch.setitem(tflite.INTERPRETERS, engine, "no_such_interpreter")
    with pytest.raises(EngineError) as refused:
        tflite.TfliteEngine(b"", engine)
    if is_refused:
        assert refused.value.remedy is Remedy.INSTALL_NUMPY_1
        assert f"{engine} {engine_version} was built for NumPy 1, and NumPy {numpy_version}" in refused.value.fact
    else:
        assert refused.value.remedy is Remedy.INSTALL_ENGINE  # it was tried


def test_the_release_of_an_engine_is_the_one_that_pip_knows(monkeypatch, tmp_path: Path):
    engine = next((name for name in installed_engines() if name in tflite.INTERPRETERS), None)
    if engine is None:
        pytest.skip("no interpreter is installed")
    assert tflite.release(engine) == importlib.metadata.version(engine)
    # Of an installation that was broken off there are two folders, and pip's own look decides.
    package = tmp_path / tflite.INTERPRETERS[engine].partition(".")[0]
    monkeypatch.setattr(tflite, "_folder", lambda name: package)
    monkeypatch.setattr(importlib.metadata, "version", lambda name: "9.0")
    for release, said in (("7.0", "7.0"), ("8.0", "9.0")):
        (tmp_path / f"{package.name}-{release}.dist-info").mkdir()
        assert tflite.release(engine) == said


def test_an_engine_of_which_only_a_folder_is_left_is_not_installed(monkeypatch, tmp_path: Path):
    (tmp_path / "left_over" / "__pycache__").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path)
    for name, module in (("left-over", "left_over.interpreter"), ("none", "no_such.interpreter")):
        monkeypatch.setitem(tflite.INTERPRETERS, name, module)
    assert not {"left-over", "none"} & set(installed_engines())


def test_an_interpreter_that_does_not_fit_is_told_of_though_numpy_computes(monkeypatch):
    monkeypatch.setattr(choice, "_interpreters", lambda: ["tflite-runtime"])
    monkeypatch.setattr(tflite, "release", lambda name: "2.14.0")
    monkeypatch.setattr(choice.np, "__version__", "2.4.6")
    (notice,) = choice.unfit_engines()
    assert (notice.remedy, notice.fact[:20]) == (Remedy.INSTALL_NUMPY_1, "tflite-runtime 2.14.")
    monkeypatch.setattr(choice.np, "__version__", "1.26.4")
    assert choice.unfit_engines() == []
