"""The figures of all that is finished: intervals, paired differences, calibration, variety, cost.

What is measured of an impression is averaged over the seeds first, as in `trainer.measure.comparison`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.quality.tables import Cost, Figures, LanguageRow, Mix, Row
from benchmarks.quality.variants import BASE, ONE_MEMBER, Variant, text_kinds
from trainer.baselines.suite import BASELINES
from trainer.data.dataset import ClickDataset, Impressions, Ragged, load_dataset
from trainer.data.texts import student_texts
from trainer.measure.comparison import Comparison, compare, mean_over_seeds
from trainer.measure.metrics import Floats, paired_difference, summarize
from trainer.measure.quality import history_groups, measure
from trainer.measure.score_files import read_scores
from trainer.measure.variety import article_topics
from trainer.settings.config import RunSettings
from trainer.text_vectors import text_vectors
from trainer.text_vectors.sizes import ENCODER_PARAMETERS

DATA = "data"  # the job that reads the log
TEACHER = "teacher"
FLOAT_BYTES = 4
SHOWN_METRICS = ("auc", "ndcg10")
# Beside popularity itself: ties between equal shares are broken by click rates.
COUNTS = ("popularity", "decayed-popularity", "category-affinity", "logistic-popularity", "boosting-popularity")
CONTRASTED = (TEACHER, "nrms", "popularity")  # with the base, in calibration and variety

Metrics = dict[str, Floats]  # of every impression


def vectors_job(kind: str) -> str:
    """The name of the job that makes one kind of text vectors."""
    return f"vectors-{Path(kind).name}"


def figures(
    out: Path,
    settings: RunSettings,
    known: Sequence[Variant],
    seeds: Sequence[int],
    done: Mapping[str, dict[str, Any]],
) -> Figures:
    """Compute everything that can be.

    Args:
        out: The study's folder.
        settings: Of the base.
        known: All variants.
        seeds: All seeds.
        done: What each finished job gave.
    """
    return _Study(out, settings, known, seeds, done).figures()


@dataclass
class _Study:
    out: Path
    settings: RunSettings
    known: Sequence[Variant]
    seeds: Sequence[int]
    done: Mapping[str, dict[str, Any]]
    _log: _Log = field(init=False)

    def __post_init__(self) -> None:
        data = self.settings.data
        languages = data.languages or (data.original_language,)
        self._log = _open_log(load_dataset(self.out / DATA / "dataset"), languages)

    def figures(self) -> Figures:
        log, sizes = self._log, [variant for variant in self.known if variant.group == "size"]
        base = self._metrics(self._bundle_scores(BASE))
        rows = [
            *self._baseline_rows(base, uses_counts=False),
            *self._stage_rows(base),
            *self._variant_rows(sizes, base),
            *self._baseline_rows(base, uses_counts=True),
        ]
        ours = {group: [v for v in self.known if v.group == group] for group in ("teacher", "student")}
        reference = self._scores(ONE_MEMBER, "scores-teacher.npy", log.of_all)
        return Figures(
            train_impressions=len(log.data.train),
            dev_impressions=int((~np.isnan(base[0]["auc"])).sum()),
            articles=len(log.data.articles),
            history_impressions={
                name: int((group & ~np.isnan(base[0]["auc"])).sum()) for name, group in log.history_groups.items()
            },
            seeds=len(self._finished(BASE)),
            rows=tuple(rows),
            teachers=tuple(self._variant_rows(ours["teacher"], self._metrics(reference))) if reference else (),
            students=tuple(self._variant_rows([v for v in self.known if v.name == BASE or v in ours["student"]], base)),
            with_counts=tuple([*self._popularity_rows(sizes), *self._baseline_rows(base, uses_counts=True)]),
            languages=tuple(self._language_rows()),
            mixes=tuple(self._mixes()),
            costs=tuple(self._costs()),
        )

    def _finished(self, name: str) -> list[int]:
        return [seed for seed in self.seeds if f"{name}-{seed}" in self.done]

    def _facts(self, name: str) -> list[dict[str, Any]]:
        return [self.done[f"{name}-{seed}"]["facts"] for seed in self._finished(name)]

    def _scores(self, name: str, file: str, read: Callable[[Path], Floats]) -> list[Floats]:
        """Scores of each finished seed of a variant."""
        return [read(self.out / f"{name}-{seed}" / file) for seed in self._finished(name)]

    def _bundle_scores(self, name: str) -> list[Floats]:
        return self._scores(name, "scores-bundle.npy", self._log.of_readable)

    def _baseline_scores(self, name: str) -> list[Floats]:
        return [self._log.of_all(self.out / "baselines" / f"{name}-{seed}.npy") for seed in self._finished(name)]

    def _metrics(self, scores: Sequence[Floats]) -> list[Metrics]:
        return [_shown_metrics(one, self._log.dev) for one in scores]

    def _row(
        self, name: str, title: str, group: str, found: list[Metrics], reference: list[Metrics], **facts: Any
    ) -> Row:
        mean = mean_over_seeds(found)
        groups = {name: summarize({"auc": mean["auc"][rows]})["auc"] for name, rows in self._log.history_groups.items()}
        return Row(
            name=name,
            title=title,
            group=group,
            metrics=summarize(mean),
            difference=paired_difference(mean, mean_over_seeds(reference)),
            seed_auc=tuple(float(np.nanmean(metrics["auc"])) for metrics in found),
            by_history={name: interval for name, interval in groups.items() if not np.isnan(interval.mean)},
            **facts,
        )

    def _variant_rows(self, chosen: Sequence[Variant], reference: list[Metrics]) -> list[Row]:
        rows = []
        for variant in chosen:
            facts = self._facts(variant.name)
            if not facts:
                continue
            is_teacher = variant.group == "teacher"
            read = self._log.of_all if is_teacher else self._log.of_readable
            found = self._metrics(self._scores(variant.name, variant.scores, read))
            cost = _teacher_cost(facts) if is_teacher else _bundle_cost(facts)
            rows.append(self._row(variant.name, variant.title, variant.group, found, reference, **cost))
        return rows

    def _stage_rows(self, base: list[Metrics]) -> list[Row]:
        """The base before it was a bundle: teacher and student."""
        facts, log = self._facts(BASE), self._log
        members = self.settings.teacher.members
        teacher = self._metrics(self._scores(BASE, "scores-teacher.npy", log.of_all))
        cost = {**_teacher_cost(facts), "size_bytes": self._teacher_bytes(facts)}
        title = f"teacher, mean of {members}" if members > 1 else "teacher"
        rows = [self._row(TEACHER, title, "teacher model", teacher, base, **cost)]
        found = self._metrics(self._scores(BASE, "scores-student.npy", log.of_readable))
        size, seconds = (
            _mean(facts, "distill", "bytes"),
            sum(_mean(facts, each, "seconds") for each in _UNTIL["distill"]),
        )
        cost = {"size_bytes": size, "parameters": size / FLOAT_BYTES, "training_s": seconds}
        rows.append(self._row("student", "student before compression, float32", "stage", found, base, **cost))
        return rows

    def _teacher_bytes(self, facts: list[dict[str, Any]]) -> float | None:
        """With the networks and tables behind its text vectors, where their size is known."""
        kinds = text_kinds(self.settings)
        if not all(kind in ENCODER_PARAMETERS for kind in kinds):
            return None
        return _mean(facts, "teacher", "bytes") + FLOAT_BYTES * sum(ENCODER_PARAMETERS[kind] for kind in kinds)

    def _baseline_rows(self, base: list[Metrics], *, uses_counts: bool) -> list[Row]:
        rows = []
        for name in BASELINES:
            facts = self._facts(name)
            if not facts or (name in COUNTS) != uses_counts:
                continue
            found = self._metrics(self._baseline_scores(name))
            cost = {
                key: float(np.mean([one[key] for one in facts])) for key in ("size_bytes", "parameters", "training_s")
            }
            rows.append(self._row(name, facts[0]["title"], "baseline", found, base, uses_counts=uses_counts, **cost))
        return rows

    def _popularity_rows(self, sizes: Sequence[Variant]) -> list[Row]:
        rows = []
        for variant in sizes:
            facts, file = self._facts(variant.name), "scores-bundle-popularity.npy"
            folders = [self.out / f"{variant.name}-{seed}" for seed in self._finished(variant.name)]
            if not folders or not all((folder / file).exists() for folder in folders):
                continue
            found = self._metrics(self._scores(variant.name, file, self._log.of_readable))
            alone = self._metrics(self._bundle_scores(variant.name))
            cost = _bundle_cost(facts)
            rows.append(self._row(variant.name, variant.title, "size", found, alone, uses_counts=True, **cost))
        return rows

    def _language_rows(self) -> list[LanguageRow]:
        original = self.settings.data.original_language
        rows = []

        def add(title: str, titles: str, name: str, scores: list[Floats], dev: Impressions, base: list[Floats]) -> None:
            ours, theirs = (mean_over_seeds([_shown_metrics(one, dev) for one in side]) for side in (scores, base))
            counted = int((~np.isnan(ours["auc"])).sum())
            size = _mean(self._facts(name), "export", "bytes")
            difference = None if name == BASE else paired_difference(ours, theirs)
            rows.append(LanguageRow(title, titles, counted, size, summarize(ours), difference))

        base_title = f"reads {original}"
        for variant in self.known:
            if variant.group != "language" or not self._finished(variant.name):
                continue
            language = variant.change(self.settings).data.languages[-1]
            dev = self._log.data.dev.restricted(self._log.data.has_text(language))
            if any(f"{BASE}-on-{language}-{seed}" not in self.done for seed in self._finished(BASE)):
                continue
            read = partial(read_scores, impressions=dev)
            base = self._scores(BASE, f"scores-on-{language}.npy", read)
            is_alone = len(variant.change(self.settings).data.languages) == 1
            file = "scores-bundle.npy" if is_alone else f"scores-bundle-{language}.npy"
            scores = self._scores(variant.name, file, read)
            if is_alone:
                add(base_title, original, BASE, base, dev, base)
            else:
                every = self._bundle_scores(BASE)
                add(base_title, original, BASE, every, self._log.dev, every)
                both = self._bundle_scores(variant.name)
                add(variant.title, original, variant.name, both, self._log.dev, every)
            add(variant.title, language, variant.name, scores, dev, base)
        return rows

    def _mixes(self) -> list[Mix]:
        base = self._bundle_scores(BASE)
        others = {
            TEACHER: ("teacher", self._scores(BASE, "scores-teacher.npy", self._log.of_all)),
            "nrms": ("NRMS", self._baseline_scores("nrms")),
            "popularity": ("popularity", self._baseline_scores("popularity")),
        }
        title = next(variant.title for variant in self.known if variant.name == BASE)
        topics = article_topics(self._log.data.articles)
        vectors = self._independent_vectors()
        mixes: list[Mix] = []
        for name, (other, scores) in others.items():
            if not scores:
                continue
            found = compare(base, scores, self._log.dev, topics, vectors)
            if not mixes:
                mixes.append(_mix_of_base(title, found))
            mixes.append(
                Mix(
                    name=name,
                    title=other,
                    error=found.calibration.b,
                    error_difference=found.calibration.difference,
                    lists={measure: one.b for measure, one in found.lists.items()},
                    list_differences={measure: one.difference for measure, one in found.lists.items()},
                    exposure={measure: one.b for measure, one in found.exposure.items()},
                    bins=found.calibration.bins_b,
                )
            )
        return mixes

    def _independent_vectors(self) -> NDArray[np.float32] | None:
        """Of a kind that the base was not trained with: it would judge itself."""
        if "lsa" in text_kinds(self.settings):
            return None
        return text_vectors("lsa", self._log.data.articles, self.out / "vectors", self.seeds[0], lambda done: None)

    def _costs(self) -> list[Cost]:
        facts = self._facts(BASE)
        peak = max(self.done[f"{BASE}-{seed}"]["peak_mib"] for seed in self._finished(BASE))
        steps = [("read the log", DATA)]
        steps += [(f"text vectors: {Path(kind).name}", vectors_job(kind)) for kind in text_kinds(self.settings)]
        costs = [
            Cost(step, self.done[job]["seconds"], self.done[job]["peak_mib"]) for step, job in steps if job in self.done
        ]
        stages = [Cost(stage, _mean(facts, stage, "seconds"), None) for stage in _UNTIL["evaluate"]]
        return [*costs, *stages, Cost("these stages together", sum(cost.seconds for cost in stages), peak)]


_UNTIL = {  # the stages that make a thing, without reading the log
    "distill": ("teacher", "distill"),
    "export": ("teacher", "distill", "compress", "export"),
    "evaluate": ("teacher", "distill", "compress", "export", "evaluate"),
}


@dataclass(frozen=True)
class _Log:
    """The dev part that all models are measured on: lists of what has text in the base's languages."""

    data: ClickDataset
    dev: Impressions
    places: NDArray[np.int64]  # of its shown articles among those of `data.dev`

    @property
    def history_groups(self) -> dict[str, NDArray[np.bool_]]:
        return history_groups(self.dev.history.lengths())

    def of_all(self, path: Path) -> Floats:
        """Scores of a model that reads every article."""
        return read_scores(path, self.data.dev)[self.places]

    def of_readable(self, path: Path) -> Floats:
        """Scores of a model that reads the lists of `dev` alone."""
        return read_scores(path, self.dev)


def _shown_metrics(scores: Floats, dev: Impressions) -> Metrics:
    found = measure(scores, dev)
    return {name: found[name] for name in SHOWN_METRICS}


def _open_log(data: ClickDataset, languages: Sequence[str]) -> _Log:
    dev = data.dev
    every = np.arange(len(dev.clicked))
    if not len(data.translations):
        return _Log(data, dev, every)
    texts = student_texts(data, languages)
    has_text = texts.has_text()
    # What becomes of the lists when the places in them stand for the articles.
    nothing = Ragged(np.zeros(0, np.int32), np.zeros(len(dev) + 1, np.int64))
    numbered = Ragged(every.astype(np.int32), dev.candidates.offsets)
    places = dataclasses.replace(dev, candidates=numbered, history=nothing).restricted(has_text[dev.candidates.values])
    return _Log(data, texts.readable(dev), places.candidates.values.astype(np.int64))


def _mix_of_base(title: str, found: Comparison) -> Mix:
    return Mix(
        name=BASE,
        title=title,
        error=found.calibration.a,
        error_difference=None,
        lists={measure: one.a for measure, one in found.lists.items()},
        list_differences={},
        exposure={measure: one.a for measure, one in found.exposure.items()},
        bins=found.calibration.bins_a,
    )


def _mean(facts: Sequence[dict[str, Any]], stage: str, name: str) -> float:
    return float(np.mean([one[stage][name] for one in facts]))


def _teacher_cost(facts: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "parameters": _mean(facts, "teacher", "bytes") / FLOAT_BYTES,
        "training_s": _mean(facts, "teacher", "seconds"),
    }


def _bundle_cost(facts: list[dict[str, Any]]) -> dict[str, float]:
    return {
        "size_bytes": _mean(facts, "export", "bytes"),
        "parameters": _mean(facts, "compress", "parameters"),
        "training_s": sum(_mean(facts, stage, "seconds") for stage in _UNTIL["export"]),
    }
