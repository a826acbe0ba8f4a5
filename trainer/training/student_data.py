"""What a student learns from, in its distillation and in every step of its compression."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.impressions import Source
from trainer.data.progress import Bar
from trainer.settings.config import DistillationSettings, TrainingSettings
from trainer.settings.seeds import Stream
from trainer.training.fit import ScoreTeacher


@dataclass(frozen=True, slots=True)
class StudentData:
    """Titles with the teacher's vectors, clicks, and how to learn from them."""

    articles: Sequence[Article]  # all texts that the student may be asked to read
    rows: NDArray[np.int32]  # those of the training days, clicked or not: no other may be learned from
    targets: NDArray[np.float32]  # (num_texts, dim) the teacher's vectors
    teacher: ScoreTeacher
    train: Source
    published_s: NDArray[np.float64]  # (num_articles,) seconds UTC, NaN where unknown
    distillation: DistillationSettings
    refit: TrainingSettings
    seed: tuple[int, ...]  # another one for each step
    bar: Bar

    def seeded(self, stream: Stream) -> StudentData:
        """The same for what draws from a stream of its own."""
        return replace(self, seed=stream.numbers)

    def rng(self) -> np.random.Generator:
        """The same stream of chance whenever it is asked for."""
        return np.random.default_rng(self.seed)
