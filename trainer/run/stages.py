"""The stages of a run, each from files to files in one folder: see `STAGES`. What they do is in `trainer.pipeline`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict, replace
from functools import cache, partial
from pathlib import Path

import numpy as np

from edge_runtime.model.front import FrontPoint
from trainer.compression.entries import settings_of
from trainer.data.dataset import Impressions
from trainer.data.json_facts import Json, to_json
from trainer.data.progress import Bar
from trainer.measure.compression import MeasuredStudent, measure_student
from trainer.measure.evaluation import BundleQuality
from trainer.measure.quality import Quality, measure, metrics_line, summary
from trainer.measure.run_report import measure_bundle
from trainer.measure.scores import score_impressions
from trainer.models.click_model import ClickModel
from trainer.pipeline import (
    Job,
    agreement,
    bundle_origin,
    compress,
    distill,
    export,
    frozen_vectors,
    learn_pieces,
    student_data,
    train_member,
)
from trainer.run.card import model_card
from trainer.run.facts import CompressFacts, ExportFacts, LeftStudent, StepFacts, StudentFacts, TeacherFacts
from trainer.run.model_files import load_student, load_teacher, save_student, save_teacher
from trainer.run.preparation import Preparation
from trainer.run.size_front import size_front
from trainer.run.sources import sources_key
from trainer.run.workspace import file_key, key_of
from trainer.settings.config import RunSettings
from trainer.student_steps.recipe import load_recipe
from trainer.student_steps.step import CompressionStep
from trainer.text_vectors import is_file_name, kinds_of, made_by, resolve_source
from trainer.training.student import Student, tokenize
from trainer.training.student_data import StudentData
from trainer.training.teacher import average

STAGES = ("prepare", "teacher", "distill", "compress", "export", "evaluate")
BUNDLE_FILE = "news.bundle"
REPORT_FILE = "run.json"
STEPS_FOLDER = "steps"  # what each step of the recipe left: student, bundle, scores


class Run(Preparation):
    """One run in one folder; a stage whose inputs have not changed since it was done is not done again."""

    def __init__(self, out: Path, settings: RunSettings, bar: Bar) -> None:
        """Open the folder.

        Args:
            out: See `Preparation`.
            settings: Likewise.
            bar: Likewise.

        Raises:
            ConfigError: The settings or the recipe are not in order; nothing is written then.
            TrainerError: The folder cannot be used.
        """
        self._recipe = load_recipe(settings.recipe)
        super().__init__(out, settings, bar)

    @property
    def job(self) -> Job:
        """What the pipeline is told."""
        vectors = Path(self.settings.vectors or self.out / "vectors")
        return Job(self.settings, self.data, vectors, self._bar)

    def _teacher_member(self, number: int, source: str, key: str) -> Path:
        """Train one member of the teacher, unless it is there."""
        path = self.out / f"teacher-{number}.npz"

        def work() -> Quality:
            model = train_member(self.job, source, number)
            save_teacher(path, model, self.data.topics)
            return self._measured(model, path.stem, self.dataset.dev)

        self._space.run(path.stem, key_of(key, number), path, Quality, work)
        return path

    def teacher(self) -> TeacherFacts:
        """Train the teacher's members on the histories, then on the clicks, and average them."""
        chosen = self.settings.teacher
        source = resolve_source(chosen.text_vectors, (self.data.main_language,))
        content = [file_key(Path(kind)) if is_file_name(kind) else made_by(kind) for kind in kinds_of(source)]
        earlier, code = self._space.key("prepare"), sources_key("teacher")
        key = key_of(earlier, asdict(chosen), content, self.settings.seed, self.settings.data.window, code)

        def work() -> TeacherFacts:
            for old in self.out.glob("scores-teacher*.npy"):
                old.unlink()
            paths = [self._teacher_member(number, source, key) for number in range(chosen.members)]
            text = frozen_vectors(self.job, source)
            model = average([load_teacher(path, text, self.data.topic_numbers) for path in paths])
            save_teacher(self.out / "teacher.npz", model, self.data.topics)
            return TeacherFacts(
                text_vectors=source,
                members=chosen.members,
                bytes=4 * model.count_params(),
                quality=self._measured(model, "teacher", self.dataset.dev),
            )

        return self._space.run("teacher", key, self.out / "teacher.npz", TeacherFacts, work)

    def distill(self) -> StudentFacts:
        """Learn a vocabulary and teach a student to see titles as the teacher does."""
        chosen = self.settings.student
        languages = self.data.languages if len(self.dataset.translations) else ()
        earlier, code = self._space.key("teacher"), sources_key("distill")
        key = key_of(earlier, asdict(chosen), languages, self.settings.seed, code)

        def work() -> StudentFacts:
            data, job = self.data, self.job
            # Loaded once, after the stream of chance has begun.
            dev, learned_from = data.clicks[1], cache(self.student_data)
            pieces = learn_pieces(data, chosen.distillation.vocabulary_size)
            token_ids = tokenize(pieces, data.texts.articles)
            student = distill(learned_from, pieces, token_ids, data.text_topics, job.seeds)
            save_student(self.out / "student.npz", student, data.topics)
            return StudentFacts(
                tokens=len(pieces),
                bytes=4 * student.model.count_params(),
                cosine_to_teacher=agreement(data, student.model, learned_from().targets),
                quality=self._measured(student.model, "student", dev),
            )

        return self._space.run("distill", key, self.out / "student.npz", StudentFacts, work)

    def compress(self) -> CompressFacts:
        """Take the student through its recipe; after every step the bundle that it would be is written and measured.

        Step files of a recipe that the folder had before are removed.
        """
        steps = self.out / STEPS_FOLDER
        steps.mkdir(exist_ok=True)
        path, parent = self.out / "student.npz", steps / "0-student.bundle"
        key = key_of(self._space.key("distill"), sources_key("compress"))

        def measured(student: Student, bundle: Path) -> MeasuredStudent:
            scores = None if bundle == parent else np.load(parent.with_suffix(".npy"))
            return measure_student(student, self.data, bundle_origin(self.job), bundle, scores)

        def dense() -> LeftStudent:
            return LeftStudent(measured=measured(self.load_student(path), parent))

        def after_step() -> LeftStudent:
            learned_from = cache(self.student_data)
            student = compress(lambda: (self.load_student(path), learned_from()), [step], self.job.seeds, first=number)
            save_student(result, student, self.data.topics)
            cosine = agreement(self.data, student.model, learned_from().targets)
            return LeftStudent(cosine_to_teacher=cosine, measured=measured(student, bundle))

        left = self._space.run("compress-0", key_of(key), parent, LeftStudent, dense)
        found, of_this_recipe = [StepFacts(step={"method": "student"}, left=left)], {parent.stem}
        for number, step in enumerate(self._recipe.steps, start=1):
            bundle = steps / f"{number}-{step.method}.bundle"
            result, chosen = bundle.with_suffix(".npz"), settings_of(step)
            key = key_of(key, chosen, self.settings.seed)
            left = self._space.run(f"compress-{number}", key, result, LeftStudent, after_step)
            found.append(StepFacts(step=chosen, left=left))
            path = result
            of_this_recipe.add(result.stem)
        for file in steps.iterdir():
            if file.stem not in of_this_recipe:
                file.unlink()

        def work() -> CompressFacts:
            student = self.load_student(path)
            save_student(self.out / "compressed.npz", student, self.data.topics)
            return CompressFacts(
                recipe=self.settings.recipe,
                tokens=len(student.pieces),
                hidden_units=student.model.article_encoder.hidden,
                left=replace(left, measured=replace(left.measured, weights=None)),
                steps=tuple(found),
            )

        return self._space.run("compress", key_of(key, "last"), self.out / "compressed.npz", CompressFacts, work)

    def try_steps(self, start: Path, steps: Sequence[CompressionStep], bundle: Path) -> Json:
        """Take a student of this run through some steps beside its recipe, and measure what comes out.

        Args:
            start: File of the student, such as `student.npz`.
            steps: In order; none measures the student itself.
            bundle: Where the bundle goes, its scores beside it.

        Returns:
            What `measure_student` finds, as JSON has it, compared with the student before compression.
        """
        student = self.load_student(start)
        for number, step in enumerate(steps, start=1):
            student = compress(partial(self._with_data, student), [step], self.job.seeds, first=number)
        parent = np.load(self.out / STEPS_FOLDER / "0-student.npy")
        found: Json = to_json(measure_student(student, self.data, bundle_origin(self.job), bundle, parent))
        return found

    def export(self, others: Sequence[FrontPoint] = ()) -> ExportFacts:
        """Write the bundle, with what counts of popularity and, if wanted, co-clicks are worth, and analysis.

        Args:
            others: Sizes that were measured beside this run, for the front that the bundle carries.
        """
        bundle = self.out / BUNDLE_FILE
        data, recipe = self.data, self._recipe
        earlier, code = self._space.key("compress"), sources_key("export")
        key = key_of(earlier, data.languages, asdict(self.settings.co_clicks), recipe.analysis, to_json(others), code)

        def work() -> ExportFacts:
            teacher = self._space.found("teacher", TeacherFacts)
            compressed = self._space.found("compress", CompressFacts)
            quality: Json = to_json(compressed.left.measured.quality)
            warm = export(
                self.job,
                self.load_student(self.out / "compressed.npz"),
                bundle,
                metrics={name: quality[name] for name in ("impressions", "auc", "ndcg10")},
                front=size_front(compressed.steps, self.settings.seed, others),
                card=model_card(self.settings, recipe, data, teacher, compressed),
                analysed=recipe.analysis,
            )
            size, packed = bundle.stat().st_size, len(gzip.compress(bundle.read_bytes(), 9, mtime=0))
            return ExportFacts(size, packed, warm)

        return self._space.run("export", key, bundle, ExportFacts, work)

    def evaluate(self) -> BundleQuality:
        """Measure the finished bundle on dev through the runtime, and write the report."""
        bundle, report = self.out / BUNDLE_FILE, self.out / REPORT_FILE
        key = key_of(self._space.key("export"), file_key(bundle), sources_key("evaluate"))

        def work() -> BundleQuality:
            return measure_bundle(bundle, self.data, self._bar)

        facts = self._space.run("evaluate", key, report, BundleQuality, work)
        stages = {stage: {"seconds": self._space.seconds(stage), **self._space.facts(stage)} for stage in STAGES}
        told = {"bundle": BUNDLE_FILE, "seed": self.settings.seed, **to_json(facts), "stages": stages}
        text = json.dumps(told, indent=1)
        report.write_text(text + "\n", "utf-8")
        self._space.log(f"bundle: {metrics_line(facts.quality)}")
        return facts

    def all(self) -> BundleQuality:
        """Run every stage in order; one that is up to date is not run again."""
        self.prepare()
        self.teacher()
        self.distill()
        self.compress()
        self.export()
        return self.evaluate()

    def table(self) -> list[tuple[str, int, float, float]]:
        """Name, bytes, AUC and nDCG@10 of teacher, student, each step and bundle, without and with counts."""
        teacher, student = self._space.found("teacher", TeacherFacts), self._space.found("distill", StudentFacts)
        steps = [(step.method, step.left.measured) for step in self._space.found("compress", CompressFacts).steps[1:]]
        size, found = self._space.found("export", ExportFacts).bytes, self._space.found("evaluate", BundleQuality)
        rows = [
            ("teacher (its text encoder apart)", teacher.bytes, teacher.quality),
            ("student, float32", student.bytes, student.quality),
            *((f"  {method}", left.bytes, left.quality) for method, left in steps),
            ("bundle", size, found.quality),
        ]
        if found.with_popularity:
            rows.append(("... with popularity", size, found.with_popularity.quality))
        return [(name, size, quality.auc.mean, quality.ndcg10.mean) for name, size, quality in rows]

    def load_student(self, path: Path) -> Student:
        """A student of this run, over all texts."""
        return load_student(path, self.data.texts.articles, self.data.text_topics)

    def student_data(self) -> StudentData:
        """What students learn from; the teacher is loaded anew."""
        text = frozen_vectors(self.job, self._space.found("teacher", TeacherFacts).text_vectors)
        return student_data(self.job, load_teacher(self.out / "teacher.npz", text, self.data.topic_numbers))

    def _with_data(self, student: Student) -> tuple[Student, StudentData]:
        return student, self.student_data()

    def _measured(self, model: ClickModel, name: str, dev: Impressions) -> Quality:
        scores = score_impressions(model, dev, self.data.published_s, self.settings.teacher.training.history_length)
        np.save(self.out / f"scores-{name}.npy", scores)
        return summary(measure(scores, dev))
