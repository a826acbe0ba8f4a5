"""The android engine: when it is chosen, and what it says where it cannot be. Its outputs are in `test_engines.py`."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from edge_runtime import EngineError, prepare_engines, read_bundle
from edge_runtime.engines import android, installed_engines, load_engine, load_engines
from edge_runtime.errors import Remedy
from edge_runtime.installation import DEFAULT_BUNDLE


@pytest.fixture
def on_android(monkeypatch):
    """As on a phone: this is Android, and there is no interpreter for Python."""
    monkeypatch.setattr(sys, "getandroidapilevel", lambda: 34, raising=False)
    monkeypatch.setattr("edge_runtime.engines.choice.find_spec", lambda name: None)


@pytest.fixture
def forgotten():
    """No classes were found before, nor are they afterwards."""
    android._java.cache_clear()
    yield
    android._java.cache_clear()


def test_a_batch_is_one_call_into_java(java_interpreter):
    user, before = load_engine(read_bundle(DEFAULT_BUNDLE).user_encoder, "android"), java_interpreter.runs
    for rows, calls in ((1, 1), (64, 1), (130, 3)):
        user.run(clicks=np.zeros((rows, 64), np.float32))
        assert java_interpreter.runs - before == calls
        before = java_interpreter.runs


def test_what_was_prepared_on_the_main_thread_runs_on_another(java_interpreter, on_android):
    import jnius

    prepare_engines()
    outputs = []

    def run() -> None:
        user = load_engine(read_bundle(DEFAULT_BUNDLE).user_encoder, "android")
        outputs.extend(user.run(clicks=np.zeros((2, 64), np.float32)))
        jnius.detach()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert [output.shape for output in outputs] == [(2, 64), (2, 1)]


def test_on_android_java_runs_what_numpy_does_not(java_interpreter, on_android):
    pytest.importorskip("ai_edge_litert", reason="its schema writes the model")
    from tests.edge_runtime.engines.tflite_builder import float_file

    assert installed_engines() == ["numpy", "android"]
    choice, (engine,) = load_engines([float_file("ABS", (8,), (8,))])
    assert isinstance(engine, android.AndroidEngine)
    assert choice.name == "android" and "ABS" in choice.reason
    choice, _ = load_engines([read_bundle(DEFAULT_BUNDLE).user_encoder])
    assert choice.name == "numpy"


def test_elsewhere_no_java_is_looked_for(monkeypatch):
    monkeypatch.setattr(android, "_java", lambda: pytest.fail("Java is looked for"))
    prepare_engines()
    assert "android" not in installed_engines()


@pytest.mark.usefixtures("forgotten")
def test_without_pyjnius_or_the_class_it_says_what_is_missing(monkeypatch, on_android):
    monkeypatch.setitem(sys.modules, "jnius", None)
    with pytest.raises(EngineError, match="engine android needs pyjnius and Java: ") as refused:
        load_engines((b"",), "android")
    assert refused.value.remedy is Remedy.INSTALL_ENGINE

    class JavaException(Exception):
        pass

    def autoclass(name: str, **_: bool) -> None:
        raise JavaException(f"Class not found {name}")

    spec = SimpleNamespace(name="jnius")
    monkeypatch.setitem(sys.modules, "jnius", SimpleNamespace(autoclass=autoclass, JavaException=JavaException))
    monkeypatch.setattr(android, "find_spec", lambda name: spec)
    with pytest.raises(EngineError, match=r"needs the class org\.tensorflow\.lite\.Interpreter"):
        load_engines((b"",), "android")
    prepare_engines()
    assert installed_engines() == ["numpy"]
