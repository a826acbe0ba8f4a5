"""NRMS: neural news recommendation with multi-head self-attention (Wu et al., EMNLP-IJCNLP 2019).

Title words under self-attention and additive attention give an article's vector, the clicked articles' vectors under
the same two layers the reader's. Sizes are those of its public implementation for MIND (Microsoft Recommenders).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import keras
import tensorflow as tf

from trainer.baselines.attention import AdditiveAttention, SelfAttention, cut_to_longest
from trainer.baselines.baseline import BaselineData, BaselineResult, Progress
from trainer.baselines.two_towers import TowerTraining, TwoTowers, train_and_score
from trainer.baselines.words import TitleWords, title_words


@dataclass(frozen=True, slots=True)
class NrmsSettings:
    """Published sizes and rate; the epochs are few because more overfit a log of some thousand impressions."""

    heads: int = 20
    head_dim: int = 20
    query_dim: int = 200
    title_length: int = 30
    dropout: float = 0.2
    training: TowerTraining = field(default_factory=lambda: TowerTraining(epochs=2, learning_rate=1e-4))


class NrmsNews(keras.Model):
    """Words of a title to an article's vector, by self-attention."""

    def __init__(self, words: TitleWords, settings: NrmsSettings) -> None:
        super().__init__()
        self.settings = settings
        self.ids = tf.constant(words.ids)
        start = keras.initializers.Constant(words.table)
        self.table = self.add_weight(shape=words.table.shape, initializer=start, name="word_table")
        self.dropout = keras.layers.Dropout(settings.dropout)
        self.attend = SelfAttention(settings.heads, settings.head_dim)
        self.pool = AdditiveAttention(settings.query_dim)

    def call(self, rows: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """(n,) article rows -> (n, heads * head_dim); zeros for a title without a known word."""
        ids = cut_to_longest(tf.gather(self.ids, rows))  # (n, words)
        mask = tf.cast(ids > 0, tf.float32)
        x = self.dropout(tf.gather(self.table, ids), training=training)  # (n, words, word_dim)
        x = self.dropout(self.attend(x, mask), training=training)  # (n, words, heads * head_dim)
        return self.pool(x, mask)


class NrmsUsers(keras.Model):
    """Clicked articles to a reader's vector, by self-attention."""

    def __init__(self, settings: NrmsSettings) -> None:
        super().__init__()
        self.settings = settings
        self.attend = SelfAttention(settings.heads, settings.head_dim)
        self.pool = AdditiveAttention(settings.query_dim)

    def call(self, clicks: tf.Tensor, mask: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """(batch, num_clicks, dim) and a float mask -> (batch, dim); zeros for a reader without a click."""
        return self.pool(self.attend(clicks, mask), mask)


def nrms(data: BaselineData, seed: int, progress: Progress, settings: NrmsSettings | None = None) -> BaselineResult:
    """Train NRMS and score dev; see `train_and_score`."""
    settings = settings or NrmsSettings()
    keras.utils.set_random_seed(seed)
    articles, rows = data.dataset.articles, data.dataset.training_rows()
    words = title_words(articles, rows, settings.title_length, seed)
    model = TwoTowers(NrmsNews(words, settings), NrmsUsers(settings), words.lengths())
    return train_and_score("NRMS", model, data, settings.training, seed, progress)
