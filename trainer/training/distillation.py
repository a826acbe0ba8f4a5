"""A student that reads titles through its own small token table, taught to give the teacher's vectors.

Feature distillation: the student's vector of a title shall point where the teacher's does. Titles shall also be as like
each other as the teacher finds them (relational distillation, Park et al., CVPR 2019). The teacher's head and user
encoder work on the student's vectors at once, because both live in one space.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.data.progress import Progress
from trainer.errors import TrainingError
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.overlay import Overlay, overlaid
from trainer.models.text_input import TokenTableInput, pad_tokens
from trainer.settings.config import DistillationSettings
from trainer.training.rates import RateGroups


def start_student(
    teacher: ClickModel,
    targets: NDArray[np.float32],
    rows: NDArray[np.int32],
    token_ids: list[list[int]],
    topics: NDArray[np.int64],
    num_tokens: int,
    settings: DistillationSettings,
) -> ClickModel:
    """A student whose token vectors are the mean teacher vectors of the titles they occur in.

    Args:
        teacher: Its user encoder and head are copied.
        targets: (num_texts, dim) the teacher's vectors of all texts.
        rows: The texts that may be read.
        token_ids: Tokens of every text.
        topics: (num_texts,) topic numbers.
        num_tokens: Rows of the token table.
        settings: Sizes.
    """
    seen = [token_ids[row] for row in rows]
    table, basis = _start_table(targets[rows], seen, num_tokens, settings.token_dim)
    old = teacher.user_encoder
    encoder = ArticleEncoder(settings.token_dim, settings.hidden, old.dim, teacher.article_encoder.num_topics)
    encoder.projection.assign(basis)
    user_encoder = UserEncoder(old.dim, old.hidden)
    user_encoder.set_numbers(old.numbers())
    head = Head(encoder.num_topics, old.dim, (*teacher.head.without, *settings.without))
    for mine, theirs in zip(head.in_order(), teacher.head.in_order(), strict=True):
        if mine.trainable:
            mine.assign(theirs)
    text = TokenTableInput(table, pad_tokens(token_ids))
    return ClickModel(text, encoder, user_encoder, head, topics, dropout=0.0)


def _start_table(
    vectors: NDArray[np.float32], token_ids: list[list[int]], num_tokens: int, token_dim: int
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Token vectors in the main directions of the teacher's space, and those directions (token_dim, dim)."""
    total = np.zeros((num_tokens, vectors.shape[1]), np.float32)
    counts = np.zeros(num_tokens, np.float32)
    rows = np.repeat(np.arange(len(token_ids)), [len(ids) for ids in token_ids])
    flat = np.fromiter((token for ids in token_ids for token in ids), np.int64, len(rows))
    centred = vectors - vectors.mean(axis=0)
    np.add.at(total, flat, centred[rows])
    np.add.at(counts, flat, 1)
    means: NDArray[np.float32] = total / (counts + 3)[:, None]  # a rare token starts near zero
    if token_dim >= vectors.shape[1]:
        basis = np.eye(token_dim, vectors.shape[1], dtype=np.float32)
        return np.pad(means, ((0, 0), (0, token_dim - vectors.shape[1]))), basis
    directions = np.linalg.svd(centred[:20_000], full_matrices=False)[2][:token_dim].astype(np.float32)
    return means @ directions.T, directions


def steps_of(num_titles: int, settings: DistillationSettings) -> int:
    """Steps that `learn_vectors` takes for so many titles."""
    return max(settings.min_steps, round(settings.epochs * num_titles / settings.batch))


def learn_vectors(
    student: ClickModel,
    targets: NDArray[np.float32],
    rows: NDArray[np.int32],
    steps: int,
    settings: DistillationSettings,
    rng: np.random.Generator,
    progress: Progress,
    overlays: Sequence[Overlay] = (),
) -> None:
    """Train the student's table and article encoder, in place, to give the teacher's vectors.

    Args:
        student: From `start_student`, or a pruned one to be mended.
        targets: (num_articles, dim) the teacher's vectors, length 1.
        rows: Articles whose titles may be used: none that first appears after the training days.
        steps: How many batches.
        settings: Rates and weights of the loss.
        rng: Order of the titles.
        progress: Told after each step.
        overlays: Stand in for weights of the student.

    Raises:
        TrainingError: There is no title, or training diverged.
    """
    if not len(rows):
        raise TrainingError("no title to distill from: every article of the log is missing its text")
    if not steps:
        return
    goal = tf.constant(targets)
    text, encoder = student.text, student.article_encoder
    groups = RateGroups(
        [
            ([text.table.value], settings.learning_rate),
            ([weight.value for weight in encoder.trainable_weights], settings.learning_rate / 10),
            *((overlay.variables, settings.learning_rate * overlay.pace) for overlay in overlays),
        ],
        steps,
        last=0.02,
    )

    @tf.function(reduce_retracing=True)
    def step(batch: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape, overlaid(student, overlays) as penalty:
            pooled = text(batch, token_dropout=settings.token_dropout)
            topics = tf.gather(student.topics, batch)
            topics = tf.where(tf.random.uniform(tf.shape(topics)) < 0.1, 0, topics)
            mine = tf.math.l2_normalize(encoder(pooled, tf.one_hot(topics, encoder.num_topics)), axis=1, epsilon=1e-12)
            theirs = tf.gather(goal, batch)
            loss = 1 - tf.reduce_mean(tf.reduce_sum(mine * theirs, axis=1))
            gap = tf.matmul(mine, mine, transpose_b=True) - tf.matmul(theirs, theirs, transpose_b=True)
            loss += settings.similarity_weight * tf.reduce_mean(tf.square(gap)) + penalty
        groups.descend(tape, loss)
        return loss

    batch = min(settings.batch, len(rows))
    order = rng.permutation(rows)
    at = 0
    for _ in range(steps):
        if at + batch > len(order):
            order, at = rng.permutation(rows), 0
        loss = step(tf.constant(order[at : at + batch]))
        at += batch
        if not np.isfinite(loss):
            raise TrainingError(f"distillation: the loss became {float(loss)}; lower the learning rate")
        progress(1)


def teacher_agreement(vectors: NDArray[np.float32], targets: NDArray[np.float32], rows: NDArray[np.int32]) -> float:
    """Mean cosine between student and teacher over some articles.

    Args:
        vectors: (num_texts, dim) of the student, each of length 1.
        targets: (num_texts, dim) of the teacher, each of length 1.
        rows: (n,) numbers of the texts that count.
    """
    return float(np.sum(vectors[rows] * targets[rows], axis=1).mean())
