"""Sparse variational dropout: noise that decides what goes, zeros that stay."""

from __future__ import annotations

import dataclasses
from math import exp

import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from trainer.compression.posterior import divergence
from trainer.errors import CompressionError, TrainingError
from trainer.models.overlay import TABLE, weight_arrays
from trainer.run.model_files import load_student, save_student
from trainer.student_steps.variational import Noise, SparsifyVariational, train_noise

EPOCHS = 4.0


def test_noise_has_the_size_that_its_variance_says(small):
    student = small.student
    noise = Noise(student, ["article/projection"], 0.1, 10, 1.0)
    weights = {"article/projection": tf.constant(weight_arrays(student.model)["article/projection"])}
    drawn = np.stack([noise.values(weights)["article/projection"].numpy() for _ in range(50)])
    spread = float(np.sqrt(np.mean(np.square(drawn - weights["article/projection"].numpy()))))
    # The variance begins e^-6 of the layer's mean squared weight; 100,000 draws tell its root within a percent.
    wanted = exp(-3) * float(np.sqrt(np.mean(np.square(weights["article/projection"].numpy()))))
    assert spread == approx(wanted, rel=0.01)
    assert noise.sigmas()["article/projection"] == approx(wanted, rel=1e-3)


def test_the_divergence_counts_fully_after_half_of_the_steps(small):
    student = small.student
    noise = Noise(student, [TABLE], 0.5, 8, 1.0)
    weights = {TABLE: tf.constant(weight_arrays(student.model)[TABLE])}
    mean = float(tf.reduce_mean(divergence(noise.log_alpha(weights)[TABLE])))
    penalties = []
    for _ in range(6):
        noise.values(weights)
        penalties.append(float(noise.penalty()))
    assert penalties == approx([0.5 * mean * share for share in (1 / 4, 2 / 4, 3 / 4, 1, 1, 1)], rel=1e-5)


@pytest.fixture(scope="module")
def trained(small):
    """A student under noise, and its noise."""
    student = small.student
    return student, train_noise(student, small.briefly(), SparsifyVariational().layers, 0.3, EPOCHS)


@pytest.fixture(scope="module")
def sparse(small):
    return SparsifyVariational(divergence=0.3, epochs=EPOCHS, fine_tuning_epochs=EPOCHS)(small.student, small.briefly())


def share_above(trained, threshold) -> float:
    student, noise = trained
    log_alpha = noise.log_alpha({name: tf.constant(array) for name, array in weight_arrays(student.model).items()})
    return float(np.mean(np.concatenate([values.numpy().ravel() for values in log_alpha.values()]) > threshold))


def test_a_lower_threshold_prunes_more(trained):
    assert 0 < share_above(trained, 3.0) < share_above(trained, 1.0) < 1


def test_a_heavier_divergence_prunes_more(small, trained):
    student = small.student
    light = student, train_noise(student, small.briefly(), SparsifyVariational().layers, 0.003, EPOCHS)
    assert share_above(light, 3.0) < share_above(trained, 3.0) - 0.1


def test_weights_that_drown_are_zero_after_fine_tuning_and_the_others_are_not(small, sparse):
    for name, mask in sparse.masks.items():
        assert np.array_equal(weight_arrays(sparse.model)[name] != 0, mask)
    kept = np.concatenate([mask.ravel() for mask in sparse.masks.values()]).mean()
    assert 0.2 < kept < 0.8
    assert small.ndcg(sparse) > small.ndcg(small.student) - 0.02


def test_the_bits_of_each_layer_are_told_and_kept_with_the_student(small, sparse, tmp_path):
    bits = sparse.notes["variational"]["bits_needed"]
    assert set(bits) == set(SparsifyVariational().layers) and all(2 <= number <= 16 for number in bits.values())
    save_student(tmp_path / "student.npz", sparse, small.run.data.topics)
    again = load_student(tmp_path / "student.npz", small.data.articles, sparse.model.topics.numpy())
    assert again.notes == sparse.notes


def test_the_student_given_keeps_its_weights_and_its_pruned_weights_stay_so(small):
    student = small.student
    mask = np.ones(weight_arrays(student.model)[TABLE].shape, bool)
    mask[3:900] = False
    before = weight_arrays(student.model)
    masked = dataclasses.replace(student, masks={TABLE: mask})
    step = SparsifyVariational(epochs=EPOCHS, fine_tuning_epochs=0.0)
    sparse = step(masked, small.briefly(steps=5))
    assert not (sparse.masks[TABLE] & ~mask).any() and not weight_arrays(sparse.model)[TABLE][3:900].any()
    assert all(np.array_equal(before[name], after) for name, after in weight_arrays(student.model).items())


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"divergence": 0.0}, "divergence is 0.0; give more than 0"),
        ({"divergence": float("nan")}, "divergence is nan; give more than 0"),
        ({"threshold": 10.0}, "threshold is 10.0; log alpha is only known between -10.0 and 10.0"),
        (
            {"layers": ("tables",)},
            "there is no tables that distillation trains; layers can be table, article/projection",
        ),
        ({"layers": ()}, "no layer is named"),
        ({"epochs": 0.0}, "epochs and fine_tuning_epochs are 0.0 and 4.0; give above 0, and 0 or more"),
        (
            {"divergence": 1e6, "threshold": 0.0},
            "divergence 1000000.0 left nothing of .*; lower it, or raise threshold",
        ),
    ],
)
def test_settings_that_prune_nothing_sensible_are_refused(small, settings, message):
    step = SparsifyVariational(**{"epochs": EPOCHS, "divergence": 0.05, **settings})
    with pytest.raises(CompressionError, match=f"variational: {message}"):
        step(small.student, small.briefly(titles=16))


@pytest.mark.usefixtures("eagerly")
def test_training_that_diverges_is_named(small):
    broken = dataclasses.replace(small.data, targets=np.full_like(small.data.targets, np.nan))
    with pytest.raises(TrainingError, match="the loss became nan"):
        SparsifyVariational()(small.student, broken)
