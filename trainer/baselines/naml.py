"""NAML: neural news recommendation with attentive multi-view learning (Wu et al., IJCAI 2019).

An article is the attentive mean of its views: the title under a convolution, and the category as an embedding. The
views of abstract and body are left out, since hardly any article has them (5 % an abstract in the log of our figures).
So is that of the subcategory, since an article here has one category. Sizes are those of its public implementation for
MIND (Microsoft Recommenders).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.baselines.attention import AdditiveAttention, cut_to_longest
from trainer.baselines.baseline import BaselineData, BaselineResult, Progress
from trainer.baselines.two_towers import TowerTraining, TwoTowers, train_and_score
from trainer.baselines.words import TitleWords, title_words


@dataclass(frozen=True, slots=True)
class NamlSettings:
    """Published sizes and rate; the epochs are few because more overfit a log of some thousand impressions."""

    filters: int = 400
    window: int = 3
    category_dim: int = 100
    query_dim: int = 200
    title_length: int = 30
    dropout: float = 0.2
    training: TowerTraining = field(default_factory=lambda: TowerTraining(epochs=1, learning_rate=1e-4))


class NamlNews(keras.Model):
    """Title words and category -> article vector."""

    def __init__(self, words: TitleWords, topics: NDArray[np.int64], num_topics: int, settings: NamlSettings) -> None:
        super().__init__()
        self.ids, self.topics = tf.constant(words.ids), tf.constant(topics.astype(np.int32))
        start = keras.initializers.Constant(words.table)
        self.table = self.add_weight(shape=words.table.shape, initializer=start, name="word_table")
        self.dropout = keras.layers.Dropout(settings.dropout)
        self.window = settings.window
        self.convolve = keras.layers.Dense(settings.filters, activation="relu")  # over windows of words
        self.pool_words = AdditiveAttention(settings.query_dim)
        self.embed = keras.layers.Embedding(num_topics, settings.category_dim)
        self.widen = keras.layers.Dense(settings.filters, activation="relu")
        self.pool_views = AdditiveAttention(settings.query_dim)

    def call(self, rows: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """(n,) article rows -> (n, filters)."""
        ids = cut_to_longest(tf.gather(self.ids, rows))  # (n, words)
        mask = tf.cast(ids > 0, tf.float32)
        # A window looks past the title's end: there must be nothing there.
        x = self.dropout(tf.gather(self.table, ids) * mask[:, :, None], training=training)  # (n, words, word_dim)
        x = self.dropout(self.convolve(self._windows(x)), training=training)  # (n, words, filters)
        title = self.pool_words(x, mask)  # (n, filters)
        category = self.widen(self.embed(tf.gather(self.topics, rows)))  # (n, filters)
        views = tf.stack([title, category], axis=1)  # (n, 2, filters)
        return self.pool_views(views, tf.ones_like(views[:, :, 0]))

    def _windows(self, x: tf.Tensor) -> tf.Tensor:
        """(n, words, word_dim) -> (n, words, window * word_dim): each word between its neighbours.

        A dense layer over them is the convolution; TensorFlow's own fails on a batch without an article.
        """
        before, words = (self.window - 1) // 2, tf.shape(x)[1]
        padded = tf.pad(x, [[0, 0], [before, self.window - 1 - before], [0, 0]])
        return tf.concat([padded[:, at : at + words] for at in range(self.window)], axis=2)


class NamlUsers(keras.Model):
    """Clicked articles to a reader's vector, by additive attention."""

    def __init__(self, settings: NamlSettings) -> None:
        super().__init__()
        self.pool = AdditiveAttention(settings.query_dim)

    def call(self, clicks: tf.Tensor, mask: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """(batch, num_clicks, dim) and a float mask -> (batch, dim); zeros for a reader without a click."""
        return self.pool(clicks, mask)


def naml(data: BaselineData, seed: int, progress: Progress, settings: NamlSettings | None = None) -> BaselineResult:
    """Train NAML and score dev; see `train_and_score`."""
    settings = settings or NamlSettings()
    keras.utils.set_random_seed(seed)
    articles, rows = data.dataset.articles, data.dataset.training_rows()
    words = title_words(articles, rows, settings.title_length, seed)
    model = TwoTowers(NamlNews(words, data.topics, data.num_topics, settings), NamlUsers(settings), words.lengths())
    return train_and_score("NAML", model, data, settings.training, seed, progress)
