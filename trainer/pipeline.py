"""The way from a prepared log to a bundle, from top to bottom.

    dataset -> teacher -> student -> compressed student -> bundle -> figures

Plain functions, in the order in which a run goes through them. They keep nothing, and write no file but those that they
are given a name for. `run.stages` calls them and keeps what they give; `search.workshop` takes many candidates through
`distill` and `compress`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.article_text import text_of
from edge_runtime.model.front import Front
from trainer.data.batches import ClickBatches, HistoryBatches
from trainer.data.progress import Bar
from trainer.data.vocabulary import learn_vocabulary
from trainer.export.bundle import BundleOrigin, BundleParts, Provenance, export_bundle
from trainer.fits.co_click_fit import fit_co_clicks
from trainer.fits.open_probability import fit_open_probability
from trainer.fits.popularity import fit_popularity
from trainer.measure.scores import all_vectors, score_impressions
from trainer.models.click_model import ClickModel
from trainer.models.text_input import FrozenVectors
from trainer.settings.config import RunSettings
from trainer.settings.ranges import check_ranges
from trainer.settings.seeds import Seeds
from trainer.student_steps.step import CompressionStep
from trainer.text_vectors import kinds_of, text_vectors
from trainer.training.distillation import teacher_agreement
from trainer.training.fit import (
    ScoreTeacher,
    check_clicks,
    check_scores,
    click_steps,
    train_on_clicks,
    train_on_histories,
)
from trainer.training.run_data import RunData
from trainer.training.student import Student
from trainer.training.student_data import StudentData
from trainer.training.teach import teach_student
from trainer.training.teacher import build_teacher


@dataclass(frozen=True, slots=True)
class Job:
    """What every part of the way is told."""

    settings: RunSettings
    data: RunData  # the prepared log
    vectors: Path  # folder of text vectors, each computed once
    bar: Bar

    @property
    def seeds(self) -> Seeds:
        """The run's seed, as one stream for each use of chance."""
        return Seeds(self.settings.seed)

    @property
    def history_length(self) -> int:
        """How many past clicks count, the latest ones."""
        return self.settings.teacher.training.history_length


# The teacher


def frozen_vectors(job: Job, source: str) -> FrozenVectors:
    """What the teacher reads of each article; read and centred once for all stages of a process.

    Args:
        job: Its articles.
        source: Kinds of text vectors, joined by +; from `resolve_source`.
    """
    key = source, job.seeds.plain
    if key in job.data.frozen:
        return job.data.frozen[key]
    articles, kinds = job.data.dataset.articles, []
    for kind in kinds_of(source):
        with job.bar(f"text vectors: {Path(kind).name}", len(articles)) as step:
            kinds.append(text_vectors(kind, articles, job.vectors, job.seeds.plain, step))
    job.data.frozen[key] = FrozenVectors(kinds, job.data.rows)
    return job.data.frozen[key]


def train_member(job: Job, source: str, number: int) -> ClickModel:
    """One member of the teacher: trained on the histories, then on the clicks.

    Raises:
        TrainingError: There is no click to learn from, or the loss is not finite.
    """
    chosen, stream = job.settings.teacher, job.seeds.stream("teacher", number)
    keras.utils.set_random_seed(stream.library)
    rng, data = stream.rng(), job.data
    check_clicks(data.dataset.train)
    text = frozen_vectors(job, source)
    model = build_teacher(text, data.rows, data.topic_numbers, len(data.topics), chosen)
    learn_clicks(job, model, rng, f"teacher {number + 1} of {chosen.members}")
    return model


def learn_clicks(job: Job, model: ClickModel, rng: np.random.Generator, name: str) -> None:
    """Train what a model has that can be trained, in place: on the histories, then on the clicks.

    Args:
        job: Its log, and its settings of the teacher's training.
        model: Over the articles of the log.
        rng: Order of the examples.
        name: For the progress bars.

    Raises:
        TrainingError: There is no click to learn from, or the loss is not finite.
    """
    data, training, train = job.data, job.settings.teacher.training, job.data.dataset.source
    histories = HistoryBatches(train, training.history_length, training.history_negatives)
    with job.bar(f"{name}: histories", training.history_steps if len(histories) else 0) as step:
        train_on_histories(model, histories, training, rng, step)
    clicks = ClickBatches(train, data.published_s, training.history_length, training.click_negatives)
    with job.bar(f"{name}: clicks", click_steps(clicks, training)) as step:
        train_on_clicks(model, clicks, training, rng, step)


# The student


def student_data(job: Job, teacher: ClickModel) -> StudentData:
    """What students learn from.

    Args:
        job: Its log, and its settings of distillation and refit.
        teacher: Whose vectors and scores are learned.

    Raises:
        ConfigError: The teacher's scores have a weight or temperature that makes no loss.
    """
    check_scores(job.settings.student.refit)
    vectors = all_vectors(teacher)
    return StudentData(
        articles=job.data.texts.articles,
        rows=job.data.text_rows,
        targets=vectors[job.data.texts.origin],
        teacher=ScoreTeacher(teacher, vectors),
        train=job.data.source,
        published_s=job.data.published_s,
        distillation=job.settings.student.distillation,
        refit=job.settings.student.refit,
        seed=job.seeds.stream("distill").numbers,
        bar=job.bar,
    )


def learn_pieces(data: RunData, size: int) -> list[str]:
    """A vocabulary of so many word pieces, from the titles of the training days.

    Raises:
        ValueError: It has no room for the characters of the titles.
    """
    articles = data.texts.articles
    return learn_vocabulary([text_of(articles[row]) for row in data.text_rows], size)


def distill(
    load: Callable[[], StudentData],
    pieces: Sequence[str],
    token_ids: list[list[int]],
    topics: NDArray[np.int64],
    seeds: Seeds,
) -> Student:
    """A student that sees titles as the teacher does, and ranks as it does.

    Args:
        load: Gives `student_data`; its `distillation` has the sizes. Models that it builds draw from the same stream.
        pieces: From `learn_pieces`.
        token_ids: Of every text, in these pieces.
        topics: (num_texts,) topic numbers.
        seeds: Of this training.

    Raises:
        TrainingError: There is nothing to learn from, or the loss is not finite.
    """
    stream = seeds.stream("distill")
    keras.utils.set_random_seed(stream.library)
    return teach_student(load().seeded(stream), pieces, token_ids, topics)


def agreement(data: RunData, model: ClickModel, targets: NDArray[np.float32]) -> float:
    """Mean cosine of a student to the teacher on articles that distillation never saw, or on all if there are none.

    Args:
        data: Of the run.
        model: Of the student.
        targets: (num_texts, dim) the teacher's vectors.
    """
    every = np.flatnonzero(data.texts.has_text()).astype(np.int32)
    unseen = np.setdiff1d(every, data.text_rows)
    return round(teacher_agreement(all_vectors(model), targets, unseen if len(unseen) else every), 4)


# Compression


def compress(
    load: Callable[[], tuple[Student, StudentData]], steps: Sequence[CompressionStep], seeds: Seeds, first: int = 1
) -> Student:
    """A student after some steps of a recipe.

    Args:
        load: Gives a student, which keeps its weights, and `student_data`. Models that it builds draw from the stream
            of the first step.
        steps: In order, at least one.
        seeds: Of this training.
        first: Number of the first of the steps in its recipe, from 1; each step draws from a stream of its own.

    Raises:
        ConfigError: A number of a step is out of its range.
        CompressionError: A step does not fit the student.
        TrainingError: The loss is not finite.
    """
    for number, step in enumerate(steps, start=first):
        check_ranges(step, f"step {number} ({step.method})")
        stream = seeds.stream("compress", number)
        keras.utils.set_random_seed(stream.library)
        if number == first:
            student, data = load()
        student = step(student, data.seeded(stream))
    return student


# The bundle


def bundle_origin(job: Job) -> BundleOrigin:
    """What all bundles of a job have from it."""
    facts, data = job.data.dataset.facts, job.data
    provenance = Provenance(facts.name, facts.licence, data.languages, job.settings.seed)
    return BundleOrigin(data.topics, data.text_rows, job.history_length, provenance)


def export(
    job: Job,
    student: Student,
    bundle: Path,
    *,
    metrics: Mapping[str, Any],
    front: Front | None,
    card: str,
    analysed: bool,
) -> int:
    """Write a bundle, with what counts of popularity and co-clicks are worth beside the content.

    Args:
        job: Its training log is what the numbers beside the content are fitted to.
        student: From `compress`.
        bundle: Where it goes.
        metrics: Of the student on dev, for the manifest.
        front: Other sizes on dev, for the manifest; None: there is none.
        card: The model card, Markdown.
        analysed: Whether the bundle gets a topic head and word counts.

    Returns:
        How many articles have a row of co-clicks.
    """
    keras.utils.set_random_seed(job.seeds.stream("export").library)
    train, articles = job.data.clicks[0], job.data.texts.articles
    scores = score_impressions(student.model, train, job.data.published_s, job.history_length)
    ids = [article.article_id for article in articles]
    warm = fit_co_clicks(scores, train, ids, job.history_length, job.settings.co_clicks, job.seeds.plain)
    parts = BundleParts(
        metrics={"content": metrics},
        front=front,
        card=card,
        popularity=fit_popularity(scores, job.data.counts(is_dev=False), train),
        warm_articles=warm,
        open_probability=fit_open_probability(scores, train.clicked),
        analysed=[articles[row] for row in job.data.text_rows] if analysed else (),
    )
    export_bundle(student, bundle_origin(job), bundle, parts)
    return len(warm.hashes) if warm else 0
