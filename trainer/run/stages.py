"""The stages of a run, each from files to files in one folder: see `STAGES`. What they do is in `trainer.pipeline`."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from trainer.compression.recipe import load_recipe, step_facts
from trainer.compression.step import CompressionStep
from trainer.data.dataset import ClickDataset, Impressions, load_dataset
from trainer.data.prepare import files_read
from trainer.data.progress import Bar
from trainer.measure.compression import measure_student
from trainer.measure.quality import measure, metrics_line, summary
from trainer.measure.run_report import measure_bundle
from trainer.measure.scores import score_impressions
from trainer.models.click_model import ClickModel
from trainer.pipeline import (
    Job,
    agreement,
    bundle_origin,
    check_teacher,
    compress,
    distill,
    export,
    frozen_vectors,
    learn_pieces,
    log_files,
    read_log,
    student_data,
    train_member,
)
from trainer.run.card import model_card
from trainer.run.model_files import load_student, load_teacher, save_student, save_teacher
from trainer.run.sources import sources_key
from trainer.run.workspace import Workspace, file_key, key_of
from trainer.settings.config import RunSettings, save_settings
from trainer.text_vectors import made_by, resolve_source
from trainer.training.run_data import RunData
from trainer.training.student import Student, tokenize
from trainer.training.student_data import StudentData
from trainer.training.teacher import average

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

    @property
    def job(self) -> Job:
        """What the pipeline is told."""
        return Job(self.settings, self.data, self.out / "vectors", self._bar)

    def prepare(self) -> dict[str, Any]:
        """Read the log."""
        data, files = self.settings.data, log_files(self.settings.data)
        contents = [[file_key(path) for path in paths] for paths in files_read(files)]
        spoken = [data.original_language, *(language for language, _ in files.translations)]
        code = sources_key("prepare")
        key = key_of(contents, data.dev_share, data.max_bad_share, data.name, data.licence, spoken, code)
        dataset = self.out / "dataset"
        facts = self._space.run("prepare", key, dataset, lambda: read_log(data, dataset, self._bar))
        self.__dict__.pop("data", None)
        return facts

    def _teacher_member(self, number: int, source: str, key: str) -> Path:
        """Train one member of the teacher, unless it is there."""
        path = self.out / f"teacher-{number}.npz"

        def work() -> dict[str, Any]:
            model = train_member(self.job, source, number)
            save_teacher(path, model, self.data.topics)
            return self._measured(model, path.stem, self.dataset.dev, {})

        self._space.run(path.stem, key_of(key, number), path, work)
        return path

    def teacher(self) -> dict[str, Any]:
        """Train the teacher's members on the histories, then on the clicks, and average them."""
        chosen = self.settings.teacher
        source = resolve_source(chosen.text_vectors, (self.data.main_language,))
        content = [file_key(Path(kind)) if kind.endswith(".npy") else made_by(kind) for kind in source.split("+")]
        earlier, code = self._space.key("prepare"), sources_key("teacher")
        key = key_of(earlier, asdict(chosen), content, self.settings.seed, code)

        def work() -> dict[str, Any]:
            check_teacher(chosen)
            for old in self.out.glob("scores-teacher*.npy"):
                old.unlink()
            paths = [self._teacher_member(number, source, key) for number in range(chosen.members)]
            text = frozen_vectors(self.job, source)
            model = average([load_teacher(path, text, self.data.topic_numbers) for path in paths])
            save_teacher(self.out / "teacher.npz", model, self.data.topics)
            facts = {"text_vectors": source, "members": chosen.members, "bytes": 4 * model.count_params()}
            return self._measured(model, "teacher", self.dataset.dev, facts)

        return self._space.run("teacher", key, self.out / "teacher.npz", work)

    def distill(self) -> dict[str, Any]:
        """Learn a vocabulary and teach a student to see titles as the teacher does."""
        chosen = self.settings.student
        languages = self.settings.data.languages if len(self.dataset.translations) else ()
        earlier, code = self._space.key("teacher"), sources_key("distill")
        key = key_of(earlier, asdict(chosen), languages, self.settings.seed, code)

        def work() -> dict[str, Any]:
            data, job = self.data, self.job
            dev, learned_from = data.clicks[1], cache(self.student_data)
            pieces = learn_pieces(data, chosen.distillation.vocabulary_size)
            token_ids = tokenize(pieces, data.texts.articles)
            student = distill(learned_from, pieces, token_ids, data.text_topics, job.seeds)
            save_student(self.out / "student.npz", student, data.topics)
            model, cosine = student.model, agreement(data, student.model, learned_from().targets)
            facts = {"tokens": len(pieces), "bytes": 4 * model.count_params(), "cosine_to_teacher": cosine}
            return self._measured(model, "student", dev, facts)

        return self._space.run("distill", key, self.out / "student.npz", work)

    def compress(self) -> dict[str, Any]:
        """Take the student through its recipe; after every step the bundle that it would be is written and measured.

        Step files of a recipe that the folder had before are removed.
        """
        steps = self.out / STEPS_FOLDER
        steps.mkdir(exist_ok=True)
        path, parent = self.out / "student.npz", steps / "0-student.bundle"
        key = key_of(self._space.key("distill"), sources_key("compress"))

        def measured(student: Student, bundle: Path) -> dict[str, Any]:
            scores = None if bundle == parent else np.load(parent.with_suffix(".npy"))
            return measure_student(student, self.data, bundle_origin(self.job), bundle, scores)

        def step_work() -> dict[str, Any]:
            learned_from = cache(self.student_data)
            student = compress(lambda: (self.load_student(path), learned_from()), [step], self.job.seeds, first=number)
            save_student(result, student, self.data.topics)
            cosine = agreement(self.data, student.model, learned_from().targets)
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
            student = compress(partial(self._with_data, student), [step], self.job.seeds, first=number)
        parent = np.load(self.out / STEPS_FOLDER / "0-student.npy")
        return measure_student(student, self.data, bundle_origin(self.job), bundle, parent)

    def export(self) -> dict[str, Any]:
        """Write the bundle, with what counts of popularity and, if wanted, co-clicks are worth, and analysis."""
        bundle = self.out / BUNDLE_FILE
        data, recipe = self.settings.data, self._recipe
        earlier, code = self._space.key("compress"), sources_key("export")
        key = key_of(earlier, data.languages, asdict(self.settings.co_clicks), recipe.analysis, code)

        def work() -> dict[str, Any]:
            compressed, teacher = self._space.facts("compress"), self._space.facts("teacher")
            warm = export(
                self.job,
                self.load_student(self.out / "compressed.npz"),
                bundle,
                metrics={name: compressed[name] for name in ("impressions", "auc", "ndcg10")},
                card=model_card(self.settings, recipe, self.dataset.facts, teacher, compressed),
                analysed=recipe.analysis,
            )
            size, packed = bundle.stat().st_size, len(gzip.compress(bundle.read_bytes(), 9, mtime=0))
            return {"bytes": size, "gzip_bytes": packed, "warm_articles": warm}

        return self._space.run("export", key, bundle, work)

    def evaluate(self) -> dict[str, Any]:
        """Measure the finished bundle on dev through the runtime, and write the report."""
        bundle, report = self.out / BUNDLE_FILE, self.out / REPORT_FILE
        key = key_of(self._space.key("export"), file_key(bundle), sources_key("evaluate"))
        facts = self._space.run("evaluate", key, report, lambda: measure_bundle(bundle, self.data, self._bar))
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

    def load_student(self, path: Path) -> Student:
        """A student of this run, over all texts."""
        return load_student(path, self.data.texts.articles, self.data.text_topics)

    def student_data(self) -> StudentData:
        """What students learn from; the teacher is loaded anew."""
        text = frozen_vectors(self.job, str(self._space.facts("teacher")["text_vectors"]))
        return student_data(self.job, load_teacher(self.out / "teacher.npz", text, self.data.topic_numbers))

    def _with_data(self, student: Student) -> tuple[Student, StudentData]:
        return student, self.student_data()

    def _measured(self, model: ClickModel, name: str, dev: Impressions, facts: dict[str, Any]) -> dict[str, Any]:
        scores = score_impressions(model, dev, self.data.published_s, self.settings.teacher.training.history_length)
        np.save(self.out / f"scores-{name}.npy", scores)
        return {**facts, **summary(measure(scores, dev))}
