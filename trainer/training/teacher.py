"""The teacher: frozen text vectors under trained encoders, several seeds of it averaged into one model.

All members start from the same projection, so the mean of their weights is a model again. It is better than most of
them ("model soup", Wortsman et al., ICML 2022). That is an ensemble at the price of one, in one space that a student
can learn.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import EncoderSize, build_encoders
from trainer.models.text_input import FrozenVectors
from trainer.settings.config import TeacherSettings


def build_teacher(
    text: FrozenVectors,
    rows: NDArray[np.int32],
    topics: NDArray[np.int64],
    num_topics: int,
    settings: TeacherSettings,
) -> ClickModel:
    """A teacher before training.

    Args:
        text: Frozen vectors.
        rows: Articles of the training days, from whose vectors the projection starts.
        topics: (num_articles,) topic numbers.
        num_topics: With "unknown".
        settings: Sizes and dropout.
    """
    size = EncoderSize(text.vectors.shape[1], settings.hidden, settings.dim, settings.user_hidden)
    encoder, users = build_encoders(size, num_topics)
    encoder.projection.assign(text.start(rows, settings.dim, settings.whitening))
    head = Head(num_topics, settings.dim, settings.without)
    return ClickModel(text, encoder, users, head, topics, settings.training.dropout)


def average(members: Sequence[ClickModel]) -> ClickModel:
    """The first member, with the mean of all members' weights."""
    model = members[0]
    for part in ("article_encoder", "user_encoder", "head"):
        weights = [getattr(member, part).get_weights() for member in members]
        getattr(model, part).set_weights([np.mean(values, axis=0) for values in zip(*weights, strict=True)])
    return model
