"""The stages of a run, each from files to files in one folder: see `STAGES`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cached_property
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.article_text import text_of
from trainer.compression.recipe import load_recipe, step_facts
from trainer.compression.step import CompressionStep
from trainer.data.batches import ClickBatches, HistoryBatches
from trainer.data.dataset import ClickDataset, Impressions, load_dataset
from trainer.data.popularity import causal_counts
from trainer.data.prepare import LogFiles, prepare
from trainer.data.progress import Bar
from trainer.data.vocabulary import learn_vocabulary
from trainer.errors import ConfigError
from trainer.export.bundle import Provenance, export_bundle
from trainer.fits.co_click_fit import fit_co_clicks
from trainer.fits.open_probability import fit_open_probability
from trainer.fits.popularity import fit_popularity
from trainer.measure.compression import measure_student
from trainer.measure.evaluation import (
    measure,
    metrics_line,
    summary,
)
from trainer.measure.run_report import measure_bundle
from trainer.measure.scores import all_vectors, score_impressions
from trainer.models.click_model import ClickModel
from trainer.models.text_input import FrozenVectors
from trainer.run.card import model_card
from trainer.run.model_files import load_student, load_teacher, save_student, save_teacher
from trainer.run.workspace import Workspace, file_key, key_of
from trainer.settings.config import RunSettings, save_settings
from trainer.text_vectors import made_by, resolve_source, text_vectors
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
from trainer.training.student import Student, tokenize
from trainer.training.student_data import StudentData
from trainer.training.teach import teach_student
from trainer.training.teacher import average, build_teacher

STAGES = ("prepare", "teacher", "distill", "compress", "export", "evaluate")
BUNDLE_FILE = "news.bundle"
REPORT_FILE = "run.json"
SETTINGS_FILE = "settings.json"
STEPS_FOLDER = "steps"  # what each step of the recipe left: student, bundle, scores


class Run:
    """One run in one folder; a stage whose inputs have not changed since it was done is not done again."""

    def __init__(self, out: Path, settings: RunSettings, bar: Bar) -> None:
        """Open the folder.

        Args:
            out: Where all files go.
            settings: Of all stages; kept in settings.json, so that single stages can be run later.
            bar: Opens a progress bar.

        Raises:
            ConfigError: The recipe is not in order; nothing is written then.
            TrainerError: The folder cannot be used.
        """
        self.out, self.settings, self._bar = out, settings, bar
        self._recipe = load_recipe(settings.recipe)
        self._space = Workspace(out)
        save_settings(settings, out / SETTINGS_FILE)

    @property
    def dataset(self) -> ClickDataset:
        """What `prepare` wrote."""
        return self.data.dataset

    @cached_property
    def data(self) -> RunData:
        """The log as all stages see it."""
        return RunData(load_dataset(self.out / "dataset"), self.settings.data.languages)

    def prepare(self) -> dict[str, Any]:
        """Read the log."""
        data = self.settings.data
        articles, train, dev = (tuple(map(Path, paths)) for paths in (data.articles, data.train, data.dev))
        files = LogFiles(
            articles,
            train,
            dev,
            dev_share=data.dev_share,
            max_bad_share=data.max_bad_share,
            translations=tuple(_language_and_path(given) for given in data.translations),
            original_language=data.original_language,
        )
        # EB-NeRD keeps the histories in a file of their own beside the log.
        beside = [path.with_name("history.parquet") for path in (*files.train, *files.dev) if path.suffix == ".parquet"]
        translations = [path for _, path in files.translations]
        every = (files.articles, files.train, files.dev, [path for path in beside if path.is_file()], translations)
        contents = [[file_key(path) for path in paths] for paths in every]
        spoken = [data.original_language, *(language for language, _ in files.translations)]
        key = key_of(contents, data.dev_share, data.max_bad_share, data.name, data.licence, spoken)

        def work() -> dict[str, Any]:
            with self._bar("read the log", 0) as step:
                return prepare(files, self.out / "dataset", data.name, data.licence, step)

        facts = self._space.run("prepare", key, self.out / "dataset", work)
        self.__dict__.pop("data", None)
        return facts

    def _teacher_member(self, number: int, source: str, key: str) -> Path:
        """Train one member of the teacher, unless it is there."""
        chosen, path = self.settings.teacher, self.out / f"teacher-{number}.npz"
        name = f"teacher {number + 1} of {chosen.members}"

        def work() -> dict[str, Any]:
            rng = self._seeded(1, number)
            training, train = chosen.training, self.dataset.train
            check_clicks(train)
            text = self._frozen_vectors(source)
            model = build_teacher(text, self.data.rows, self.data.topic_numbers, len(self.data.topics), chosen)
            histories = HistoryBatches(train, training.history_length, training.history_negatives)
            with self._bar(f"{name}: histories", training.history_steps if len(histories) else 0) as step:
                train_on_histories(model, histories, training, rng, step)
            clicks = ClickBatches(train, self.data.published_s, training.history_length, training.click_negatives)
            with self._bar(f"{name}: clicks", click_steps(clicks, training)) as step:
                train_on_clicks(model, clicks, training, rng, step)
            save_teacher(path, model, self.data.topics)
            return self._measured(model, path.stem, self.dataset.dev, {})

        self._space.run(path.stem, key_of(key, number), path, work)
        return path

    def teacher(self) -> dict[str, Any]:
        """Train the teacher's members on the histories, then on the clicks, and average them."""
        chosen = self.settings.teacher
        source = resolve_source(chosen.text_vectors, (self.data.main_language,))
        content = [file_key(Path(kind)) if kind.endswith(".npy") else made_by(kind) for kind in source.split("+")]
        key = key_of(self._space.key("prepare"), asdict(chosen), content, self.settings.seed)

        def work() -> dict[str, Any]:
            if chosen.members < 1:
                raise ConfigError(f"teacher: members is {chosen.members}, but at least one has to be trained")
            if chosen.members > 1 and (chosen.hidden or chosen.user_hidden):
                raise ConfigError(
                    "teacher: hidden layers start differently in each member, so that the mean of several is no model; "
                    "set members = 1, or hidden and user_hidden = 0"
                )
            for old in self.out.glob("scores-teacher*.npy"):
                old.unlink()
            paths = [self._teacher_member(number, source, key) for number in range(chosen.members)]
            text = self._frozen_vectors(source)
            model = average([load_teacher(path, text, self.data.topic_numbers) for path in paths])
            save_teacher(self.out / "teacher.npz", model, self.data.topics)
            facts = {"text_vectors": source, "members": chosen.members, "bytes": 4 * model.count_params()}
            return self._measured(model, "teacher", self.dataset.dev, facts)

        return self._space.run("teacher", key, self.out / "teacher.npz", work)

    def distill(self) -> dict[str, Any]:
        """Learn a vocabulary and teach a student to see titles as the teacher does."""
        chosen = self.settings.student
        languages = self.settings.data.languages if len(self.dataset.translations) else ()
        key = key_of(self._space.key("teacher"), asdict(chosen), languages, self.settings.seed)

        def work() -> dict[str, Any]:
            rng = self._seeded(2)
            dev = self.data.clicks[1]
            check_scores(chosen.refit)
            articles, rows = self.data.texts.articles, self.data.text_rows
            pieces = learn_vocabulary([text_of(articles[row]) for row in rows], chosen.distillation.vocabulary_size)
            learned_from = self.compression_data((self.settings.seed, 2))
            student = teach_student(learned_from, pieces, tokenize(pieces, articles), self.data.text_topics, rng)
            save_student(self.out / "student.npz", student, self.data.topics)
            model, agreement = student.model, self._agreement(student.model, learned_from.targets)
            facts = {"tokens": len(pieces), "bytes": 4 * model.count_params(), "cosine_to_teacher": agreement}
            return self._measured(model, "student", dev, facts)

        return self._space.run("distill", key, self.out / "student.npz", work)

    def compress(self) -> dict[str, Any]:
        """Take the student through its recipe; after every step the bundle that it would be is written and measured.

        Step files of a recipe that the folder had before are removed.
        """
        history_length = self.settings.teacher.training.history_length
        steps = self.out / STEPS_FOLDER
        steps.mkdir(exist_ok=True)
        key, path, parent = self._space.key("distill"), self.out / "student.npz", steps / "0-student.bundle"

        def measured(student: Student, bundle: Path) -> dict[str, Any]:
            scores = None if bundle == parent else np.load(parent.with_suffix(".npy"))
            return measure_student(student, self.data, history_length, self.provenance, bundle, scores)

        def step_work() -> dict[str, Any]:
            seed = (self.settings.seed, 3, number)
            self._seeded(3, number)
            before, learned_from = self.load_student(path), self.compression_data(seed)
            student = step(before, learned_from)
            save_student(result, student, self.data.topics)
            cosine = self._agreement(student.model, learned_from.targets)
            return {"cosine_to_teacher": cosine, **measured(student, bundle)}

        dense = self._space.run("compress-0", key_of(key), parent, lambda: measured(self.load_student(path), parent))
        found, of_this_recipe = [{"step": {"method": "student"}, **dense}], {parent.stem}
        for number, step in enumerate(self._recipe.steps, start=1):
            bundle = steps / f"{number}-{step.method}.bundle"
            result, chosen = bundle.with_suffix(".npz"), step_facts(step)
            key = key_of(key, chosen, self.settings.seed)
            found.append({"step": chosen, **self._space.run(f"compress-{number}", key, result, step_work)})
            path = result
            of_this_recipe.add(result.stem)
        for file in steps.iterdir():
            if file.stem not in of_this_recipe:
                file.unlink()

        def work() -> dict[str, Any]:
            student = self.load_student(path)
            save_student(self.out / "compressed.npz", student, self.data.topics)
            last = {name: fact for name, fact in found[-1].items() if name not in ("step", "weights")}
            kept = {"tokens": len(student.pieces), "hidden_units": student.model.article_encoder.hidden}
            return {"recipe": self.settings.recipe, **kept, **last, "steps": found}

        return self._space.run("compress", key_of(key, "last"), self.out / "compressed.npz", work)

    def try_steps(self, start: Path, steps: Sequence[CompressionStep], bundle: Path) -> dict[str, Any]:
        """Take a student of this run through some steps beside its recipe, and measure what comes out.

        Args:
            start: File of the student, such as `student.npz`.
            steps: In order; none measures the student itself.
            bundle: Where the bundle goes, its scores beside it.

        Returns:
            What `measure_student` gives, compared with the student before compression.
        """
        student = self.load_student(start)
        for number, step in enumerate(steps, start=1):
            self._seeded(3, number)
            student = step(student, self.compression_data((self.settings.seed, 3, number)))
        parent = np.load(self.out / STEPS_FOLDER / "0-student.npy")
        history_length = self.settings.teacher.training.history_length
        return measure_student(student, self.data, history_length, self.provenance, bundle, parent)

    def export(self) -> dict[str, Any]:
        """Write the bundle, with what counts of popularity and, if wanted, co-clicks are worth, and analysis."""
        bundle = self.out / BUNDLE_FILE
        chosen = self.settings.co_clicks
        recipe = self._recipe
        key = key_of(self._space.key("compress"), self.settings.data.languages, asdict(chosen), recipe.analysis)

        def work() -> dict[str, Any]:
            self._seeded(4)
            student = self.load_student(self.out / "compressed.npz")
            floats = self._space.facts("compress")
            metrics = {name: floats[name] for name in ("impressions", "auc", "ndcg10")}
            history_length = self.settings.teacher.training.history_length
            train, articles = self.data.clicks[0], self.data.texts.articles
            scores = score_impressions(student.model, train, self.data.published_s, history_length)
            popularity = fit_popularity(scores, causal_counts(train), train)
            ids = [article.article_id for article in articles]
            warm = fit_co_clicks(scores, train, ids, history_length, chosen, self.settings.seed)
            export_bundle(
                student,
                popularity,
                self.data.topics,
                self.data.text_rows,
                history_length,
                self.provenance,
                {"content": metrics},
                model_card(
                    self.settings,
                    recipe,
                    self.dataset.facts,
                    self._space.facts("teacher"),
                    floats,
                ),
                bundle,
                warm,
                fit_open_probability(scores, train.clicked),
                [articles[row] for row in self.data.text_rows] if recipe.analysis else (),
            )
            return {
                "bytes": bundle.stat().st_size,
                "gzip_bytes": len(gzip.compress(bundle.read_bytes(), 9, mtime=0)),
                "warm_articles": len(warm.hashes) if warm else 0,
            }

        return self._space.run("export", key, bundle, work)

    def evaluate(self) -> dict[str, Any]:
        """Measure the finished bundle on dev through the runtime, and write the report."""
        report = self.out / REPORT_FILE
        key = key_of(self._space.key("export"), file_key(self.out / BUNDLE_FILE))

        def work() -> dict[str, Any]:
            return measure_bundle(self.out / BUNDLE_FILE, self.data, self._bar)

        facts = self._space.run("evaluate", key, report, work)
        stages = {stage: {"seconds": self._space.seconds(stage), **self._space.facts(stage)} for stage in STAGES}
        text = json.dumps({"bundle": BUNDLE_FILE, "seed": self.settings.seed, **facts, "stages": stages}, indent=1)
        report.write_text(text + "\n", "utf-8")
        self._space.log(f"bundle: {metrics_line(facts)}")
        return facts

    def all(self) -> dict[str, Any]:
        """Every stage in order."""
        for stage in STAGES:
            facts: dict[str, Any] = getattr(self, stage)()
        return facts

    def table(self) -> list[tuple[str, int, float, float]]:
        """Name, bytes, AUC and nDCG@10 of teacher, student, each step and bundle, without and with counts."""
        rows = []
        names = {
            "teacher": "teacher (its text encoder apart)",
            "distill": "student, float32",
            "evaluate": "bundle",
        }
        for stage, name in names.items():
            facts = self._space.facts(stage)
            size = self._space.facts("export")["bytes"] if stage == "evaluate" else facts["bytes"]
            rows.append((name, size, facts["auc"]["mean"], facts["ndcg10"]["mean"]))
            if stage == "distill":
                for step in self._space.facts("compress")["steps"][1:]:
                    means = step["auc"]["mean"], step["ndcg10"]["mean"]
                    rows.append(("  " + step["step"]["method"], step["bytes"], *means))
        if popular := self._space.facts("evaluate").get("with_popularity"):
            rows.append(("... with popularity", size, popular["auc"]["mean"], popular["ndcg10"]["mean"]))
        return rows

    def _seeded(self, stage: int, member: int = 0) -> np.random.Generator:
        """Seeds Keras and NumPy, a different stream for each stage and member of the teacher."""
        keras.utils.set_random_seed(self.settings.seed * 1000 + member * 10 + stage)
        return np.random.default_rng([self.settings.seed, stage, member])

    def _frozen_vectors(self, source: str) -> FrozenVectors:
        articles, kinds = self.dataset.articles, []
        for kind in source.split("+"):
            with self._bar(f"text vectors: {Path(kind).name}", len(articles)) as step:
                kinds.append(text_vectors(kind, articles, self.out / "vectors", self.settings.seed, step))
        return FrozenVectors(kinds, self.data.rows)

    def _score_teacher(self) -> ScoreTeacher:
        text = self._frozen_vectors(str(self._space.facts("teacher")["text_vectors"]))
        model = load_teacher(self.out / "teacher.npz", text, self.data.topic_numbers)
        return ScoreTeacher(model, all_vectors(model))

    def load_student(self, path: Path) -> Student:
        """A student of this run, over all texts."""
        return load_student(path, self.data.texts.articles, self.data.text_topics)

    @property
    def provenance(self) -> Provenance:
        """What a bundle of this run says of where it comes from."""
        data = self.dataset.facts
        return Provenance(data["name"], data["licence"], self.settings.data.languages, self.settings.seed)

    def compression_data(self, seed: tuple[int, ...]) -> StudentData:
        """What students learn from; the teacher is loaded anew.

        Args:
            seed: Of what is going to learn.
        """
        teacher = self._score_teacher()
        return StudentData(
            articles=self.data.texts.articles,
            rows=self.data.text_rows,
            targets=teacher.vectors[self.data.texts.origin],
            teacher=teacher,
            train=self.data.clicks[0],
            published_s=self.data.published_s,
            distillation=self.settings.student.distillation,
            refit=self.settings.student.refit,
            seed=seed,
            bar=self._bar,
        )

    def _agreement(self, model: ClickModel, targets: NDArray[np.float32]) -> float:
        """Mean cosine to the teacher on articles that distillation never saw, or on all if there are none."""
        every = np.flatnonzero(self.data.texts.has_text()).astype(np.int32)
        unseen = np.setdiff1d(every, self.data.text_rows)
        return round(teacher_agreement(all_vectors(model), targets, unseen if len(unseen) else every), 4)

    def _measured(self, model: ClickModel, name: str, dev: Impressions, facts: dict[str, Any]) -> dict[str, Any]:
        scores = score_impressions(model, dev, self.data.published_s, self.settings.teacher.training.history_length)
        np.save(self.out / f"scores-{name}.npy", scores)
        return {**facts, **summary(measure(scores, dev))}


def _language_and_path(given: str) -> tuple[str, Path]:
    language, mark, path = given.partition("=")
    if not mark or not path:
        raise ConfigError(f"translations: {given!r} is not of the form language=FILE, such as zh=titles_zh.tsv")
    return language, Path(path)
