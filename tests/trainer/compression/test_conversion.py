"""From a Keras model to a file: what every kind promises, and what it refuses."""

from __future__ import annotations

import os
import signal

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from tests.trainer.compression.small_models import dense, gru, ids_of, normal, rows_of_two, two_inputs
from trainer.compression import converter_process
from trainer.compression.agreement import Tolerance
from trainer.compression.calibration import by_input
from trainer.compression.conversion import convert
from trainer.compression.converter_process import ConverterProcess, ConverterRefused
from trainer.compression.tflite_file import check, write
from trainer.errors import ExportError


@pytest.fixture(scope="module")
def pair() -> keras.Model:
    return two_inputs()


class FakeQuant(layers.Layer):
    """A grid of 255 steps from `-limit` to `limit`, as training rounds activations."""

    def __init__(self, limit: float) -> None:
        super().__init__()
        self.limit = limit

    def call(self, values):
        return keras.quantizers.fake_quant_with_min_max_vars(values, -self.limit, self.limit)


@pytest.mark.parametrize("kind", ["float32", "float16", "dynamic", "int8", "int8-io", "int4"])
def test_a_file_takes_inputs_in_the_models_order_and_agrees_on_more_rows_than_run_together(pair, kind):
    inputs = rows_of_two(70, 0)
    file = convert(pair, kind, rows_of_two(100, 1))
    assert file.inputs == ("zeta", "alpha")
    check(file, [output.numpy() for output in pair(inputs)], inputs)


def test_calibration_comes_by_order_by_name_or_in_batches_and_is_the_same():
    specs = [tf.TensorSpec((None, 4), tf.float32, "zeta"), tf.TensorSpec((None, 3), tf.int32, "alpha")]
    numbers, ids = rows_of_two(20, 1)
    forms = [
        (numbers, ids),
        {"alpha": ids, "zeta": numbers.astype(np.float64)},
        [(numbers[:5], ids[:5]), {"zeta": numbers[5:], "alpha": ids[5:].astype(np.int64)}],
    ]
    for form in forms:
        found = by_input(form, specs)
        assert np.array_equal(found["zeta"], numbers)
        assert np.array_equal(found["alpha"], ids)
        assert (found["zeta"].dtype, found["alpha"].dtype) == (np.float32, np.int32)


@pytest.mark.parametrize(
    ("calibration", "message"),
    [
        (None, "calibration is missing"),
        ([], "calibration is empty"),
        ((normal(3, 5), ids_of(3)[:, :3]), r"input zeta: expected shape is \(None, 4\), given is \(3, 5\)"),
        ((normal(3, 4) * np.nan, ids_of(3)[:, :3]), "input zeta: values must be finite"),
        ((normal(0, 4), ids_of(0)[:, :3]), "input zeta: there is no row"),
        ((normal(3, 4), normal(3, 3)), "input alpha: expected type is int32, given is float32"),
        ((normal(3, 4), ids_of(2)[:, :3]), "each needs the same number"),
        ({"zeta": normal(3, 4)}, "calibration has no input alpha"),
        (normal(3, 4), "calibration has 1 inputs; the model takes zeta, alpha"),
    ],
)
def test_a_calibration_that_does_not_fit_is_refused_before_anything_is_converted(pair, calibration, message):
    with pytest.raises(ExportError, match=message):
        convert(pair, "int8", calibration)


def test_an_unknown_kind_is_refused_with_the_known_ones(pair):
    with pytest.raises(ExportError, match=r"kind is 'int3'; choose float32, .*int4"):
        convert(pair, "int3")


def test_predict_refuses_what_does_not_fit_the_file():
    file = convert(dense(4, 2), "float32")
    with pytest.raises(ExportError, match="2 inputs given"):
        file.predict(normal(1, 4), normal(1, 4))
    with pytest.raises(ExportError, match=r"expected shape is \(None, 4\), given is \(4,\)"):
        file.predict(normal(4))


def test_int8_inputs_are_codes_of_the_tensors_scale_not_floats_cut_to_whole_numbers():
    # All values lie in (-1, 1), so a cast would make every input 0.
    model = dense(4, 2)
    inputs = np.tanh(normal(50, 4))
    check(convert(model, "int8-io", inputs), model(inputs).numpy(), inputs, Tolerance(cosine=0.999, largest=0.05))


def test_fake_quant_alone_makes_a_full_int8_file_on_its_own_grid():
    model = keras.Sequential([keras.Input((8,)), FakeQuant(4), layers.Dense(6), FakeQuant(4)])
    file = convert(model, "aware")
    assert file.operators == {"QUANTIZE": 1, "FULLY_CONNECTED": 1, "DEQUANTIZE": 1}
    assert not file.float_islands
    # The output is a whole number of steps: 255 from -4 to 4.
    steps = file.predict(normal(20, 8)) / (8 / 255)
    assert np.abs(steps - np.rint(steps)).max() < 1e-3


def test_what_computes_in_float_inside_an_int8_file_is_listed():
    model = keras.Sequential([keras.Input((8,)), layers.Dense(6), layers.Lambda(keras.ops.sin), layers.Dense(2)])
    assert convert(model, "int8", normal(20, 8)).float_islands == ("SIN",)


def test_operators_that_tflite_does_not_have_are_named():
    with pytest.raises(ConverterRefused, match=r"TFLite has no operator for tf\.Erf; write"):
        convert(keras.Sequential([keras.Input((4,)), layers.Lambda(keras.ops.erf)]), "float32")


def test_a_model_without_symbolic_inputs_takes_its_shapes_from_the_calibration():
    class Mean(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.table = layers.Embedding(200, 4)

        def call(self, ids):
            return keras.ops.mean(self.table(ids), axis=1)

    model = Mean()
    expected = model(ids_of(3)).numpy()
    with pytest.raises(ExportError, match="has no symbolic inputs; give calibration"):
        convert(model, "float32")
    check(convert(model, "float32", ids_of(3)), expected, ids_of(3))


def test_keras_own_int4_export_that_loses_a_relu_is_an_error_and_never_a_file(tmp_path):
    layer = layers.Dense(512, "relu", use_bias=False)
    model = keras.Sequential([keras.Input((512,)), layer, layers.Dense(16, use_bias=False)])
    model.quantize("int4", filters=lambda found: isinstance(found, layers.Dense))
    inputs = normal(32, 512)
    file = convert(model, "float32")
    with pytest.raises(ExportError, match="does not agree with the model: cosine 0"):
        write(file, tmp_path / "model.tflite", inputs, model(inputs).numpy())
    assert not list(tmp_path.iterdir())


def test_sizes_are_those_of_the_bytes_and_of_their_gzip():
    file = convert(dense(64, 64), "float32")
    assert file.size_bytes == len(file.content) > 64 * 64 * 4
    zeros = convert(keras.Sequential([keras.Input((64,)), layers.Dense(64, kernel_initializer="zeros")]), "float32")
    assert zeros.gzip_bytes < file.gzip_bytes < file.size_bytes


def test_the_model_given_is_neither_changed_nor_left_unable_to_train():
    model = dense(4, 2)
    before = [weight.copy() for weight in model.get_weights()]
    convert(model, "int4")
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights(), strict=True))
    model.compile("sgd", "mse")
    model.fit(normal(8, 4), normal(8, 2), verbose=0)


@pytest.mark.usefixtures("long")
def test_a_gru_with_samples_ends_the_child_alone_and_the_next_conversion_works():
    model = gru()
    with pytest.raises(ExportError, match=r"int8: the converter ended with signal 11 .*; take kind='dynamic'"):
        convert(model, "int8", ids_of(20))
    file = convert(model, "dynamic")
    assert file.note == "the batch is fixed at 1: the converter refuses a dynamic one"
    check(file, model(ids_of(20)).numpy(), ids_of(20))


@pytest.fixture(params=["copying", pytest.param("converting", marks=pytest.mark.long)])
def process(request, monkeypatch):
    """One of its own. How it is started and ended is the same with a child that copies, but that starts at once."""
    if request.param == "copying":
        monkeypatch.setattr(converter_process, "CHILD", "tests.trainer.compression.copying_child")
    return ConverterProcess()


def test_the_child_serves_again_after_it_was_killed_and_ends_when_it_is_closed(process, tmp_path):
    dense(4, 2).export(str(tmp_path / "saved"), verbose=False)
    process.convert(tmp_path / "saved", "float32", tmp_path / "first")
    assert process.pid
    os.kill(process.pid, signal.SIGKILL)
    # Until it is dead, but not taken from the process that has to notice.
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    process.convert(tmp_path / "saved", "float32", tmp_path / "second")
    assert (tmp_path / "first").stat().st_size == (tmp_path / "second").stat().st_size
    pid = process.pid
    process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert process.pid is None


def test_half_precision_is_refused_by_the_layers_name():
    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2, dtype="mixed_float16", name="half")])
    with pytest.raises(
        ExportError, match="half computes in float16, which the converter cannot; build the model under"
    ):
        convert(model, "float32")
