"""The numpy engine against LiteRT, operator by operator, and hand-worked steps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

pytest.importorskip("ai_edge_litert", reason="what LiteRT computes is compared")

from edge_runtime import EngineError
from edge_runtime.engines import NumpyEngine, load_engine
from edge_runtime.engines.numpy_operators import EXACT_FLOAT32
from tests.edge_runtime.engines.tflite_builder import Builder, float_file

ROWS = 50


def int8_layers(rng: np.random.Generator, widths: list[int], *, per_channel: bool) -> bytes:
    """QUANTIZE, then a chain of FULLY_CONNECTED with bias, ReLU but for the last, ADD of a row, DEQUANTIZE."""
    made = Builder()
    x = made.tensor("x", (1, widths[0]))
    scale, zero_point = 0.02, int(rng.integers(-40, 40))
    at = made.operator("QUANTIZE", [x], made.tensor("q", (1, widths[0]), "int8", scale, zero_point))
    for number, (before, after) in enumerate(pairwise(widths)):
        weights = rng.integers(-127, 128, (after, before)).astype(np.int8)
        steps = rng.uniform(0.001, 0.01, after if per_channel else 1).astype(np.float32)
        bias = rng.integers(-2000, 2000, after).astype(np.int32)
        last = number == len(widths) - 2
        out_scale, out_zero = float(scale * steps.mean() * np.sqrt(before) * 60), int(rng.integers(-30, 30))
        out = made.tensor("h", (1, after), "int8", out_scale, out_zero)
        read = [at, made.constant(weights, steps), made.constant(bias, scale * steps)]
        at = made.operator("FULLY_CONNECTED", read, out, 4, fusedActivationFunction=0 if last else 1)
        scale = out_scale
    row = made.constant(rng.integers(-127, 128, widths[-1]).astype(np.int8), scale * 0.7, 5)
    total = made.tensor("sum", (1, widths[-1]), "int8", scale * 1.3, -9)
    at = made.operator("ADD", [at, row], total, 2)
    return made.file([x], [made.operator("DEQUANTIZE", [at], made.tensor("y", (1, widths[-1])), 2)])


def given(width: int) -> np.ndarray:
    return np.random.default_rng(width).standard_normal((ROWS, width)).astype(np.float32)


@pytest.mark.parametrize("per_channel", [True, False])
def test_int8_models_are_within_one_step_of_litert_and_nearly_always_equal(per_channel):
    steps, num_equal, num_all = [], 0, 0
    for seed in range(12):
        widths = [[64, 32, 64], [24, 64], [200, 1], [8, 8]][seed % 4]
        content = int8_layers(np.random.default_rng(seed), widths, per_channel=per_channel)
        x = given(widths[0])
        (ours,), (theirs,) = NumpyEngine(content).run(x=x), load_engine(content, "ai-edge-litert").run(x=x)
        step = min(np.diff(np.unique(theirs)))
        apart = np.rint((ours - theirs) / step)
        steps.append(np.abs(apart).max())
        num_equal, num_all = num_equal + int((apart == 0).sum()), num_all + apart.size
    assert max(steps) <= 1
    assert num_equal / num_all > 0.999


FLOAT_OPERATORS = {
    "FULLY_CONNECTED": (
        [(8,), (5,), [np.ones((5, 8), np.float32) / 3, np.arange(5, dtype=np.float32)]],
        {"fusedActivationFunction": 1},
    ),
    "ADD": ([(8,), (8,), [np.arange(8, dtype=np.float32)]], {"fusedActivationFunction": 3}),
    "MUL": ([(2, 4), (2, 4), [np.arange(4, dtype=np.float32)]], {"fusedActivationFunction": 2}),
    "RELU": ([(8,), (8,)], {}),
    "TANH": ([(8,), (8,)], {}),
    "LOGISTIC": ([(8,), (8,)], {}),
    "SOFTMAX": ([(8,), (8,)], {"beta": 0.5}),
    "RESHAPE": ([(8,), (2, 4), [np.int32([-1, 2, 4])]], {"newShape": [-1, 2, 4]}),
    "CONCATENATION": ([(8,), (16,)], {"axis": 1}),
    "MEAN": ([(2, 4), (4,), [np.int32([1])]], {"keepDims": False}),
    "GATHER": ([(8,), (3,), [np.int32([7, 0, 0])]], {"axis": 1}),
}


def between_rows(name: str, shapes: list, options: dict) -> bytes:
    """The operator between rows of 8 and rows again, for shapes that are no rows are no input or output."""
    shape, out_shape, *rest = shapes
    others = rest[0] if rest else []
    made = Builder()
    x = at = made.tensor("x", (1, 8))
    if len(shape) > 1:
        at = made.operator("RESHAPE", [x, made.constant(np.int32([-1, *shape]))], made.tensor("in", (1, *shape)))
    read = [at, at] if name == "CONCATENATION" else [at, *(made.constant(values) for values in others)]
    at = made.operator(name, read, made.tensor("out", (1, *out_shape)), **options)
    if len(out_shape) > 1:
        width = int(np.prod(out_shape))
        at = made.operator("RESHAPE", [at, made.constant(np.int32([-1, width]))], made.tensor("y", (1, width)))
    return made.file([x], [at])


@pytest.mark.parametrize("name", FLOAT_OPERATORS)
def test_float_operators_compute_what_litert_computes(name):
    content = between_rows(name, *FLOAT_OPERATORS[name])
    x = 3 * given(8)
    (ours,), (theirs,) = NumpyEngine(content).run(x=x), load_engine(content, "ai-edge-litert").run(x=x)
    np.testing.assert_allclose(ours, theirs, atol=2e-6)


def one_product(weights: np.ndarray, bias: np.ndarray, zero_point: int, out_scale: float) -> bytes:
    """Codes of step 1 times weights of step 1."""
    made = Builder()
    x = made.tensor("x", (1, weights.shape[1]))
    codes = made.operator("QUANTIZE", [x], made.tensor("q", (1, weights.shape[1]), "int8", 1.0, zero_point))
    out = made.tensor("h", (1, len(weights)), "int8", out_scale, 0)
    product = made.operator("FULLY_CONNECTED", [codes, made.constant(weights, 1.0), made.constant(bias, 1.0)], out, 4)
    return made.file([x], [made.operator("DEQUANTIZE", [product], made.tensor("y", (1, len(weights))), 2)])


def test_without_rounding_a_number_goes_through_as_it_is():
    # 0.3 is 0.6 steps of 0.5: rounded it is one whole step.
    made = Builder()
    x = made.tensor("x", (1, 1))
    at = made.operator("QUANTIZE", [x], made.tensor("q", (1, 1), "int8", 0.5, 0))
    content = made.file([x], [made.operator("DEQUANTIZE", [at], made.tensor("y", (1, 1)), 2)])
    given_x = np.array([[0.3]], np.float32)
    assert NumpyEngine(content).run(x=given_x)[0] == 0.5
    assert NumpyEngine(content, rounds=False).run(x=given_x)[0] == np.float32(0.3)
    assert load_engine(content, "numpy-unrounded").run(x=given_x)[0] == np.float32(0.3)


def test_a_product_by_hand():
    # Steps 3 and -2, whatever the zero point: 3 * 10 + -2 * -5 + 7 = 47; 47 / 2 = 23.5 is rounded to the even 24, and
    # DEQUANTIZE gives 24 * 2.
    # 3 * 100 + -2 * 100 - 1000 = -900; -450 is no int8 code, so it is -128, times 2.
    content = one_product(np.int8([[10, -5], [100, 100]]), np.int32([7, -1000]), 11, 2.0)
    np.testing.assert_array_equal(NumpyEngine(content).run(x=np.float32([[3, -2]]))[0], [[48, -256]])


@pytest.mark.parametrize("width", [514, 1024, 4096])
def test_sums_are_exact_in_float32_up_to_2_to_the_24_and_beyond_in_float64(width):
    # The largest steps: codes of zero point -128 are 0 to 255 steps; 255 * 128 * 514 = 16,776,960 is just below 2^24.
    rng = np.random.default_rng(width)
    weights = rng.choice(np.int8([-128, 127]), (3, width))
    weights[0] = -128
    weights[0, 0] = -127  # an odd sum: beyond 2^24 there is none in float32
    codes = np.full((1, width), 255.0, np.float32)
    sums = 255 * weights.astype(np.int64).sum(axis=1)
    assert (abs(sums[0]) <= EXACT_FLOAT32) == (width == 514)
    # A bias that leaves 1, 2 and 3 of the sums: with output steps of 1 the last digit must be right.
    content = one_product(weights, (np.int64([1, 2, 3]) - sums).astype(np.int32), -128, 1.0)
    np.testing.assert_array_equal(NumpyEngine(content).run(x=codes)[0], [[1, 2, 3]])


def test_what_is_not_run_is_refused_by_name():
    made = Builder()
    x = made.tensor("x", (1, 4))
    exp = made.file([x], [made.operator("EXP", [x], made.tensor("y", (1, 4)))])
    with pytest.raises(EngineError, match=r"operator EXP \(tensor 'y'\): it is not run; use the engine ai-edge-litert"):
        NumpyEngine(exp)
    with pytest.raises(EngineError, match="activation 4 is not run; use the engine"):
        NumpyEngine(float_file("ADD", (4,), (4,), [np.ones(4, np.float32)], fusedActivationFunction=4))
    with pytest.raises(EngineError, match="version 9 is newer than 5; use the engine"):
        NumpyEngine(float_file("ADD", (4,), (4,), [np.ones(4, np.float32)], version=9))
    with pytest.raises(EngineError, match="axis 0 is not within one row; use the engine"):
        NumpyEngine(float_file("MEAN", (4,), (4,), [np.int32([0])]))
    with pytest.raises(EngineError, match="type INT16, which is not run; use the engine"):
        NumpyEngine(float_file("ADD", (4,), (4,), [np.ones(4, np.int16)]))


def test_shapes_that_do_not_fit_are_refused():
    with pytest.raises(EngineError, match=r"tensor 'y' of the model has shape \(1, 3\), computed is \(0, 4\)"):
        NumpyEngine(float_file("ADD", (4,), (3,), [np.ones(4, np.float32)]))
    # Nothing of this size is ever made: 65,536 x 65,536 numbers.
    with pytest.raises(EngineError, match=r"computes \d+ numbers for each row; at most"):
        NumpyEngine(float_file("ADD", (65536, 1), (65536, 65536), [np.ones((1, 65536), np.float32)]))
    with pytest.raises(EngineError, match="of the model has shape"):
        NumpyEngine(between_rows("ADD", [(8, 1), (8, 1), [np.ones((1, 65536), np.float32)]], {}))


def test_an_operator_that_reads_what_comes_after_it_is_refused():
    made = Builder()
    x, first, second = (made.tensor(name, (1, 4)) for name in ("x", "first", "second"))
    made.operator("ADD", [x, second], first)
    made.operator("RELU", [first], second)
    with pytest.raises(EngineError, match="tensor 'first' of the model is made of unknown ones"):
        NumpyEngine(made.file([x], [second]))
