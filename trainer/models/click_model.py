"""The click model: how a reader's past clicks score a candidate. The device computes the same in numpy.

score = a(n) * log-mean-exp of the candidate's similarity to each past click's interest
      + b(n) * its mean similarity to the past clicks
      + c(n) * log share of its topic + (share of topics read) x matrix + bias of its topic
      + prior . vector + freshness * 2^(-age / half-life)

with a, b, c linear in log(1 + n), n = number of past clicks. A log-mean-exp keeps many interests apart where one mean
vector blurs them. `edge_runtime.model.scoring` is the same formula on the device; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Sequence

import keras
import numpy as np
import tensorflow as tf

from edge_runtime.model.head import ScoringHead
from edge_runtime.model.scoring import SHARE_FLOOR
from trainer.models.dropout import dropped
from trainer.models.encoders import ArticleEncoder, UserEncoder
from trainer.models.text_input import FrozenVectors, TokenTableInput
from trainer.settings.checks import TERMS, check_terms

HALF_LIFE_S = 18 * 3600.0  # where training starts, and what is used when no article has a time


class Head(keras.layers.Layer):
    """The scoring head's trained numbers; see `edge_runtime.model.head.ScoringHead`."""

    def __init__(self, num_topics: int, dim: int, without: Sequence[str] = ()) -> None:
        """Start from what is known to work.

        Args:
            num_topics: With "unknown".
            dim: Of an article's vector.
            without: Terms of the score that stay zero, for ablations: names of `TERMS`.

        Raises:
            ConfigError: No such term.
        """
        super().__init__()
        check_terms(without, "without")
        self.num_topics, self.dim, self.without = num_topics, dim, tuple(without)
        left_out = {name for term in without for name in TERMS[term]}

        def weight(name: str, shape: tuple[int, ...], start: object = 0.0) -> keras.Variable:
            value = 0.0 if name in left_out else start
            initializer = keras.initializers.Constant(value)
            return self.add_weight(shape=shape, initializer=initializer, trainable=name not in left_out, name=name)

        self.log_sharpness = weight("log_sharpness", (), np.log(6.0))
        self.interest = weight("interest", (2,), [6.0, 0.0])
        self.average = weight("average", (2,), [2.0, 0.0])
        self.topic_share = weight("topic_share", (2,), [0.1, 0.0])
        self.topic_matrix = weight("topic_matrix", (num_topics, num_topics))
        self.topic_bias = weight("topic_bias", (num_topics,))
        self.prior = weight("prior", (dim,))
        self.freshness = weight("freshness", (), 0.5)
        self.log_half_life = weight("log_half_life", (), np.log(HALF_LIFE_S))
        self.built = True

    def in_order(self) -> list[keras.Variable]:
        """All weights by name, whatever is left out: Keras lists those that are not trained behind the others."""
        return sorted(self.weights, key=lambda weight: str(weight.name))

    def export(self) -> ScoringHead:
        """The trained numbers, as the bundle holds them."""

        def pair(values: keras.Variable) -> tuple[float, float]:
            first, second = np.asarray(values).tolist()
            return first, second

        return ScoringHead(
            sharpness=float(np.exp(self.log_sharpness)),
            interest=pair(self.interest),
            average=pair(self.average),
            topic_share=pair(self.topic_share),
            topic_matrix=keras.ops.convert_to_numpy(self.topic_matrix),
            topic_bias=keras.ops.convert_to_numpy(self.topic_bias),
            prior=keras.ops.convert_to_numpy(self.prior),
            freshness=float(np.asarray(self.freshness)),
            half_life_s=float(np.exp(self.log_half_life)),
        )


class ClickModel(keras.Model):
    """Text input, both encoders and the head. Rows and topics name articles by their row in the dataset."""

    def __init__(
        self,
        text: FrozenVectors | TokenTableInput,
        article_encoder: ArticleEncoder,
        user_encoder: UserEncoder,
        head: Head,
        topics: np.ndarray,
        dropout: float,
    ) -> None:
        """Join the parts.

        Args:
            text: What the article encoder reads.
            article_encoder: Pooled text and topic -> vector.
            user_encoder: Clicked vector -> interest.
            head: The scoring head.
            topics: (num_articles,) topic number of each article, 0 = unknown.
            dropout: Of the pooled text in training; a tenth of the topics is hidden as well.
        """
        super().__init__()
        self.text, self.article_encoder, self.user_encoder, self.head = text, article_encoder, user_encoder, head
        self.topics = tf.constant(topics.astype(np.int32))
        self.dropout = dropout
        self.built = True

    def article_vectors(self, rows: tf.Tensor, *, training: bool = False) -> tf.Tensor:
        """(n,) article rows -> (n, dim), length 1."""
        topics = tf.gather(self.topics, rows)
        if training:
            topics = tf.where(tf.random.uniform(tf.shape(topics)) < 0.1, 0, topics)
        one_hot = tf.one_hot(topics, self.article_encoder.num_topics)
        pooled = dropped(self.text(rows), self.dropout if training else 0.0)
        return tf.math.l2_normalize(self.article_encoder(pooled, one_hot), axis=1, epsilon=1e-12)

    def call(
        self,
        candidates: tf.Tensor,
        history: tf.Tensor,
        ages_s: tf.Tensor | None = None,
        *,
        training: bool = False,
        use_prior: bool = True,
    ) -> tf.Tensor:
        """Score candidates for readers.

        Args:
            candidates: (batch, num_candidates) int32 article rows.
            history: (batch, num_clicks) int32 article rows, oldest first; -1 fills the rest.
            ages_s: (batch, num_candidates) float32 seconds since publication, -1 where unknown.
            training: Whether dropout is on.
            use_prior: Whether topic bias, prior and freshness count; they cannot be learned from histories alone.

        Returns:
            (batch, num_candidates) float32.
        """
        rows = tf.concat([candidates, tf.maximum(history, 0)], axis=1)
        # Half of the articles of a batch come again in it: each is encoded once.
        distinct, numbers = tf.unique(tf.reshape(rows, [-1]))
        vectors, numbers = self.article_vectors(distinct, training=training), tf.reshape(numbers, tf.shape(rows))
        # Gathered apart: of vectors that were gathered together and cut, the gradient takes five times as long.
        num_candidates = tf.shape(candidates)[1]
        wanted = tf.gather(vectors, numbers[:, :num_candidates])  # (batch, num_candidates, dim)
        clicks = tf.gather(vectors, numbers[:, num_candidates:])  # (batch, num_clicks, dim)
        return self.score(wanted, tf.gather(self.topics, candidates), clicks, history, ages_s, use_prior=use_prior)

    def score(
        self,
        wanted: tf.Tensor,
        wanted_topics: tf.Tensor,
        clicks: tf.Tensor,
        history: tf.Tensor,
        ages_s: tf.Tensor | None,
        *,
        use_prior: bool,
        encoded: tuple[tf.Tensor, tf.Tensor] | None = None,
    ) -> tf.Tensor:
        """The formula above, from vectors (batch, num_candidates, dim) and (batch, num_clicks, dim).

        Args:
            encoded: What the user encoder gives for the clicks, where that is known already: (batch, num_clicks, dim)
                and (batch, num_clicks, 1).
        """
        head = self.head
        is_click = tf.cast(history >= 0, tf.float32)  # (batch, num_clicks)
        num_clicks = tf.reduce_sum(is_click, axis=1, keepdims=True)  # (batch, 1)
        known = tf.math.log1p(num_clicks)
        some = tf.cast(num_clicks > 0, tf.float32)

        interests, log_weights = encoded or self.user_encoder(tf.reshape(clicks, [-1, tf.shape(clicks)[2]]))
        interests = tf.reshape(interests, tf.shape(clicks))
        log_weights = tf.reshape(log_weights, tf.shape(history)) + (is_click - 1) * 1e9
        log_weights = tf.nn.log_softmax(log_weights, axis=1)

        sharpness = tf.exp(head.log_sharpness)
        similarity = tf.matmul(wanted, interests, transpose_b=True)  # (batch, num_candidates, num_clicks)
        nearest = tf.reduce_logsumexp(sharpness * similarity + log_weights[:, None, :], axis=2) / sharpness
        mean_click = tf.einsum("bh,bhd->bd", is_click, clicks) / tf.maximum(num_clicks, 1)
        average = tf.einsum("bkd,bd->bk", wanted, mean_click)

        num_topics = self.article_encoder.num_topics
        read = tf.one_hot(tf.gather(self.topics, tf.maximum(history, 0)), num_topics)  # (batch, num_clicks, num_topics)
        shares = tf.einsum("bh,bht->bt", is_click, read) / tf.maximum(num_clicks, 1)
        by_topic = (head.topic_share[0] + head.topic_share[1] * known) * tf.math.log(shares + SHARE_FLOOR)
        by_topic = some * (by_topic + tf.matmul(shares, head.topic_matrix))  # (batch, num_topics)
        if use_prior:
            by_topic += head.topic_bias

        scores = (head.interest[0] + head.interest[1] * known) * some * nearest
        scores += (head.average[0] + head.average[1] * known) * some * average
        scores += tf.gather(by_topic, wanted_topics, batch_dims=1)
        if use_prior:
            scores += tf.einsum("bkd,d->bk", wanted, head.prior)
            if ages_s is not None:
                decay = tf.pow(2.0, -tf.maximum(ages_s, 0.0) / tf.exp(head.log_half_life))
                scores += head.freshness * tf.where(ages_s >= 0, decay, 0.0)
        return scores
