"""A student learns the order that its teacher gives, where clicks say little."""

from __future__ import annotations

import dataclasses
from math import log

import keras
import numpy as np
import pytest
import tensorflow as tf
from pytest import approx

from trainer.data.batches import ClickBatches, ListBatches
from trainer.data.dataset import Impressions, Ragged
from trainer.errors import ConfigError, TrainingError
from trainer.measure.scores import all_vectors, score_impressions
from trainer.models.text_input import FrozenVectors
from trainer.settings.config import TeacherSettings, TrainingSettings
from trainer.training.fit import ScoreTeacher, soft_loss, train_on_clicks, train_on_lists
from trainer.training.teacher import build_teacher

NUM_ARTICLES, LISTS, SHOWN = 40, 200, 6
UNKNOWN = np.full(NUM_ARTICLES, np.nan)


def model_of(vectors, seed):
    keras.utils.set_random_seed(seed)
    rows = np.arange(NUM_ARTICLES, dtype=np.int32)
    return build_teacher(FrozenVectors([vectors], rows), rows, np.zeros(NUM_ARTICLES, int), 1, TeacherSettings(dim=8))


@pytest.fixture(scope="module")
def scene():
    """Random lists with random clicks, and a teacher with a taste of its own."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(NUM_ARTICLES, 12)).astype(np.float32)
    shown = np.stack([rng.choice(NUM_ARTICLES, SHOWN, replace=False) for _ in range(LISTS)]).astype(np.int32)
    history = rng.integers(0, NUM_ARTICLES, (LISTS, 3)).astype(np.int32)
    clicked = np.zeros((LISTS, SHOWN), bool)
    clicked[np.arange(LISTS), rng.integers(0, SHOWN, LISTS)] = True
    log = Impressions(
        ids=[str(number) for number in range(LISTS)],
        users=np.arange(LISTS, dtype=np.int32),
        times=np.arange(LISTS),
        history=Ragged(history.ravel(), np.arange(LISTS + 1) * 3),
        candidates=Ragged(shown.ravel(), np.arange(LISTS + 1) * SHOWN),
        clicked=clicked.ravel(),
    )
    teacher = model_of(vectors, 1)
    teacher.head.prior.assign(rng.normal(size=8) * 3)
    return vectors, log, teacher


def agreement(model, teacher, log):
    ours, theirs = (score_impressions(m, log, UNKNOWN, 3).reshape(LISTS, SHOWN) for m in (model, teacher))
    return float((ours.argmax(axis=1) == theirs.argmax(axis=1)).mean())


def trained(scene, **settings):
    vectors, log, teacher = scene
    model = model_of(vectors, 1)
    chosen = TrainingSettings(click_epochs=25, click_rate=0.05, batch=32, history_length=3, dropout=0.0, **settings)
    score_teacher = ScoreTeacher(teacher, all_vectors(teacher))
    batches = ClickBatches(log, UNKNOWN, 3, SHOWN - 1)
    train_on_clicks(model, batches, chosen, np.random.default_rng(0), lambda steps: None, score_teacher)
    return agreement(model, teacher, log)


def test_the_soft_loss_is_the_cross_entropy_times_the_squared_temperature():
    # At temperature 2 the teacher's scores are odds of 1 to 3 and ours are even: -(1/4 + 3/4) x log 1/2, times 4.
    loss = soft_loss(tf.constant([[5.0, 5.0]]), tf.constant([[0.0, 2 * log(3)]]), 2.0)
    assert loss.numpy() == approx([4 * log(2)])
    # Odds of 3 to 1 against the teacher's 1 to 3: -(1/4 x log 3/4 + 3/4 x log 1/4), times 4.
    loss = soft_loss(tf.constant([[2 * log(3), 0.0]]), tf.constant([[0.0, 2 * log(3)]]), 2.0)
    assert loss.numpy() == approx([-log(3 / 4) - 3 * log(1 / 4)])


@pytest.mark.parametrize("temperature", [1.0, 2.0, 100.0])
def test_the_gradient_of_the_soft_loss_keeps_its_size_at_any_temperature(temperature):
    ours, theirs = tf.Variable([[0.0, 0.0]]), tf.constant([[0.01, -0.01]])
    with tf.GradientTape() as tape:
        loss = soft_loss(ours, theirs, temperature)
    # Between close scores the temperature falls out: (ours - theirs) / number of candidates, as the paper derives it.
    assert tape.gradient(loss, ours).numpy() == approx(np.array([[-0.005, 0.005]]), rel=1e-3)


def test_interests_that_are_known_already_change_no_score(scene):
    _, _, teacher = scene
    teacher.user_encoder.weight.assign(np.random.default_rng(1).normal(size=(8, 1)))
    of_all = tf.constant(all_vectors(teacher))
    wanted, history = tf.constant([[1, 2, 3]]), tf.constant([[4, 5, -1]])
    clicks = tf.gather(of_all, tf.maximum(history, 0))
    given = [tf.gather(numbers, tf.maximum(history, 0)) for numbers in teacher.user_encoder(of_all)]
    arguments = tf.gather(of_all, wanted), tf.gather(teacher.topics, wanted), clicks, history, None
    known = teacher.score(*arguments, use_prior=True, encoded=tuple(given)).numpy()
    assert known == approx(teacher.score(*arguments, use_prior=True).numpy(), abs=1e-5)
    teacher.user_encoder.weight.assign(np.zeros((8, 1)))


def test_scores_teach_what_clicks_do_not(scene):
    from_clicks, from_scores = trained(scene), trained(scene, score_weight=1.0, temperature=2.0)
    assert from_scores > from_clicks + 0.2


@pytest.mark.parametrize("rate", [0.0, 0.3])
def test_an_encoder_rate_of_zero_teaches_the_head_alone(scene, rate):
    vectors, log, _ = scene
    model = model_of(vectors, 1)
    before = model.article_encoder.projection.numpy(), model.head.interest.numpy()
    chosen = TrainingSettings(click_epochs=1, click_rate=0.05, encoder_rate=rate, batch=32, history_length=3)
    train_on_clicks(
        model, ClickBatches(log, UNKNOWN, 3, SHOWN - 1), chosen, np.random.default_rng(0), lambda steps: None
    )
    assert (model.article_encoder.projection.numpy() == before[0]).all() == (rate == 0)
    assert (model.head.interest.numpy() != before[1]).any()


def test_lists_that_nobody_was_shown_teach_without_any_click(scene):
    vectors, log, teacher = scene
    model = model_of(vectors, 1)
    before = agreement(model, teacher, log)
    lists = ListBatches(log, np.arange(NUM_ARTICLES, dtype=np.int32), 3, SHOWN)
    settings = TrainingSettings(list_steps=300, list_rate=0.05, list_batch=32, dropout=0.0)
    score_teacher = ScoreTeacher(teacher, all_vectors(teacher))
    train_on_lists(model, lists, settings, np.random.default_rng(0), lambda steps: None, score_teacher)
    assert agreement(model, teacher, log) > max(before + 0.2, 0.7)


def test_a_made_up_list_has_the_beginning_of_a_readers_history_and_readable_articles(scene):
    _, log, _ = scene
    readable = np.array([3, 5, 8], np.int32)
    lists = ListBatches(log, readable, history_length=3, num_candidates=50)
    assert len(lists) == LISTS
    (batch,) = lists.draw(1, 16, np.random.default_rng(0))
    whole = {tuple(log.history[number]) for number in range(LISTS)}
    for history in batch.history:
        begun = tuple(history[history >= 0])
        assert begun and any(one[: len(begun)] == begun for one in whole)
    # Half of 800 from three articles, half from what was clicked.
    assert 0.4 < np.isin(batch.candidates, readable).mean() < 0.7
    assert (batch.ages_s == -1).all()


@pytest.mark.parametrize("settings", [{"score_weight": 1.5}, {"score_weight": 0.5, "temperature": 0.0}])
def test_a_weight_or_temperature_out_of_range_is_refused(scene, settings):
    with pytest.raises(ConfigError, match="score_weight is"):
        trained(scene, **settings)


@pytest.mark.usefixtures("eagerly")
def test_a_loss_that_is_no_number_stops_training_with_the_reason(scene):
    _, log, _ = scene
    broken = np.full((NUM_ARTICLES, 12), np.nan, np.float32)
    vectors, _, _ = scene
    model = model_of(vectors, 1)
    model.text.vectors = tf.constant(broken)
    batches = ClickBatches(log, UNKNOWN, 3, SHOWN - 1)
    settings = dataclasses.replace(TrainingSettings(), history_length=3)
    with pytest.raises(TrainingError, match="the loss became nan"):
        train_on_clicks(model, batches, settings, np.random.default_rng(0), lambda steps: None)
