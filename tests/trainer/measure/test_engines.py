"""Interpreters are believed when they give a bundle's golden vectors, and none of them can take the trainer along."""

from __future__ import annotations

import dataclasses
import os
import sys
from pathlib import Path

import pytest

from edge_runtime import BundleError, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.errors import ConfigError
from trainer.measure.engines import check_engines

THIS = Path(sys.executable)


def altered(tmp_path, **parts) -> Path:
    """The default bundle with other parts, its hashes right."""
    path = tmp_path / "altered.bundle"
    write_bundle(path, dataclasses.replace(read_bundle(DEFAULT_BUNDLE), **parts))
    return path


def script(tmp_path, body: str) -> Path:
    """What pretends to be a Python."""
    path = tmp_path / "python"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


@pytest.mark.usefixtures("slow")
def test_a_healthy_bundle_is_right_here_and_in_another_process():
    here, numpy, there = check_engines(DEFAULT_BUNDLE, [THIS])
    assert (here.engine, here.loads, here.right) == ("ai-edge-litert", True, True)
    assert (numpy.engine, numpy.loads, numpy.right) == ("numpy", True, True)
    assert there == here


@pytest.mark.usefixtures("slow")
def test_a_bundle_that_is_computed_wrongly_loads_but_is_not_right(tmp_path):
    golden = read_bundle(DEFAULT_BUNDLE).golden
    path = altered(tmp_path, golden=dataclasses.replace(golden, interests=-golden.interests))
    here, numpy, there = check_engines(path, [THIS])
    assert here.loads and not here.right
    assert numpy.loads and not numpy.right
    assert "computes this bundle wrongly: golden cosine -1.000" in here.message
    assert there == here


@pytest.mark.usefixtures("slow")
def test_a_model_that_an_interpreter_refuses_does_not_load(tmp_path):
    here, numpy, there = check_engines(altered(tmp_path, article_encoder=b"not a model"), [THIS])
    assert not here.loads and not here.right
    assert not numpy.loads and not numpy.right
    assert "ai-edge-litert refuses a model of the bundle" in here.message
    assert there == here


def test_a_crash_is_a_result(tmp_path):
    crashing = script(tmp_path, """echo '{"version": "9.9"}'; kill -SEGV $$""")
    found = check_engines(DEFAULT_BUNDLE, [crashing])[-1]
    assert (found.version, found.loads, found.right, found.message) == ("9.9", False, False, "crashes (SIGSEGV)")


def test_an_interpreter_that_fails_otherwise_says_its_last_words(tmp_path):
    failing = script(tmp_path, """echo '{"version": "9.9"}'; echo 'RuntimeError: out of arena' >&2; exit 1""")
    assert check_engines(DEFAULT_BUNDLE, [failing])[-1].message == "fails: RuntimeError: out of arena"


@pytest.mark.usefixtures("slow")
def test_an_interpreter_that_does_not_answer_is_given_up(tmp_path):
    silent = script(tmp_path, """echo '{"version": "9.9"}'; exec sleep 30""")
    assert check_engines(DEFAULT_BUNDLE, [silent], timeout_s=0.5)[-1].message == "fails: no answer in 0.5 s"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("exit 0", "has no TFLite interpreter; install one of ai-edge-litert, tflite-runtime there"),
        ("echo 'No module named numpy' >&2; exit 1", "cannot run edge-news: No module named numpy; give a Python 3.11"),
    ],
)
def test_an_environment_that_cannot_answer_is_named(tmp_path, body, message):
    with pytest.raises(ConfigError, match=message):
        check_engines(DEFAULT_BUNDLE, [script(tmp_path, body)])


def test_a_python_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="nowhere: cannot be run"):
        check_engines(DEFAULT_BUNDLE, [tmp_path / "nowhere"])


def test_a_file_that_is_no_bundle_is_refused_before_anybody_is_asked(tmp_path):
    (tmp_path / "b").write_bytes(b"no bundle, but long enough to have had a header of one" * 2)
    with pytest.raises(BundleError, match="does not begin like a bundle"):
        check_engines(tmp_path / "b", [tmp_path / "nowhere"])


@pytest.mark.skipif("TFLITE_PYTHON" not in os.environ, reason="TFLITE_PYTHON names no Python that has tflite-runtime")
def test_full_int8_is_right_on_tflite_runtime_too():
    *_, there = check_engines(DEFAULT_BUNDLE, [Path(os.environ["TFLITE_PYTHON"])])
    assert (there.engine, there.right) == ("tflite-runtime", True)
