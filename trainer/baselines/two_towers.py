"""Training and scoring of models that are a news encoder, a user encoder and a dot product: NRMS and NAML."""

from __future__ import annotations

from dataclasses import dataclass
from time import perf_counter

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.baselines.baseline import FLOAT_BYTES, BaselineData, BaselineResult, Progress, whole_train
from trainer.data.batches import ClickBatches, padded_histories, published_seconds
from trainer.data.dataset import Impressions
from trainer.errors import TrainingError
from trainer.training.fit import check_clicks

_ROWS = 512  # articles, or readers, encoded at a time for scoring
_PARTS = 4  # a batch's titles, sorted by length, are encoded in so many parts: little is filled up


@dataclass(frozen=True, slots=True)
class TowerTraining:
    """The published way: each click against four articles passed over, Adam on all weights, word vectors included."""

    epochs: int
    learning_rate: float
    batch: int = 64
    negatives: int = 4
    history_length: int = 50


class TwoTowers(keras.Model):
    """Any news encoder (rows -> vectors) under any user encoder (clicked vectors, mask -> vector)."""

    def __init__(self, news: keras.Model, users: keras.Model, title_lengths: NDArray[np.int32]) -> None:
        super().__init__()
        self.news, self.users = news, users
        self.title_lengths = tf.constant(title_lengths)  # (num_articles,) words

    def article_vectors(self, rows: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """(n,) int32 article rows -> (n, dim); titles of like length go through the news encoder together."""
        order = tf.argsort(tf.gather(self.title_lengths, rows))
        by_length, n = tf.gather(rows, order), tf.shape(rows)[0]
        parts = [by_length[n * part // _PARTS : n * (part + 1) // _PARTS] for part in range(_PARTS)]
        vectors = tf.concat([self.news(part, training=training) for part in parts], axis=0)  # (n, dim)
        return tf.gather(vectors, tf.argsort(order))

    def call(self, rows: tf.Tensor, candidates: tf.Tensor, history: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """Score candidates; an article that comes many times is encoded once.

        Args:
            rows: (n,) int32 articles of the batch.
            candidates: (batch, num_candidates) int32, each a number into `rows`; -1 is no article.
            history: (batch, num_clicks) int32, each a number into `rows`; -1 fills the rest.
            training: Whether dropout is on.

        Returns:
            (batch, num_candidates) float32; very low for no article.
        """
        vectors = self.article_vectors(rows, training=training)  # (n, dim)
        clicks = tf.gather(vectors, tf.maximum(history, 0))  # (batch, num_clicks, dim)
        readers = self.users(clicks, tf.cast(history >= 0, tf.float32), training=training)  # (batch, dim)
        wanted = tf.gather(vectors, tf.maximum(candidates, 0))  # (batch, num_candidates, dim)
        return tf.einsum("bkd,bd->bk", wanted, readers) + tf.where(candidates < 0, -1e9, 0.0)


def train_and_score(
    name: str, model: TwoTowers, data: BaselineData, settings: TowerTraining, seed: int, progress: Progress
) -> BaselineResult:
    """Fit to the training clicks, then score the dev part.

    Raises:
        TrainingError: The log has no click to learn from, or training diverged.
    """
    began = perf_counter()
    check_clicks(whole_train(data.dataset))
    fit(model, data, settings, np.random.default_rng(seed), name, progress)
    taken_s = perf_counter() - began
    scores = score(model, data.dataset.dev, settings.history_length)
    parameters = model.count_params()
    return BaselineResult(name, scores, parameters, FLOAT_BYTES * parameters, taken_s)


def fit(
    model: TwoTowers,
    data: BaselineData,
    settings: TowerTraining,
    rng: np.random.Generator,
    name: str,
    progress: Progress,
) -> None:
    """Softmax of each click over itself and the negatives; the line of an epoch tells its mean loss.

    Raises:
        TrainingError: Training diverged.
    """
    published_s = published_seconds(data.dataset.articles)
    train = whole_train(data.dataset)
    examples = ClickBatches(train, published_s, settings.history_length, settings.negatives)
    optimizer = keras.optimizers.Adam(settings.learning_rate)
    places = tf.TensorSpec([None, None], tf.int32)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.int32), places, places])
    def step(rows: tf.Tensor, candidates: tf.Tensor, history: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            scores = model(rows, candidates, history, training=True)
            loss = -tf.reduce_mean(tf.nn.log_softmax(scores, axis=1)[:, 0])
        weights = [weight.value for weight in model.trainable_weights]
        gradients = tape.gradient(loss, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)
        optimizer.apply([tf.convert_to_tensor(gradient) for gradient in gradients], model.trainable_weights)
        return loss

    model(*_compact(np.zeros((1, 1), np.int32), np.zeros((1, 1), np.int32)))  # makes the weights
    optimizer.build(model.trainable_weights)
    for epoch in range(settings.epochs):
        batches = examples.epoch(settings.batch, rng)
        loss = float(np.mean([step(*_compact(batch.candidates, batch.history)) for batch in batches]))
        if not np.isfinite(loss):
            raise TrainingError(f"{name}: the loss became {loss}; lower the learning rate")
        progress(f"{name}: epoch {epoch + 1} of {settings.epochs}, loss {loss:.4f}")


def score(model: TwoTowers, impressions: Impressions, history_length: int) -> NDArray[np.float64]:
    """(num_shown,) scores, every article encoded once, then every reader."""
    encode = tf.function(model.article_vectors, input_signature=[tf.TensorSpec([None], tf.int32)])
    histories = padded_histories([impressions.history[n] for n in range(len(impressions))], history_length)
    used = np.unique(np.concatenate([impressions.candidates.values, histories[histories >= 0]])).astype(np.int32)
    encoded = tf.concat([encode(used[at : at + _ROWS]) for at in range(0, len(used), _ROWS)], axis=0)
    vectors = encoded.numpy()
    scores = np.empty(len(impressions.clicked), np.float64)
    for at in range(0, len(impressions), _ROWS):
        clicks = np.where(histories[at : at + _ROWS] >= 0, np.searchsorted(used, histories[at : at + _ROWS]), -1)
        readers = model.users(tf.gather(encoded, np.maximum(clicks, 0)), tf.cast(clicks >= 0, tf.float32)).numpy()
        for number, reader in enumerate(readers, start=at):
            begin, end = impressions.candidates.offsets[number : number + 2]
            scores[begin:end] = vectors[np.searchsorted(used, impressions.candidates[number])] @ reader
    return scores


def _compact(candidates: NDArray[np.int32], history: NDArray[np.int32]) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """The different articles of a batch, and the batch as places among them; slots that no history fills are cut."""
    history = history[:, : max(1, int((history >= 0).sum(axis=1).max()))]
    both = np.concatenate([candidates, history], axis=1)
    rows = np.unique(both[both >= 0])
    places = np.where(both >= 0, np.searchsorted(rows, both), -1).astype(np.int32)
    split = candidates.shape[1]
    return tf.constant(rows, tf.int32), tf.constant(places[:, :split]), tf.constant(places[:, split:])
