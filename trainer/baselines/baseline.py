"""What every baseline is given and what it gives back.

A baseline is a function of `BaselineData`, a seed and `Progress`. It trains on the training part alone, and scores the
dev part. Where it says so, it also uses the dev labels of seconds already past.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from trainer.data.dataset import ClickDataset, Impressions
from trainer.data.topics import topic_names, topic_numbers
from trainer.errors import TrainingError
from trainer.models.text_input import centred_directions
from trainer.training.fit import check_clicks

FLOAT_BYTES = 4

Progress = Callable[[str], object]  # takes one line for a person


@dataclass(frozen=True, slots=True)
class BaselineData:
    """The same for all baselines; made by `baseline_data`."""

    dataset: ClickDataset
    vectors: NDArray[np.float32]  # (num_articles, dim) text vectors, centred, length 1; zeros without text
    encoder_parameters: int  # of what made the text vectors
    topics: NDArray[np.int64]  # (num_articles,) topic numbers, 0 = unknown
    num_topics: int


@dataclass(frozen=True, slots=True)
class BaselineResult:
    """A baseline's dev scores, and what it cost."""

    name: str
    scores: NDArray[np.float64]  # (num_shown,) aligned with dev.clicked
    parameters: int  # numbers set by training or by counting; of the text encoder none
    size_bytes: int  # all that ranking needs beside profile and articles, text encoder included; numbers as float32
    training_s: float  # of the clock, without scoring and without making text vectors


Baseline = Callable[[BaselineData, int, Progress], BaselineResult]


def baseline_data(dataset: ClickDataset, vectors: NDArray[np.float32], encoder_parameters: int = 0) -> BaselineData:
    """Centre and scale the text vectors and number the topics, by the articles of the training days.

    Args:
        dataset: A prepared log, in memory; or from `open_stream` with dev: then train is read when it is needed.
        vectors: (num_articles, dim) float32 from `text_vectors`.
        encoder_parameters: Of the network or table that made them; 0 leaves it out of the sizes.

    Raises:
        TrainingError: The training part has no impression.
        ValueError: The vectors are not of these articles, or train and dev are samples of a log that is streamed.
    """
    if not (len(dataset.train) or (dataset.stream and dataset.facts.train.impressions)):
        raise TrainingError("the training log is empty: there is nothing to learn from; prepare one with impressions")
    if len(vectors) != len(dataset.articles):
        raise ValueError(
            f"{len(vectors)} text vectors for {len(dataset.articles)} articles; make them of these articles"
        )
    if dataset.stream and len(dataset.train):
        raise ValueError("the dataset is streamed, and its dev a sample; open it with open_stream, with dev")
    rows = dataset.training_rows()
    names = topic_names([dataset.articles[row] for row in rows])
    return BaselineData(
        dataset=dataset,
        vectors=centred_directions(vectors, rows),
        encoder_parameters=encoder_parameters,
        topics=topic_numbers(dataset.articles, names),
        num_topics=len(names),
    )


def whole_train(dataset: ClickDataset) -> Impressions:
    """All of train, for what has to see all of it at once."""
    return dataset.stream.whole(is_dev=False) if dataset.stream else dataset.train


def comparable(impressions: Impressions) -> NDArray[np.bool_]:
    """(num_shown,) `Impressions.comparable` of each shown article's list.

    Raises:
        TrainingError: None has.
    """
    check_clicks(impressions)
    return np.repeat(impressions.comparable(), impressions.candidates.lengths())
