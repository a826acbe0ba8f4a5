"""Where candidates are trained and measured: what they share is worked out once, the rest as a run would do it.

A candidate trained in full goes through what the stages distill and compress do, with their seeds.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from edge_runtime import Article
from trainer.compression.entries import settings_of
from trainer.export.bundle import BundleOrigin
from trainer.intervals import Interval
from trainer.measure.compression import TIMED, MeasuredStudent, measure_student
from trainer.measure.quality import measure
from trainer.measure.scores import score_impressions
from trainer.pipeline import bundle_origin, compress, distill, learn_pieces
from trainer.run.card import model_card
from trainer.run.facts import CompressFacts, LeftStudent, StepFacts, TeacherFacts
from trainer.run.size_front import MOST_OTHERS, POINT_BYTES
from trainer.run.stages import Run
from trainer.run.workspace import Workspace
from trainer.search.targets import PiCounter
from trainer.settings.config import DistillationSettings, TrainingSettings
from trainer.settings.seeds import Seeds
from trainer.student_steps.recipe import Recipe
from trainer.student_steps.step import CompressionStep
from trainer.training.run_data import RunData
from trainer.training.student import Student, tokenize
from trainer.training.student_data import StudentData

FIGURES_BYTES = 512  # what dev's figures in the manifest and popularity in the head take at most


@dataclass(frozen=True, slots=True)
class CandidateFacts:
    """A candidate, measured through the runtime on dev."""

    bytes: int
    encode_us: float
    rank_us: float
    auc: Interval
    ndcg10: Interval
    finished_bytes: int  # that the file will not exceed when it is exported with card and figures
    encode_instructions: float | None = None  # if they are counted


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
        self._pieces: dict[int, list[str]] = {}

    @cached_property
    def data(self) -> RunData:
        """The run's prepared log."""
        return self._run.data

    @property
    def _usual(self) -> DistillationSettings:
        return self._run.settings.student.distillation

    @cached_property
    def _shared(self) -> StudentData:
        return self._run.student_data()

    def pieces(self, size: int) -> list[str]:
        """A vocabulary of at most so many pieces, learned once.

        Raises:
            ValueError: It has no room for the characters of the titles.
        """
        if size not in self._pieces:
            self._pieces[size] = learn_pieces(self.data, size)
        return self._pieces[size]

    def know(self, size: int, pieces: list[str]) -> None:
        """Take a vocabulary that another workshop on this run has learned."""
        self._pieces[size] = pieces

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
        distillation = shorter_distillation(recipe.start(self._usual), share)
        refit = shorter_refit(self._run.settings.student.refit, share)
        shared = replace(self._shared, distillation=distillation, refit=refit)
        size, seeds = distillation.vocabulary_size, Seeds(seed)
        student = distill(
            lambda: shared,
            self.pieces(size),
            tokenize(self.pieces(size), self.data.texts.articles),
            self.data.text_topics,
            seeds,
        )
        halfway(self._ndcg(student))
        steps = [shorter_step(step, share) for step in recipe.steps]
        return compress(lambda: (student, shared), steps, seeds) if steps else student

    def _ndcg(self, student: Student) -> float:
        dev = self.data.clicks[1]
        scores = score_impressions(student.model, dev, self.data.published_s, self.history_length)
        return float(np.nanmean(measure(scores, dev)["ndcg10"]))

    def measure(self, recipe: Recipe, student: Student, seed: int, bundle: Path) -> CandidateFacts:
        """Write a candidate's bundle and measure the file through the runtime.

        Args:
            recipe: Of the candidate.
            student: From `train`.
            seed: Of its training.
            bundle: Where the file goes.
        """
        found = measure_student(student, self.data, self.origin(seed), bundle, None)
        bundle.with_suffix(".npy").unlink()  # its scores: no candidate is compared list by list
        card = self._card(recipe, found, len(student.pieces))
        front_bytes = POINT_BYTES * (len(recipe.steps) + 3 + MOST_OTHERS)  # the student is one, what is not a point two
        return CandidateFacts(
            bytes=found.bytes,
            encode_us=found.latency.encode_us,
            rank_us=found.latency.rank_us,
            auc=found.quality.auc,
            ndcg10=found.quality.ndcg10,
            finished_bytes=found.bytes + len(zlib.compress(card.encode(), 9)) + FIGURES_BYTES + front_bytes,
            encode_instructions=self.instructions(bundle),
        )

    def _card(self, recipe: Recipe, found: MeasuredStudent, tokens: int) -> str:
        """As long a card as the candidate's bundle will have; figures of its steps are made up."""
        left = LeftStudent(measured=replace(found, difference={"ndcg10": found.quality.ndcg10}))
        first = StepFacts(step={"method": "student"}, left=LeftStudent(measured=found))
        steps = (first, *(StepFacts(step=settings_of(step), left=left) for step in recipe.steps))
        compressed = CompressFacts(recipe="", tokens=tokens, hidden_units=0, left=left, steps=steps)
        teacher = Workspace(self._run.out).found("teacher", TeacherFacts)
        student = replace(self._run.settings.student, distillation=recipe.start(self._usual))
        settings = replace(self._run.settings, student=student)
        return model_card(settings, recipe, self.data, teacher, compressed)

    def origin(self, seed: int) -> BundleOrigin:
        """What a candidate's bundle has from the run."""
        origin = bundle_origin(self._run.job)
        return replace(origin, provenance=replace(origin.provenance, seed=seed))

    def instructions(self, bundle: Path) -> float | None:
        """ARM instructions of encoding a title, if they are asked for."""
        return self._counter(bundle, self.timed()) if self._counter else None

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
    settings = settings_of(step)
    epochs = {name: value * share for name, value in settings.items() if name.endswith("epochs")}
    shorter: CompressionStep = replace(step, **epochs)  # type: ignore[type-var]
    return shorter
