import keras
import numpy as np
import pytest
from keras import layers

from tests.trainer.compression.graph_models import cnn, with_random_weights
from trainer.compression.batch_norm import refresh_batch_norm


def test_averages_are_the_plain_mean_over_the_batches():
    model = keras.Sequential([keras.Input((1,)), layers.Dropout(0.9), layers.BatchNormalization(name="norm")])
    norm = with_random_weights(model).get_layer("norm")
    gamma = float(norm.gamma[0])
    # Means 1, 3 and 8 of these batches, and variances 1, 4 and 16.
    refresh_batch_norm(model, [np.array([[0.0], [2.0]]), np.array([[1.0], [5.0]]), np.array([[4.0], [12.0]])])
    assert float(norm.moving_mean[0]) == pytest.approx(4.0)
    assert float(norm.moving_variance[0]) == pytest.approx(7.0)
    assert float(norm.gamma[0]) == gamma
    assert norm.momentum == 0.99
    assert "call" not in vars(norm)


def test_other_weights_and_layers_that_are_not_trainable_keep_theirs():
    rng = np.random.default_rng(2)
    model = cnn()
    model.get_layer("norm_three").trainable = False
    before = {weight.path: weight.numpy() for weight in model.weights}
    refresh_batch_norm(model, [rng.normal(size=(4, 6, 6, 2)) for _ in range(2)])
    moved = {weight.path for weight in model.weights if not np.array_equal(before[weight.path], weight.numpy())}
    assert moved == {"norm_one/moving_mean", "norm_one/moving_variance"}


def test_a_second_norm_sees_what_the_first_puts_out_in_training():
    model = keras.Sequential(
        [keras.Input((1,)), layers.BatchNormalization(epsilon=0.0), layers.BatchNormalization(name="second")]
    )
    refresh_batch_norm(model, [np.array([[4.0], [8.0]])])
    # The first makes -1 and 1 of the batch.
    second = model.get_layer("second")
    assert float(second.moving_mean[0]) == pytest.approx(0.0, abs=1e-6)
    assert float(second.moving_variance[0]) == pytest.approx(1.0)
