import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tests.trainer.compression.digits import accuracy, digits, fit, task, trained
from trainer.compression.compressed import Compressed, Row, measured, report_of
from trainer.compression.files import begun, file_of
from trainer.compression.golden import verify
from trainer.compression.quantize import Quantize
from trainer.compression.quantize_aware import QuantizeAware
from trainer.compression.recipe import Recipe
from trainer.compression.step import Candidate
from trainer.errors import ExportError
from trainer.intervals import Interval

IMAGES = digits()[0]


@pytest.fixture(scope="module")
def aware(slow) -> Compressed:
    recipe = Recipe(QuantizeAware(8, epochs=1))
    return recipe.apply(trained(), metric=accuracy, train=fit(), calibration=IMAGES[:64])


@pytest.fixture(scope="module")
def plain(slow) -> Compressed:
    candidate = begun(trained())
    file = file_of(candidate, None)
    row, _ = measured("original", candidate, file, accuracy, None, 0)
    return Compressed(candidate, file, [row])


def test_a_row_says_what_was_measured(plain):
    (row,) = plain.rows
    assert row.step == "original"
    # 64 x 24 + 24, 24 x 16 + 16, 16 x 10 + 10
    assert row.parameters == 2130
    assert row.zeros == 0
    assert row.quality == accuracy(plain.file.predict).mean()
    assert row.change == Interval(0, 0, 0)
    assert (row.size_bytes, row.gzip_bytes) == (plain.file.size_bytes, plain.file.gzip_bytes)


def test_zeros_are_those_of_matrices(plain):
    candidate = begun(trained())
    candidate.model.get_layer("one").kernel.assign(np.zeros((64, 24)))
    candidate.model.get_layer("one").bias.assign(np.zeros(24))
    row, _ = measured("zeros", candidate, plain.file, accuracy, None, 0)
    assert row.zeros == 64 * 24 / (64 * 24 + 24 * 16 + 16 * 10)


@pytest.mark.parametrize("io", ["float", "int8"])
def test_an_exported_file_is_verified_by_its_pairs(aware, tmp_path, io):
    file = aware.export(tmp_path / "small.tflite", io)
    assert (tmp_path / "small.tflite").read_bytes() == file.content
    assert file.kind == {"float": "aware", "int8": "aware-io"}[io]
    verify(tmp_path / "small.tflite")
    # The codes of inputs and outputs are on the learned grid either way.
    assert_allclose(file.predict(IMAGES), aware.file.predict(IMAGES), atol=1e-6)


def test_float_activations_have_no_int8_inputs(plain, tmp_path):
    with pytest.raises(ExportError, match="a file of kind float32 has float activations, so its inputs cannot be int8"):
        plain.export(tmp_path / "small.tflite", "int8")
    with pytest.raises(ExportError, match=r"small.tflite: io is 'bits'; choose float or int8"):
        plain.export(tmp_path / "small.tflite", "bits")
    assert not list(tmp_path.iterdir())


@pytest.mark.usefixtures("slow")
def test_a_saved_model_loads_without_this_package(aware, tmp_path):
    aware.model.save(tmp_path / "small.keras")
    np.save(tmp_path / "rows.npy", IMAGES)
    code = (
        "import keras, numpy, sys\n"
        "model = keras.models.load_model('small.keras')\n"
        "numpy.save('outputs.npy', model(numpy.load('rows.npy')))\n"
        "assert not [name for name in sys.modules if name.partition('.')[0] == 'trainer']\n"
    )
    subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, check=True)
    assert_allclose(np.load(tmp_path / "outputs.npy"), np.array(aware.model(IMAGES)), atol=1e-6)


def test_the_report(plain):
    first = Row("original", "float32", 1000, 800, 10, 0.0, 0.9, Interval(0, 0, 0))
    second = Row("prune", "int8", 250, 100, 10, 0.5, 0.88, Interval(-0.02, -0.03, -0.01), "kept")
    candidate = Candidate(
        trained(), skipped={"gru": "a reason"}, notes={"variational": {"bits_needed": {"a/kernel": 5}}}
    )
    lines = report_of(Compressed(candidate, plain.file, [first, second], holdout=second.change)).splitlines()
    assert lines[2].split() == [
        *("prune", "int8", "250", "100", "4.0x", "50.0%", "0.8800", "-0.0200", "[-0.0300,", "-0.0100]", "kept")
    ]
    assert lines[3] == "on rows that were never asked: -0.0200 [-0.0300, -0.0100]"
    assert lines[4].startswith(f"file: float32, {plain.file.size_bytes:,} bytes; operators: FULLY_CONNECTED 3, ")
    # Of a reshape whose rows are counted anew.
    assert lines[5] == "not run by the runtime's numpy engine: PACK, SHAPE, STRIDED_SLICE"
    assert lines[6:] == ["bits needed: a/kernel 5", "skipped: gru: a reason"]
    assert Compressed(candidate, plain.file, [first]).report() == report_of(Compressed(candidate, plain.file, [first]))


def test_quantize_changes_the_file_alone(plain):
    made = Quantize("int8")(plain.candidate, task(trained()))
    assert file_of(made, IMAGES[:64]).kind == "int8"
