"""A news model that PyTorch trained becomes a bundle: its encoder as it is, its token table by our own steps.

User encoder and head are no part of the PyTorch program. On a click log they are fitted around the fixed encoder;
without one they keep the numbers from which every training here starts. Steps may change the table, which learns
through torch's own gradient; a step that would change the encoder is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import keras
import numpy as np

from edge_runtime import Article, NewsModel, read_bundle
from edge_runtime.model.article_text import text_of
from edge_runtime.model.news_model import unit_rows
from edge_runtime.model.token_table import TokenTable, float_rows, pooled
from edge_runtime.model.tokens import SubwordEncoder
from trainer.compression.entries import settings_of
from trainer.data.dataset import load_dataset
from trainer.data.json_facts import Json, to_json
from trainer.data.progress import Bar
from trainer.data.topics import topic_numbers
from trainer.errors import CompressionError, ConfigError
from trainer.export.bundle import BundleOrigin, BundleParts, Provenance, export_bundle
from trainer.export.golden import GOLDEN_TITLES
from trainer.export.token_files import Floats, read_token_files, read_topics
from trainer.export.torch_encoder import TORCH_KINDS, TorchEncoder, open_torch_encoder
from trainer.measure.compression import MeasuredStudent, measure_student
from trainer.models.click_model import ClickModel, Head
from trainer.models.encoders import UserEncoder, one_hot_topics
from trainer.models.imported_encoder import ImportedEncoder
from trainer.models.text_input import TokenTableInput, pad_tokens
from trainer.pipeline import Job, bundle_origin, compress, export, learn_clicks, student_data
from trainer.run.facts import LeftStudent, StepFacts
from trainer.run.folder_lock import alone_in
from trainer.run.preparation import read_log
from trainer.run.size_front import size_front
from trainer.run.stages import BUNDLE_FILE, STEPS_FOLDER
from trainer.settings.config import RunSettings
from trainer.student_steps.prune_vocabulary import PruneVocabulary
from trainer.student_steps.quantize import TABLE_BITS, Quantize, round_rows
from trainer.student_steps.recipe import load_recipe
from trainer.student_steps.step import CompressionStep
from trainer.training.learnable import check_learnable
from trainer.training.run_data import RunData
from trainer.training.student import Student, tokenize

IMPORT_FILE = "import.json"
USUAL_STEPS = (Quantize(table="int8", encoders="dynamic"),)  # without a recipe
COMPARED = 500  # texts


@dataclass(frozen=True, slots=True)
class TorchFiles:
    """What PyTorch left."""

    encoder: Path  # torch.export.save
    table: Path  # numpy.save, (num_tokens, token_dim)
    pieces: Path  # a piece a line
    topics: Path | None = None  # a topic a line; None: those of the log's articles


@dataclass(frozen=True, slots=True)
class Cosine:
    """How near vectors are to those that PyTorch gives."""

    mean: float
    least: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportFacts:
    """What an import writes down."""

    exported_by: str  # the torch that the program's file names; "" if none
    tokens: int  # before the steps
    topics: int
    dim: int
    encoder_bytes: Mapping[str, int]  # of the TFLite file, by kind
    encoder: str  # the kind in the bundle
    bytes: int  # of the bundle
    texts: int  # that were compared
    encoder_cosine: Cosine  # of the bundle's encoder, both over the bundle's table
    bundle_cosine: Cosine  # of the bundle, the other over the table as it came
    steps: tuple[Json, ...]
    before: MeasuredStudent | None = None  # float32 throughout, on the log's dev part; None without a log
    after: MeasuredStudent | None = None  # after the steps


def import_torch(files: TorchFiles, out: Path, settings: RunSettings, recipe: str | None, bar: Bar) -> ImportFacts:
    """Make a bundle of a PyTorch model, in a folder; its facts go into `IMPORT_FILE` there.

    Args:
        files: What PyTorch left.
        out: The folder; the bundle is `BUNDLE_FILE` in it.
        settings: Seed, and the click log; without lists to train on nothing is fitted.
        recipe: TOML file of steps that change the table; None: `USUAL_STEPS`.
        bar: Opens a progress bar.

    Raises:
        ExportError: A file of PyTorch is not what it should be, or the extra is missing.
        ConfigError: Steps that need a log without one, or topics that are not known.
        CompressionError: A step that would change the encoder.
        LogError: See `prepare`.
        TrainingError: See `learn_clicks`.
    """
    rows, pieces = read_token_files(files.table, files.pieces)
    has_log = bool(settings.data.train)
    steps = _checked_steps(recipe, has_log=has_log)
    encoder = open_torch_encoder(files.encoder, rows.shape[1])
    topics = read_topics(files.topics, encoder.num_topics) if files.topics else ()
    with alone_in(out):
        imported = _Imported(encoder, rows, pieces)
        facts = (imported.on_log if has_log else imported.alone)(topics, out, settings, steps, bar)
        (out / IMPORT_FILE).write_text(json.dumps(to_json(facts), indent=1) + "\n", "utf-8")
    return facts


def _checked_steps(recipe: str | None, *, has_log: bool) -> tuple[CompressionStep, ...]:
    if recipe is None:
        return USUAL_STEPS
    found = load_recipe(recipe)
    if found.student or found.analysis:
        raise ConfigError(f"{recipe}: sizes and analysis are not for an imported model; leave only steps")
    for number, step in enumerate(found.steps, start=1):
        where = f"{recipe}: step {number} ({step.method})"
        if not isinstance(step, PruneVocabulary | Quantize):
            raise CompressionError(
                f"{where} would change the article encoder, which was imported and stays as it is; possible are "
                f"{PruneVocabulary.method} and {Quantize.method}"
            )
        if isinstance(step, Quantize) and step.encoders not in TORCH_KINDS:
            raise CompressionError(
                f"{where}: encoders is {step.encoders!r}; an imported one is to be had as {' or '.join(TORCH_KINDS)}"
            )
        if not has_log and not (isinstance(step, Quantize) and step.table in TABLE_BITS):
            raise ConfigError(f"{where} needs titles and clicks to learn from; give a click log")
    return found.steps


@dataclass(frozen=True)
class _Imported:
    """An opened encoder with its table: a student, over whatever articles it is to read."""

    encoder: TorchEncoder
    rows: Floats  # (num_tokens, token_dim)
    pieces: list[str]
    files: Mapping[str, bytes] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "files", self.encoder.tflite())

    def alone(
        self, topics: Sequence[str], out: Path, settings: RunSettings, steps: Sequence[CompressionStep], bar: Bar
    ) -> ImportFacts:
        """The bundle without a log."""
        topics = self._checked_topics(topics or ("",), "name them in a file of topics, or give a click log")
        articles = [Article(article_id=str(number), title=title) for number, title in enumerate(GOLDEN_TITLES)]
        student, bundle = self._student(articles, topics), out / BUNDLE_FILE
        for step in steps:
            if isinstance(step, Quantize):
                student = round_rows(student, step.table, step.encoders)
        languages = settings.data.languages or (settings.data.original_language,)
        provenance = Provenance(settings.data.name, settings.data.licence, languages, settings.seed)
        history_length = settings.teacher.training.history_length
        origin = BundleOrigin(topics, np.arange(len(articles), dtype=np.int32), history_length, provenance)
        with bar("write the bundle", 1) as progress:
            export_bundle(student, origin, bundle, BundleParts(card=self._card(student, "no click log", steps)))
            progress(1)
        return self._facts(student, bundle, articles, topics, steps)

    def on_log(
        self, topics: Sequence[str], out: Path, settings: RunSettings, steps: Sequence[CompressionStep], bar: Bar
    ) -> ImportFacts:
        """The bundle with user encoder and head fitted to a log, measured on its dev part."""
        read_log(settings.data, out / "dataset", bar)
        data = RunData(load_dataset(out / "dataset", settings.data.window), settings.data.languages, topics)
        self._checked_topics(data.topics, f"the log's are {', '.join(data.topics[1:])}: name them in a file of topics")
        check_learnable(data)
        job, articles = Job(settings, data, out / "vectors", bar), data.texts.articles
        stream = job.seeds.stream("import")
        keras.utils.set_random_seed(stream.library)
        student = self._student(articles, data.topics)
        student.model.text.trainable = False
        learn_clicks(job, student.model, stream.rng(), "imported")
        student.model.text.trainable = True
        folder = out / STEPS_FOLDER
        folder.mkdir(exist_ok=True)
        origin, first, last = bundle_origin(job), folder / "0-imported.bundle", folder / "1-compressed.bundle"
        before = measure_student(student, data, origin, first, None)
        learned_from, start = cache(lambda: student_data(job, student.model)), student.copy()
        student = compress(lambda: (start, learned_from()), steps, job.seeds)
        after = measure_student(student, data, origin, last, np.load(first.with_suffix(".npy")))
        quality: Json = to_json(after.quality)
        card = self._card(student, f"{data.dataset.facts.name}. Licence: {data.dataset.facts.licence}", steps)
        metrics = {name: quality[name] for name in ("impressions", "auc", "ndcg10")}
        measured = [
            StepFacts(step={"method": name}, left=LeftStudent(measured=found))
            for name, found in (("imported", before), ("compressed", after))
        ]
        front = size_front(measured, job.settings.seed)
        export(job, student, out / BUNDLE_FILE, metrics=metrics, front=front, card=card, analysed=False)
        compared = [articles[row] for row in data.text_rows[:COMPARED]]
        return self._facts(student, out / BUNDLE_FILE, compared, data.topics, steps, before, after)

    def _student(self, articles: Sequence[Article], topics: Sequence[str]) -> Student:
        encoder = self.encoder
        model = ClickModel(
            TokenTableInput(self.rows, pad_tokens(tokenize(self.pieces, articles))),
            ImportedEncoder(
                encoder.token_dim,
                encoder.dim,
                encoder.num_topics,
                self.files,
                encoder.vectors,
                encoder.pooled_gradient,
            ),
            UserEncoder(encoder.dim, 0),
            Head(encoder.num_topics, encoder.dim),
            topic_numbers(articles, topics),
            dropout=0.0,
        )
        return Student(list(self.pieces), model)

    def _checked_topics(self, topics: Sequence[str], mend: str) -> Sequence[str]:
        if len(topics) != self.encoder.num_topics:
            raise ConfigError(
                f"{self.encoder.path}: takes {self.encoder.num_topics} topic columns, the first for an unknown topic, "
                f"and {len(topics)} are known here; {mend}"
            )
        return topics

    def _card(self, student: Student, data: str, steps: Sequence[CompressionStep]) -> str:
        return (
            "# Model card\n\n"
            f"**Model.** Article encoder and token table of PyTorch {self.encoder.torch_version}, imported: "
            f"{len(student.pieces):,} word pieces. Steps: {', '.join(step.method for step in steps)}.\n\n"
            f"**Data** of user encoder and head: {data}.\n"
        )

    def _facts(
        self,
        student: Student,
        bundle: Path,
        articles: Sequence[Article],
        topics: Sequence[str],
        steps: Sequence[CompressionStep],
        before: MeasuredStudent | None = None,
        after: MeasuredStudent | None = None,
    ) -> ImportFacts:
        read = read_bundle(bundle)
        ours = NewsModel(read).encode(articles)
        one_hot = one_hot_topics(topic_numbers(articles, topics), len(topics))
        same = self._original(read.token_table, read.pieces, articles, one_hot)
        unrounded = self._original(float_rows(self.rows, 32), self.pieces, articles, one_hot)
        return ImportFacts(
            exported_by=self.encoder.torch_version,
            tokens=len(self.pieces),
            topics=len(topics),
            dim=self.encoder.dim,
            encoder_bytes={kind: len(file) for kind, file in self.files.items()},
            encoder=student.stored.encoders,
            bytes=bundle.stat().st_size,
            texts=len(articles),
            encoder_cosine=_cosine(ours, same),
            bundle_cosine=_cosine(ours, unrounded),
            steps=tuple(settings_of(step) for step in steps),
            before=before,
            after=after,
        )

    def _original(
        self, table: TokenTable, pieces: Sequence[str], articles: Sequence[Article], one_hot: Floats
    ) -> Floats:
        read = SubwordEncoder(pieces)
        texts = np.stack([pooled(table, read.encode(text_of(article))) for article in articles])
        return unit_rows(self.encoder.vectors(texts, one_hot))


def _cosine(ours: Floats, theirs: Floats) -> Cosine:
    found = np.sum(ours * theirs, axis=1)
    return Cosine(round(float(found.mean()), 5), round(float(found.min()), 5))
