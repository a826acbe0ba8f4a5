"""The teacher: its members' mean, the terms of its score, and its text vectors of several kinds."""

from __future__ import annotations

import numpy as np
import pytest
from pytest import approx

from trainer.errors import ConfigError
from trainer.models.click_model import Head
from trainer.models.text_input import FrozenVectors, main_directions
from trainer.settings.config import TeacherSettings
from trainer.training.teacher import average, build_teacher

ROWS = np.arange(6, dtype=np.int32)
TOPICS = np.array([0, 1, 1, 2, 2, 0])


@pytest.fixture
def vectors():
    return np.random.default_rng(0).normal(size=(6, 5)).astype(np.float32)


def teacher_of(vectors, **changes):
    return build_teacher(FrozenVectors([vectors], ROWS), ROWS, TOPICS, 3, TeacherSettings(dim=4, **changes))


def test_the_average_of_two_members_has_the_mean_of_their_weights(vectors):
    first, second = teacher_of(vectors), teacher_of(vectors)
    second.head.prior.assign([4.0, 0.0, 0.0, 2.0])
    second.user_encoder.projection.assign(3 * np.eye(4))
    model = average([first, second])
    assert model.head.prior.numpy() == approx(np.array([2.0, 0, 0, 1.0]))
    assert model.user_encoder.projection.numpy() == approx(2 * np.eye(4))


def test_kinds_of_text_vectors_are_each_centred_and_of_length_one(vectors):
    empty = np.concatenate([vectors, np.zeros((1, 5), np.float32)])
    other = np.ones((7, 2), np.float32) + np.arange(14).reshape(7, 2)
    joined = FrozenVectors([empty, other], ROWS).vectors.numpy()
    centred = vectors - vectors.mean(axis=0)
    assert joined[:6, :5] == approx(centred / np.linalg.norm(centred, axis=1, keepdims=True), abs=1e-6)
    assert (joined[6, :5] == 0).all()  # no text
    assert np.linalg.norm(joined[:6, 5:], axis=1) == approx(np.ones(6), abs=1e-6)


def test_members_start_from_the_main_directions_of_the_training_days(vectors):
    text, some = FrozenVectors([vectors], ROWS), ROWS[:4]
    first, second = (build_teacher(text, some, TOPICS, 3, TeacherSettings(dim=4)) for _ in range(2))
    assert (first.article_encoder.projection.numpy() == second.article_encoder.projection.numpy()).all()
    assert (text.start(some, 4) == main_directions(text.vectors.numpy()[some], 4)).all()
    assert text.start(ROWS, 4) != approx(text.start(some, 4)) and text.start(some, 2).shape == (5, 2)


def test_whitening_is_a_power_of_the_spread():
    vectors = np.diag([4.0, 1.0]).astype(np.float32)[[0, 0, 1, 1]] * np.array([[1], [-1], [1], [-1]], np.float32)
    for whitening, ratio in ((0.0, 4.0), (0.5, 2.0), (1.0, 1.0)):
        lengths = np.abs(vectors @ main_directions(vectors, 2, whitening)).max(axis=0)
        assert lengths[0] / lengths[1] == approx(ratio, rel=1e-5)


def test_a_term_that_is_left_out_stays_zero_and_is_not_trained():
    head = Head(3, 4, ["interest", "topic"])
    assert head.interest.numpy().tolist() == [0, 0]
    trained = {weight.name for weight in head.trainable_weights}
    assert trained == {"log_sharpness", "average", "prior", "freshness", "log_half_life"}
    with pytest.raises(ConfigError, match="no term 'mood' in the score; known are interest"):
        Head(3, 4, ["mood"])
