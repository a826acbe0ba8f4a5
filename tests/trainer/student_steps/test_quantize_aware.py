"""Training on the bundle's own grid: what was learned is what the file holds, to the last code."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from pytest import approx

from edge_runtime.engines import TfliteEngine
from edge_runtime.model.token_table import all_rows, quantize_rows
from tests.trainer.tflite_grids import grids
from trainer.errors import CompressionError, TrainingError
from trainer.measure.scores import all_vectors
from trainer.models.encoders import one_hot_topics
from trainer.models.overlay import TABLE, named_weights, weight_arrays
from trainer.models.rounded_encoder import RoundedArticleEncoder
from trainer.run.model_files import load_student, save_student
from trainer.student_steps.factorize_kernels import FactorizeKernels
from trainer.student_steps.prune_weights import PruneWeights
from trainer.student_steps.quantize import Quantize
from trainer.student_steps.quantize_aware import (
    SCALES_EVERY,
    QuantizeAware,
    RoundedWeights,
    round_bias,
    round_encoders,
)
from trainer.training.distillation import teacher_agreement

KERNELS = {
    "article": ("projection", "topics", "hidden_in", "hidden_out"),
    "user": ("projection", "weight"),
}


@pytest.fixture(scope="module")
def parent(small):
    """A student whose every kernel has something to round; no test changes it."""
    student, rng = small.student, np.random.default_rng(0)
    student.model.article_encoder.topics.assign(rng.normal(0, 0.1, student.model.article_encoder.topics.shape))
    student.model.article_encoder.bias.assign(rng.normal(0, 0.1, 64))
    student.model.user_encoder.weight.assign(rng.normal(0, 0.1, (64, 1)))
    return student


@pytest.fixture(scope="module")
def trained(parent, small):
    """It after training with an int4 table."""
    return QuantizeAware(table="int4")(parent, small.data)


@pytest.fixture(scope="module")
def quantized(trained, small):
    """And after the step that follows."""
    return Quantize(table="int4", encoders="int8")(trained, small.data)


@pytest.fixture(scope="module")
def bundle(small, quantized, tmp_path_factory):
    return small.export(quantized, tmp_path_factory.mktemp("aware") / "b")


def rounded_kernel(kernel) -> np.ndarray:
    return round_encoders({"user/projection": kernel, "article/bias": tf.zeros(1)})["user/projection"].numpy()


def constants(model: bytes) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Codes, scales and zero points of all that a TFLite file holds as int8."""
    interpreter = Interpreter(model_content=model)
    found = []
    for detail in interpreter.get_tensor_details():
        quantization = detail["quantization_parameters"]
        if detail["dtype"] is np.int8:
            try:
                codes = interpreter.get_tensor(detail["index"])
            except ValueError:  # not a constant: it has no value before the model runs
                continue
            found.append((codes, quantization["scales"], quantization["zero_points"]))
    return found


def test_every_output_of_a_kernel_has_a_scale_of_its_own():
    # Scales 0.01, 0.02 and none: 0.634 is 63.4 steps, -1.036 is -51.8 of them.
    kernel = tf.constant([[1.27, -2.54, 0], [0.634, -1.036, 0]])
    found = rounded_kernel(kernel)
    assert found == approx(np.array([[1.27, -2.54, 0], [0.63, -1.04, 0]]), abs=1e-6)


def test_a_bias_has_one_scale_from_its_lowest_to_its_highest_number():
    # (1.55 + 1.00) / 255 = 0.01
    assert round_bias(tf.constant([-1.0, 1.55, 0.123, 0])).numpy() == approx([-1.0, 1.55, 0.12, 0], abs=1e-6)
    # All above zero: zero is the lowest then, as TFLite wants it to be a step.
    assert round_bias(tf.constant([2.55, 1.204])).numpy() == approx([2.55, 1.2], abs=1e-6)


def test_rounding_again_changes_nothing():
    rng = np.random.default_rng(0)
    for shape, rounding in (((40, 64), rounded_kernel), ((64,), round_bias)):
        once = np.array(rounding(tf.constant(rng.normal(size=shape), tf.float32)))
        assert np.array(rounding(tf.constant(once))) == approx(once, rel=1e-6)


@pytest.mark.parametrize("bits", [8, 4, 3, 2])
def test_the_table_reads_as_the_runtime_rounds_it_and_learns_as_if_it_were_not(parent, bits):
    weights = {name: weight.value for name, weight in named_weights(parent.model).items()}
    overlay = RoundedWeights(parent, bits)
    with tf.GradientTape() as tape:
        read = overlay.values(weights)
        loss = sum(tf.reduce_sum(3 * value) for value in read.values())
    expected = all_rows(quantize_rows(weights[TABLE].numpy(), bits))
    assert read[TABLE].numpy() == approx(expected, abs=1e-6)
    assert set(read) == {TABLE, "article/bias"} | {f"{part}/{name}" for part in KERNELS for name in KERNELS[part]}
    for name, gradient in zip(read, tape.gradient(loss, [weights[name] for name in read]), strict=True):
        assert (gradient.numpy() == 3).all(), name


def test_scales_of_rows_follow_the_table_now_and_then(parent):
    weights = {name: weight.value for name, weight in named_weights(parent.model).items()}
    doubled = {**weights, TABLE: 2 * weights[TABLE]}
    overlay = RoundedWeights(parent, 4)
    first = overlay.values(weights)[TABLE].numpy()
    for _ in range(SCALES_EVERY - 1):  # until then with the old scales, beyond which nothing reaches
        clipped = overlay.values(doubled)[TABLE].numpy()
    assert np.abs(clipped).max(axis=1) == approx(np.abs(first).max(axis=1), rel=1e-3)
    assert overlay.values(doubled)[TABLE].numpy() == approx(2 * first, rel=1e-2)


def test_the_files_hold_the_trained_kernels_code_by_code(trained, bundle):
    weights = weight_arrays(trained.model)
    for part, model in (("article", bundle.article_encoder), ("user", bundle.user_encoder)):
        held = constants(model)
        for kernel in KERNELS[part]:
            trained_kernel = weights[f"{part}/{kernel}"].T  # a file has a row for each output
            scales = np.abs(trained_kernel).max(axis=1) / 127
            steps = trained_kernel / np.where(scales > 0, scales, 1)[:, None]
            codes = np.rint(steps)
            assert steps == approx(codes, abs=1e-3)  # it lies on its grid
            found = [one for one in held if one[0].shape == codes.shape and np.array_equal(one[0], codes)]
            assert len(found) == 1, f"{part}/{kernel}: no constant of the file has these codes"
            ((_, found_scales, zero_points),) = found
            assert found_scales[scales > 0] == approx(scales[scales > 0], rel=1e-6)
            assert not zero_points.any()


def test_the_file_holds_the_trained_bias_code_by_code(trained, bundle):
    bias = weight_arrays(trained.model)["article/bias"]
    ((codes, (scale,), (zero_point,)),) = [one for one in constants(bundle.article_encoder) if one[0].shape == (64,)]
    assert scale == approx(np.ptp(bias) / 255, rel=1e-6)
    assert np.array_equal(codes, np.rint(bias / scale) + zero_point)


def test_the_grid_of_the_file_is_the_grid_of_the_training(trained, bundle):
    expected = {point: (high - low) / 255 for point, (low, high) in trained.ranges.items()}
    assert set(expected) == {
        *("pooled", "topics", "projection", "topic_rows", "with_topic", "with_bias", "hidden", "hidden_out", "vector")
    }
    assert expected["topics"] == approx(1 / 255)  # one-hot
    found = sorted(grids(bundle.article_encoder))
    assert [scale for scale, _ in found] == approx(sorted(expected.values()), rel=1e-6)
    zero_points = {round(-128 - low / expected[point]) for point, (low, _) in trained.ranges.items()}
    assert {zero_point for _, zero_point in found} == zero_points


def test_the_file_computes_what_the_training_did(trained, bundle, small):
    encoder = RoundedArticleEncoder(trained.model.article_encoder, trained.ranges)
    rows = small.data.rows[:300]
    pooled = trained.model.text(rows).numpy()
    topics = one_hot_topics(trained.model.topics.numpy()[rows], len(small.run.data.topics))
    (ours,) = TfliteEngine(bundle.article_encoder, "ai-edge-litert").run(pooled=pooled, topics=topics)
    low, high = trained.ranges["vector"]
    steps_off = np.abs(ours - encoder(pooled, topics).numpy()) / ((high - low) / 255)
    # A sum that lies between two steps may fall to either, and once more where it is added to another.
    assert steps_off.max() < 2.01
    assert steps_off.mean() < 0.02


def test_learned_ranges_are_kept_with_the_student_until_it_learns_again(trained, quantized, small, tmp_path):
    assert quantized.ranges == trained.ranges
    save_student(tmp_path / "student.npz", quantized, small.run.data.topics)
    again = load_student(tmp_path / "student.npz", small.data.articles, small.run.data.text_topics)
    assert again.ranges == trained.ranges
    in_parts = Quantize(table="parts", parts=8, bits=4, epochs=0.0, lists=0.0)(trained, small.data)
    assert not in_parts.ranges


def test_the_table_is_what_the_runtime_rounds_it_to(trained, quantized, bundle):
    again = quantize_rows(trained.model.text.table.numpy(), 4)
    assert again.packed.tobytes() == bundle.token_table.packed.tobytes()
    assert again.scales.tobytes() == bundle.token_table.scales.tobytes()
    # A float16 has 11 bits: one step further is at most 2 ** -10 of it.
    assert quantized.model.text.table.numpy() == approx(trained.model.text.table.numpy(), rel=2**-10)


def test_the_step_after_it_changes_no_kernel(trained, quantized):
    before, after = weight_arrays(trained.model), weight_arrays(quantized.model)
    assert all(np.array_equal(before[name], after[name]) for name in before if name != TABLE)


@pytest.mark.usefixtures("long")
def test_training_teaches_what_rounding_alone_forgets(small):
    # Two bits leave room to mend.
    plain, aware = (
        QuantizeAware(table="int2", epochs=epochs, rate=1.0)(small.student, small.data) for epochs in (0, 4)
    )
    agreements = [teacher_agreement(all_vectors(s.model), small.data.targets, small.data.rows) for s in (plain, aware)]
    assert agreements[1] > agreements[0]
    assert small.ndcg(aware) > small.ndcg(small.student) - 0.02


def test_int8_ranks_as_before(small):
    aware = QuantizeAware()(small.student, small.data)
    assert small.ndcg(aware) == approx(small.ndcg(small.student), abs=0.005)


def test_without_training_a_student_is_rounded_and_the_one_given_is_not(parent, small):
    before = {name: weight.copy() for name, weight in weight_arrays(parent.model).items()}
    rounded = weight_arrays(QuantizeAware(table="int3", epochs=0.0)(parent, small.data).model)
    assert all(np.array_equal(weight, before[name]) for name, weight in weight_arrays(parent.model).items())
    assert np.array_equal(rounded[TABLE], all_rows(quantize_rows(before[TABLE], 3)))
    assert np.array_equal(rounded["user/projection"], rounded_kernel(before["user/projection"]))
    assert np.array_equal(rounded["article/hidden_bias"], before["article/hidden_bias"])
    assert np.array_equal(rounded["head/prior"], before["head/prior"])


@pytest.mark.parametrize("settings", [{"epochs": 0.0}, {"epochs": 0.1, "activations": False}])
def test_activations_that_were_not_rounded_have_no_ranges(parent, small, settings):
    assert not QuantizeAware(**settings)(parent, small.data).ranges


@pytest.mark.parametrize("activations", [True, False])
def test_pruned_weights_stay_zero(small, activations):
    pruned = PruneWeights(sparsity=0.5, epochs=0.0)(small.student, small.data)
    aware = QuantizeAware(activations=activations)(pruned, small.data)
    assert set(aware.masks) == set(pruned.masks)
    assert not any(weight_arrays(aware.model)[name][~mask].any() for name, mask in aware.masks.items())


def test_factored_kernels_are_rounded_factor_by_factor(small):
    factored = FactorizeKernels(rank=8, epochs=0.0)(small.student, small.data)
    aware = weight_arrays(QuantizeAware(epochs=0.5)(factored, small.data).model)
    for name in ("article/projection_in", "article/projection_out"):
        assert aware[name] == approx(rounded_kernel(aware[name]), rel=1e-6)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"table": "float32"}, "table is 'float32'; choose int8, int4, int3, int2"),
        ({"table": "parts"}, "table is 'parts'; choose int8, int4, int3, int2"),
        ({"epochs": -1.0}, "epochs is -1.0 and rate 0.1; give 0 or more"),
        ({"rate": -0.5}, "epochs is 1.0 and rate -0.5; give 0 or more"),
    ],
)
def test_settings_that_mean_nothing_are_refused(parent, small, settings, message):
    with pytest.raises(CompressionError, match=f"quantize-aware: {message}"):
        QuantizeAware(**settings)(parent, small.data)


@pytest.mark.parametrize("table", ["int3", "int2"])
def test_a_table_without_a_zero_is_refused_for_pruned_weights(parent, small, table):
    masked = dataclasses.replace(parent, masks={TABLE: np.ones(parent.model.text.table.shape, bool)})
    with pytest.raises(CompressionError, match=f"quantize-aware: {table} has no zero"):
        QuantizeAware(table=table)(masked, small.data)


@pytest.mark.usefixtures("eagerly")
def test_training_that_diverges_is_named(parent, small):
    broken = dataclasses.replace(small.data, targets=np.full_like(small.data.targets, np.nan))
    with pytest.raises(TrainingError, match="the loss became nan"):
        QuantizeAware()(parent, broken)
