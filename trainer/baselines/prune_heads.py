"""Structured pruning of attention heads (Michel, Levy and Neubig, NeurIPS 2019): those that matter least are cut out.

The student has no attention, so this is no step of a recipe. NRMS has (`trainer.baselines.nrms`). There a head of the
news encoder writes some columns of an article's vector. They are multiplied with the columns of the reader's vector
that the user encoder's head of the same number writes. So the two are cut together.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from trainer.baselines.attention import AdditiveAttention, SelfAttention
from trainer.baselines.nrms import NrmsNews, NrmsUsers
from trainer.baselines.two_towers import TwoTowers
from trainer.baselines.words import TitleWords
from trainer.data.batches import Batch
from trainer.errors import CompressionError


def head_importance(model: TwoTowers, batches: Iterable[Batch]) -> NDArray[np.float32]:
    """|d loss / d gate| of every head, summed over batches of clicks.

    A gate of 1 on what a head writes would do the same as a factor on the head's value weights. So its gradient is the
    sum of gradient x weight over them, of the news encoder's head and of the user encoder's.

    Args:
        model: NRMS.
        batches: Of training clicks; the loss is the softmax of each click over its list.

    Returns:
        (heads,) float32.
    """
    layers: list[SelfAttention] = [model.news.attend, model.users.attend]
    total = np.zeros(layers[0].heads, np.float32)
    for batch in batches:
        both = np.concatenate([batch.candidates, batch.history], axis=1)
        rows, places = np.unique(np.maximum(both, 0), return_inverse=True)
        places = np.where(both >= 0, places.reshape(both.shape), -1).astype(np.int32)
        candidates, history = np.split(places, [batch.candidates.shape[1]], axis=1)
        kernels = [layer.project.kernel.value for layer in layers]
        with tf.GradientTape() as tape:
            scores = model(tf.constant(rows, tf.int32), tf.constant(candidates), tf.constant(history))
            loss = -tf.reduce_mean(tf.nn.log_softmax(scores, axis=1)[:, 0])
        changes = [
            (gradient * kernel).numpy() for gradient, kernel in zip(tape.gradient(loss, kernels), kernels, strict=True)
        ]
        total += np.abs(sum(_by_head(change, layers[0].heads)[:, 2].sum(axis=(0, 2)) for change in changes))
    return total


def prune_heads(model: TwoTowers, batches: Iterable[Batch], keep: int) -> TwoTowers:
    """Keep the `keep` most important heads.

    The kernels of both self-attentions lose the columns of the heads that go; what reads those lose the rows: the
    additive attentions, and the user encoder's self-attention, which reads article vectors.

    Args:
        model: NRMS, trained; it keeps its weights.
        batches: Of training clicks, for `head_importance`.
        keep: Heads of the new model.

    Returns:
        A smaller model, to be trained on for a little (`trainer.baselines.two_towers.fit`).

    Raises:
        CompressionError: The model has no self-attention, or not so many heads.
    """
    news, users = model.news, model.users
    if not isinstance(news, NrmsNews):
        raise CompressionError(f"prune-heads: {type(news).__name__} has no self-attention; NRMS has")
    settings = news.settings
    if not 0 < keep <= settings.heads:
        raise CompressionError(
            f"prune-heads: cannot keep {keep} of {settings.heads} heads; choose 1 to {settings.heads}"
        )
    kept = np.sort(np.argsort(-head_importance(model, batches), kind="stable")[:keep])
    columns = (kept[:, None] * settings.head_dim + np.arange(settings.head_dim)).ravel()
    fewer = replace(settings, heads=keep)
    words = TitleWords(news.ids.numpy(), news.table.numpy())
    smaller = TwoTowers(NrmsNews(words, fewer), NrmsUsers(fewer), model.title_lengths.numpy())
    smaller(tf.zeros(1, tf.int32), tf.zeros((1, 1), tf.int32), tf.zeros((1, 1), tf.int32))  # makes the weights
    _cut_attention(news.attend, smaller.news.attend, kept, np.arange(news.table.shape[1]))
    _cut_attention(users.attend, smaller.users.attend, kept, columns)
    for old, new in ((news.pool, smaller.news.pool), (users.pool, smaller.users.pool)):
        _cut_pooling(old, new, columns)
    return smaller


def _by_head(kernel: NDArray[np.float32], heads: int) -> NDArray[np.float32]:
    """(input_dim, 3 * heads * head_dim) -> (input_dim, 3, heads, head_dim): queries, keys, values."""
    return kernel.reshape(len(kernel), 3, heads, -1)


def _cut_attention(old: SelfAttention, new: SelfAttention, kept: NDArray[np.int64], inputs: NDArray[np.int64]) -> None:
    kernel = _by_head(old.project.kernel.numpy(), old.heads)[inputs][:, :, kept]
    new.project.kernel.assign(kernel.reshape(len(inputs), -1))


def _cut_pooling(old: AdditiveAttention, new: AdditiveAttention, inputs: NDArray[np.int64]) -> None:
    new.hidden.kernel.assign(old.hidden.kernel.numpy()[inputs])
    new.hidden.bias.assign(old.hidden.bias)
    new.query.kernel.assign(old.query.kernel)
