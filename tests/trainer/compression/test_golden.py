"""Golden pairs: a file that no longer gives what it gave is found out, on any machine."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.trainer.compression.small_models import rows_of_two, two_inputs
from trainer.compression import golden
from trainer.compression.conversion import convert
from trainer.compression.golden import read_golden, verify
from trainer.compression.tflite_file import TfliteFile, write
from trainer.errors import ExportError


@pytest.fixture(scope="module")
def file() -> TfliteFile:
    return convert(two_inputs(), "dynamic")


@pytest.fixture
def written(file: TfliteFile, tmp_path: Path) -> Path:
    inputs = rows_of_two(8, 0)
    write(file, tmp_path / "model.tflite", inputs, file.predict(*inputs))
    return tmp_path / "model.tflite"


def test_a_file_and_its_pairs_come_back_as_they_went_in(file, written):
    pairs = read_golden(written)
    assert written.read_bytes() == file.content
    assert sorted(path.name for path in written.parent.iterdir()) == ["model.golden.npz", "model.tflite"]
    assert pairs.kind == "dynamic"
    assert list(pairs.inputs) == ["zeta", "alpha"]
    assert list(pairs.outputs) == ["output_0", "output_1"]
    for values, given in zip(pairs.inputs.values(), rows_of_two(8, 0), strict=True):
        assert np.array_equal(values, given)
    assert verify(written).cosine == pytest.approx(1)


def test_outputs_that_the_file_does_not_give_are_an_error_and_nothing_is_written(file, tmp_path):
    inputs = rows_of_two(8, 0)
    wrong = [-values for values in file.predict(*inputs)]
    with pytest.raises(ExportError, match=r"does not agree with the model: cosine -0\.\d+ \(at least 0\.99\)"):
        write(file, tmp_path / "model.tflite", inputs, wrong)
    assert not list(tmp_path.iterdir())


def test_an_engine_that_computes_something_else_is_found_out(written, monkeypatch):
    run = golden.FileRunner.run
    monkeypatch.setattr(golden.FileRunner, "run", lambda *given: [values + 1 for values in run(*given)])
    with pytest.raises(ExportError, match="does not agree"):
        verify(written)


def test_missing_foreign_and_damaged_pairs_say_what_to_do(file, written):
    pairs = written.with_name("model.golden.npz")
    whole = pairs.read_bytes()
    written.write_bytes(b"another file")
    with pytest.raises(ExportError, match=r"is not the file that model\.golden\.npz was written for; copy both"):
        verify(written)
    written.write_bytes(file.content)
    for damaged in (whole[: len(whole) // 2], b"", b"no archive"):
        pairs.write_bytes(damaged)
        with pytest.raises(ExportError, match="is damaged"):
            verify(written)
    pairs.unlink()
    with pytest.raises(ExportError, match="is missing; it is written beside the file"):
        verify(written)


def test_the_command_needs_no_tensorflow_and_tells_by_its_status(written):
    command = (
        "import sys; from trainer.compression.golden import main; status = main(sys.argv[1:]);"
        "assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules; sys.exit(status)"
    )
    done = subprocess.run([sys.executable, "-c", command, written], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"{written}: agrees, cosine 1.0000")
    assert golden.main([str(written.with_name("other.tflite"))]) == 1
    assert golden.main([]) == 2


def test_golden_outputs_by_name_must_be_those_of_the_file(file, tmp_path):
    inputs = rows_of_two(2, 0)
    with pytest.raises(ExportError, match="the file gives output_0, output_1"):
        write(file, tmp_path / "model.tflite", inputs, {"output_0": file.predict(*inputs)[0]})
    with pytest.raises(ExportError, match="the interpreter refuses the file"):
        replace(file, content=b"no model").predict(*inputs)
