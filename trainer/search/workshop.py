"""Where candidates are trained and measured: what they share is worked out once, the rest as a run would do it.

A candidate trained in full with the run's seed is the very student that the stages distill and compress would make.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import keras
import numpy as np

from edge_runtime import Article
from trainer.compression.measure import TIMED, measure_student
from trainer.compression.recipe import Recipe
from trainer.compression.step import CompressionData, CompressionStep, learn_scores
from trainer.distillation import DistillationSettings, distil, start_student, steps_of
from trainer.evaluation import measure
from trainer.export.bundle import Provenance
from trainer.scoring import score_impressions
from trainer.search.targets import PiCounter
from trainer.stages import Run
from trainer.student import Student, text_of, tokenize
from trainer.training import TrainingSettings
from trainer.vocabulary import learn_vocabulary

KEPT_VOCABULARIES = 32  # more than are searched
KEPT_TOKENS = 2  # tokenized logs, the larger part of a candidate's memory


class Workshop:
    """One run's data and teacher, at work on many candidates."""

    def __init__(self, run: Run, counter: PiCounter | None) -> None:
        """Prepare; nothing is computed yet.

        Args:
            run: Its dataset is needed for vocabularies, its teacher for training.
            counter: Counts a bundle's ARM instructions, if that is asked for.
        """
        self._run, self._counter = run, counter
        self.history_length = run.settings.teacher.training.history_length
        self.pieces = lru_cache(KEPT_VOCABULARIES)(self._learn_pieces)
        self._token_ids = lru_cache(KEPT_TOKENS)(self._tokenize)

    @cached_property
    def data(self) -> Any:
        """The run's prepared log."""
        return self._run._data

    @cached_property
    def _shared(self) -> CompressionData:
        return self._run._compression_data((self._run.settings.seed, 0, 0))

    def _learn_pieces(self, size: int) -> list[str]:
        articles = self.data.texts.articles
        return learn_vocabulary([text_of(articles[row]) for row in self.data.text_rows], size)

    def _tokenize(self, size: int) -> list[list[int]]:
        return tokenize(self.pieces(size), self.data.texts.articles)

    def train(self, recipe: Recipe, seed: int, share: float, halfway: Callable[[float], None]) -> Student:
        """Train and compress a candidate.

        Args:
            recipe: Its `[student]` and steps.
            seed: Of this training; the teacher stays.
            share: Of the usual epochs and steps, everywhere; 1 is a run's full training.
            halfway: Told the nDCG@10 on dev of the student before its compression; may raise to leave off.

        Raises:
            CompressionError: A step does not fit the student.
            TrainingError: The loss is not finite.
            ValueError: The vocabulary has no room for the characters of the titles.
        """
        chosen = self._run.settings.student
        distillation = shorter_distillation(recipe.start(chosen.distillation), share)
        refit = shorter_refit(chosen.refit, share)
        student = self._teach(distillation, refit, seed)
        halfway(self._ndcg(student))
        for number, step in enumerate(recipe.steps, start=1):
            keras.utils.set_random_seed(seed * 1000 + number * 10 + 3)
            data = replace(self._shared, distillation=distillation, refit=refit, seed=(seed, 3, number))
            student = shorter_step(step, share)(student, data)
        return student

    def _teach(self, distillation: DistillationSettings, refit: TrainingSettings, seed: int) -> Student:
        """As the stage distill does it."""
        keras.utils.set_random_seed(seed * 1000 + 2)
        rng, shared = np.random.default_rng([seed, 2, 0]), self._shared
        pieces, token_ids = self.pieces(distillation.vocabulary_size), self._token_ids(distillation.vocabulary_size)
        model = start_student(
            shared.teacher.model,
            shared.targets,
            shared.rows,
            token_ids,
            self.data.text_topics,
            len(pieces),
            distillation,
        )
        steps = steps_of(len(shared.rows), distillation)
        with shared.bar("student: distillation", steps) as step:
            distil(model, shared.targets, shared.rows, steps, distillation, rng, step)
        student = Student(pieces, model)
        learn_scores(student, replace(shared, seed=(seed, 2)), "student", refit, rng)
        return student

    def _ndcg(self, student: Student) -> float:
        dev = self.data.clicks[1]
        scores = score_impressions(student.model, dev, self.data.published_s, self.history_length)
        return float(np.nanmean(measure(scores, dev)["ndcg10"]))

    def measure(self, student: Student, seed: int, bundle: Path) -> dict[str, Any]:
        """Write a candidate's bundle and measure the file through the runtime; see `measure_student`."""
        facts = measure_student(student, self.data, self.history_length, self.provenance(seed), bundle, None)
        bundle.with_suffix(".npy").unlink()  # its scores: no candidate is compared list by list
        kept = {name: facts[name] for name in ("bytes", "encode_us", "rank_us", "auc", "ndcg10")}
        return {**kept, **self.instructions(bundle)}

    def provenance(self, seed: int) -> Provenance:
        """For a bundle's manifest."""
        return replace(self._run._provenance, seed=seed)

    def instructions(self, bundle: Path) -> dict[str, float]:
        """ARM instructions of encoding a title, if they are asked for."""
        return {"encode_instructions": self._counter(bundle, self.timed())} if self._counter else {}

    def timed(self) -> list[Article]:
        """Articles of the training days to time a bundle with."""
        return [self.data.texts.articles[row] for row in self.data.text_rows[:TIMED]]


def shorter_distillation(settings: DistillationSettings, share: float) -> DistillationSettings:
    """A share of the epochs and steps."""
    return replace(settings, epochs=settings.epochs * share, min_steps=round(settings.min_steps * share))


def shorter_refit(settings: TrainingSettings, share: float) -> TrainingSettings:
    """A share of the epochs and steps."""
    return replace(settings, click_epochs=settings.click_epochs * share, list_steps=round(settings.list_steps * share))


def shorter_step(step: CompressionStep, share: float) -> CompressionStep:
    """The step with a share of its epochs."""
    epochs = {name: getattr(step, name) * share for name in ("epochs", "click_epochs") if hasattr(step, name)}
    shorter: CompressionStep = replace(step, **epochs)  # type: ignore[type-var]
    return shorter
