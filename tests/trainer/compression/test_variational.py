import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from tests.trainer.compression.digits import task, trained
from trainer.compression.posterior import START, divergence, log_alpha
from trainer.compression.step import Candidate
from trainer.compression.variational import Noise, SparsifyVariational
from trainer.compression.weights import arrays
from trainer.errors import CompressionError

WEIGHTS = {"a": np.array([[1.0, -1.0], [1.0, 5.0]], np.float32), "b": np.full((1, 3), 2.0, np.float32)}
KEPT = {"a": np.array([[True, True], [True, False]]), "b": np.ones((1, 3), bool)}


def test_noise_begins_at_a_twentieth_and_leaves_pruned_weights_alone():
    noise = Noise(WEIGHTS, KEPT, 0.5)
    # Root mean squares of what is kept, 1 and 2, times exp(START / 2).
    assert_allclose(noise.sigmas()["a"], np.full((2, 2), np.exp(START / 2)), rtol=1e-5)
    assert_allclose(noise.sigmas()["b"], np.full((1, 3), 2 * np.exp(START / 2)), rtol=1e-5)
    drawn = np.array([noise.value("a", tf.zeros([2, 2])) for _ in range(600)])
    assert_allclose(drawn.std(axis=0), [[np.exp(START / 2)] * 2, [np.exp(START / 2), 0]], rtol=0.1)
    assert_allclose(drawn.mean(axis=0), np.zeros((2, 2)), atol=0.01)


def test_the_penalty_is_a_mean_over_what_is_kept():
    noise = Noise(WEIGHTS, KEPT, 0.5)
    assert float(noise.penalty("a", WEIGHTS["a"])) == 0
    noise.set_weight(1.0)
    alpha = log_alpha(tf.fill([2, 2], START), tf.constant(WEIGHTS["a"]))
    expected = 0.5 * float(tf.reduce_sum(divergence(alpha) * KEPT["a"])) / 6
    assert float(noise.penalty("a", WEIGHTS["a"])) == pytest.approx(expected, rel=1e-5)


def test_the_weight_of_the_divergence_rises_in_the_first_half():
    noise = Noise(WEIGHTS, KEPT, 0.5)
    risen = []
    for done in (0.0, 0.25, 0.5, 1.0):
        noise.set_weight(done)
        risen.append(float(noise._weight.numpy()))
    assert risen == [0, 0.25, 0.5, 0.5]


def test_a_step_is_counted_once():
    noise = Noise(WEIGHTS, KEPT, 0.5)
    for path, weight in WEIGHTS.items():
        noise.value(path, weight)
    assert float(noise.pace.step()) == 2


@pytest.mark.usefixtures("slow")
def test_weights_that_drown_are_removed_and_the_bits_of_the_rest_are_told():
    mask, path = np.random.default_rng(0).random((64, 24)) < 0.8, "mlp/one/kernel"
    before = trained().get_weights()
    step = SparsifyVariational(3.0, threshold=1.0, epochs=4, fine_tuning_epochs=1)
    made = step(Candidate(trained(), masks={path: mask}), task(trained()))
    assert 0.01 < np.mean(made.masks[path]) < np.mean(mask) - 0.02
    assert not (made.masks[path] & ~mask).any()
    for each, kept in made.masks.items():
        assert_array_equal(arrays(made.model)[each] != 0, kept)
    bits = made.notes["variational"]["bits_needed"]
    assert set(bits) == set(made.masks)
    assert all(2 <= number <= 16 for number in bits.values())
    assert all(np.array_equal(a, b) for a, b in zip(trained().get_weights(), before, strict=True))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"divergence": 0.0}, "variational: divergence is 0.0; give more than 0"),
        ({"epochs": 1}, "variational: epochs is 1; give 2 or more"),
        ({"fine_tuning_epochs": -1}, "variational: fine_tuning_epochs is -1"),
        ({"layers": "none"}, "variational: no weight passes"),
    ],
)
def test_settings_that_cannot_be(settings, message):
    with pytest.raises(CompressionError, match=message):
        SparsifyVariational(**settings)(Candidate(trained()), task(trained()))
