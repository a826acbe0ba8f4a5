"""Training the click model: first on histories without labels, then on clicks (the largest gain is in the first).

A student learns from its teacher's scores beside the clicks: a list-wise softmax at a temperature, as in knowledge
distillation (Hinton et al., 2015) for ranking (Tang and Wang, KDD 2018).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.data.batches import Batch, ClickBatches, HistoryBatches, ListBatches
from trainer.data.dataset import Impressions
from trainer.data.progress import Progress
from trainer.errors import ConfigError, TrainingError
from trainer.models.click_model import ClickModel
from trainer.models.overlay import Overlay, overlaid
from trainer.settings.config import TrainingSettings
from trainer.training.rates import RateGroups

ListLoss = Callable[[tf.Tensor, tf.Tensor, tf.Tensor, tf.Tensor], tf.Tensor]  # scores, candidates, history, ages

NOTHING_TO_LEARN = "no impression has both a click and an article passed over: there is nothing to learn from"

# Of the head's learning rate. The user encoder starts from the best known answer, "the interest is the article":
# at full rate it overfits logs of some thousand impressions.
USER_RATE = 0.02


@dataclass(frozen=True, slots=True)
class ScoreTeacher:
    """The model whose scores a student learns, with its vectors of all articles."""

    model: ClickModel
    vectors: NDArray[np.float32]  # (num_articles, dim) of the teacher


def train_on_histories(
    model: ClickModel,
    examples: HistoryBatches,
    settings: TrainingSettings,
    rng: np.random.Generator,
    progress: Progress,
) -> None:
    """Predict held-out clicks of histories; topic bias, prior and freshness are left alone."""
    if len(examples) and settings.history_steps:
        batches = examples.draw(settings.history_steps, settings.batch, rng)
        rates = settings.history_rate, settings.encoder_rate
        _fit(model, batches, settings.history_steps, rates, progress, use_prior=False)


def train_on_clicks(
    model: ClickModel,
    examples: ClickBatches,
    settings: TrainingSettings,
    rng: np.random.Generator,
    progress: Progress,
    teacher: ScoreTeacher | None = None,
    overlays: Sequence[Overlay] = (),
) -> None:
    """Softmax of each click over itself and what was shown beside it and passed over.

    Args:
        model: Trained in place.
        examples: The clicks.
        settings: Steps, rates, and how much the teacher's scores weigh.
        rng: Order of the clicks.
        progress: Told after each step.
        teacher: Needed if its scores weigh anything.
        overlays: Stand in for weights of the model.

    Raises:
        TrainingError: The log has no click to learn from, or training diverged.
    """
    if settings.score_weight and teacher is None:
        raise ConfigError(
            f"score_weight is {settings.score_weight}, but there is no teacher whose scores could be learned"
        )
    check_scores(settings)
    if not len(examples):
        raise TrainingError(NOTHING_TO_LEARN)
    per_epoch = -(-len(examples) // settings.batch)
    steps = round(settings.click_epochs * per_epoch)
    if not steps:
        return

    def batches() -> Iterable[Batch]:
        done = 0
        while True:
            for batch in examples.epoch(settings.batch, rng):
                if done == steps:
                    return
                done += 1
                yield batch

    _fit(
        model,
        batches(),
        steps,
        (settings.click_rate, settings.encoder_rate),
        progress,
        _score_loss(teacher, settings) if teacher else None,
        overlays,
        use_prior=True,
    )


def train_on_lists(
    model: ClickModel,
    examples: ListBatches,
    settings: TrainingSettings,
    rng: np.random.Generator,
    progress: Progress,
    teacher: ScoreTeacher,
    overlays: Sequence[Overlay] = (),
) -> None:
    """Rank lists without clicks as the teacher does: there are as many as one likes, where clicks are few.

    Args:
        model: Trained in place.
        examples: The lists.
        settings: Steps, rate, temperature.
        rng: Draws the lists.
        progress: Told after each step.
        teacher: Ranks them.
        overlays: Stand in for weights of the model.

    Raises:
        TrainingError: Training diverged.
    """
    if not len(examples) or not settings.list_steps:
        return
    loss = _score_loss(teacher, replace(settings, score_weight=1.0))
    batches = examples.draw(settings.list_steps, settings.list_batch, rng)
    rates = settings.list_rate, settings.encoder_rate
    _fit(model, batches, settings.list_steps, rates, progress, loss, overlays, use_prior=True)


def check_clicks(impressions: Impressions) -> None:
    """Refuse a log that has no click to learn from, before anything is computed for it.

    Raises:
        TrainingError: No impression has both a click and an article that was passed over.
    """
    if not impressions.comparable().any():
        raise TrainingError(NOTHING_TO_LEARN)


def check_scores(settings: TrainingSettings) -> None:
    """Refuse a weight or temperature of the teacher's scores that makes no loss.

    Raises:
        ConfigError: It is out of its range.
    """
    weight, temperature = settings.score_weight, settings.temperature
    if not 0 <= weight <= 1 or temperature <= 0:
        raise ConfigError(f"score_weight is {weight} and temperature {temperature}; give 0 to 1, and above 0")


def click_steps(examples: ClickBatches, settings: TrainingSettings) -> int:
    """Steps that `train_on_clicks` will take, for a progress bar."""
    return round(settings.click_epochs * -(-len(examples) // settings.batch))


def soft_loss(ours: tf.Tensor, theirs: tf.Tensor, temperature: float) -> tf.Tensor:
    """Cross-entropy of our softmax over a list against the teacher's, both at a temperature.

    It is times the squared temperature, so that gradients keep their size (Hinton et al., section 2).

    Args:
        ours: (batch, num_candidates) scores.
        theirs: (batch, num_candidates) the teacher's scores of the same lists.
        temperature: Above 0.

    Returns:
        (batch,) nats times the squared temperature.
    """
    soft = tf.nn.softmax(theirs / temperature, axis=1)
    return -tf.reduce_sum(soft * tf.nn.log_softmax(ours / temperature, axis=1), axis=1) * temperature**2


def _score_loss(teacher: ScoreTeacher, settings: TrainingSettings) -> ListLoss | None:
    """The loss of clicks and teacher together; None if the teacher weighs nothing."""
    weight, temperature = settings.score_weight, settings.temperature
    if not weight:
        return None
    model, vectors = teacher.model, tf.constant(teacher.vectors)
    interests, log_weights = model.user_encoder(vectors)  # of every article, once: the teacher does not change

    def loss(scores: tf.Tensor, candidates: tf.Tensor, history: tf.Tensor, ages_s: tf.Tensor) -> tf.Tensor:
        rows, past, is_none = tf.maximum(candidates, 0), tf.maximum(history, 0), tf.where(candidates < 0, -1e9, 0.0)
        wanted, clicks, topics = tf.gather(vectors, rows), tf.gather(vectors, past), tf.gather(model.topics, rows)
        encoded = tf.gather(interests, past), tf.gather(log_weights, past)
        theirs = model.score(wanted, topics, clicks, history, ages_s, use_prior=True, encoded=encoded) + is_none
        distance = soft_loss(scores, theirs, temperature)
        clicked = -tf.nn.log_softmax(scores, axis=1)[:, 0]
        return tf.reduce_mean(weight * distance + (1 - weight) * clicked)

    return loss


def _click_loss(scores: tf.Tensor, candidates: tf.Tensor, history: tf.Tensor, ages_s: tf.Tensor) -> tf.Tensor:
    return -tf.reduce_mean(tf.nn.log_softmax(scores, axis=1)[:, 0])


def _fit(
    model: ClickModel,
    batches: Iterable[Batch],
    steps: int,
    rates: tuple[float, float],
    progress: Progress,
    list_loss: ListLoss | None = None,
    overlays: Sequence[Overlay] = (),
    *,
    use_prior: bool,
) -> None:
    list_loss = list_loss or _click_loss
    rate, encoder_rate = rates[0], rates[0] * rates[1]  # an encoder starts from good vectors

    def variables(*parts: keras.layers.Layer) -> list[tf.Variable]:
        return [weight.value for part in parts for weight in part.trainable_weights]

    groups = RateGroups(
        [
            (variables(model.head), rate),
            (variables(model.text, model.article_encoder), encoder_rate),
            (variables(model.user_encoder), rate * USER_RATE),
            *((overlay.variables, encoder_rate * overlay.pace) for overlay in overlays),
        ],
        steps,
        last=0.05,
    )

    @tf.function(reduce_retracing=True)
    def step(candidates: tf.Tensor, history: tf.Tensor, ages_s: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape, overlaid(model, overlays) as penalty:
            scores = model(tf.maximum(candidates, 0), history, ages_s, training=True, use_prior=use_prior)
            scores += tf.where(candidates < 0, -1e9, 0.0)
            loss = list_loss(scores, candidates, history, ages_s) + penalty
        groups.descend(tape, loss)
        return loss

    for batch in batches:
        loss = step(tf.constant(batch.candidates), tf.constant(batch.history), tf.constant(batch.ages_s))
        if not np.isfinite(loss):
            raise TrainingError(
                f"the loss became {float(loss)}: look for vectors that are not finite, or lower the learning rate"
            )
        progress(1)
