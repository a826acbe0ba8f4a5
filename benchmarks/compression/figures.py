"""What a finished study found: every variant's bytes and ranking, beside the float teacher and the dense student."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.compression.branches import BRANCHES, DENSE, Branch
from benchmarks.compression.study import BRANCHES_FILE, finished
from trainer.data.dataset import Impressions, load_dataset
from trainer.errors import ConfigError
from trainer.intervals import Interval
from trainer.measure.comparison import mean_over_seeds
from trainer.measure.metrics import paired_difference, summarize
from trainer.measure.quality import measure
from trainer.run.workspace import Workspace
from trainer.settings.recipes import recipe_names
from trainer.text_vectors.sizes import encoder_bytes

Metrics = dict[str, NDArray[np.float64]]

TEACHER = "teacher"


@dataclass(frozen=True, slots=True)
class Row:
    """One model, the mean of its seeds."""

    name: str
    title: str
    group: str  # front, or that of a branch
    size_bytes: float  # all that ranking needs: of the teacher its text encoders too
    seeds: tuple[float, ...]  # nDCG@10 of each
    auc: Interval
    ndcg10: Interval
    to_teacher: Interval | None  # difference in nDCG@10
    to_dense: Interval | None
    to_start: Interval | None  # of a branch: to the student that it starts from
    facts: dict[str, float]  # gzip_bytes, zeros as a share, encode_us, ...


@dataclass(frozen=True, slots=True)
class Figures:
    """All rows: the teacher, the dense student, the front by size, then the branches."""

    rows: tuple[Row, ...]
    impressions: int
    num_seeds: int

    def of(self, *groups: str) -> list[Row]:
        """Rows whose group is one of these, in the table's order."""
        return [row for row in self.rows if row.group in groups]

    def named(self, name: str) -> Row:
        """The row of a bundle or branch."""
        return next(row for row in self.rows if row.name == name)


def figures(out: Path, seeds: Sequence[int]) -> Figures:
    """Compute the figures of all recipes that have been finished for every seed, and of the branches from them.

    Raises:
        ConfigError: The teacher or the dense student is missing.
    """
    dense = finished(out, DENSE, seeds)
    if len(dense) < len(seeds):
        raise ConfigError(f"{out}: {DENSE} has not been finished for every seed; run the study without --only")
    dev = load_dataset(dense[0] / "dataset").dev
    teachers = [out / f"{TEACHER}-{seed}" for seed in seeds]
    teacher = _metrics([folder / "scores-teacher.npy" for folder in teachers], dev)
    student = _metrics([folder / "scores-bundle.npy" for folder in dense], dev)
    t_mean, s_mean = mean_over_seeds(teacher), mean_over_seeds(student)
    text = Workspace(teachers[0]).facts("teacher")
    behind = encoder_bytes(text["text_vectors"])

    def row(
        name: str, title: str, group: str, found: list[Metrics], facts: list[dict[str, Any]], start: Metrics | None
    ) -> Row:
        mean = mean_over_seeds(found)
        every = summarize(mean)
        names = [key for key in ("gzip_bytes", "encode_us", "rank_us", "parameters") if key in facts[0]]
        means = {key: float(np.mean([one[key] for one in facts])) for key in names}
        if "zeros" in facts[0]:
            means["zeros"] = float(np.mean([one["zeros"] / one["parameters"] for one in facts]))

        def against(other: Metrics | None) -> Interval | None:
            return None if other is None else paired_difference(mean, other)["ndcg10"]

        return Row(
            name=name,
            title=title,
            group=group,
            size_bytes=float(np.mean([one["bytes"] for one in facts])),
            seeds=tuple(float(np.nanmean(metrics["ndcg10"])) for metrics in found),
            auc=every["auc"],
            ndcg10=every["ndcg10"],
            to_teacher=None if name == TEACHER else against(t_mean),
            to_dense=None if name in (TEACHER, DENSE) else against(s_mean),
            to_start=against(start),
            facts=means,
        )

    whole = [{"bytes": text["bytes"] + (behind or 0)} for _ in seeds]
    rows = [row(TEACHER, "T: float teacher with its text encoders", TEACHER, teacher, whole, None)]
    for name in (DENSE, *recipe_names()):
        folders = finished(out, name, seeds)
        if len(folders) == len(seeds):
            facts = [{**Workspace(folder).facts("compress"), **Workspace(folder).facts("export")} for folder in folders]
            title = "S: dense student, 24,000 x 64 float32" if name == DENSE else f"{name[:-2]} {name[-2:]}"
            found = student if name == DENSE else _metrics([folder / "scores-bundle.npy" for folder in folders], dev)
            rows.append(row(name, title, DENSE if name == DENSE else "front", found, facts, None))
    for branch in BRANCHES:
        # It may have been taken with some of the seeds alone; both sides of its difference are of these.
        done = {
            folder: facts
            for folder in finished(out, branch.run, seeds)
            if (facts := _branches(folder).get(branch.name)) is not None
        }
        if done:
            paths = [folder / "branches" / f"{branch.name}.npy" for folder in done]
            start = mean_over_seeds(_metrics([_start(folder, branch) for folder in done], dev))
            rows.append(row(branch.name, branch.title, branch.group, _metrics(paths, dev), [*done.values()], start))
    return Figures(tuple(rows), int(dev.comparable().sum()), len(seeds))


def _metrics(paths: Sequence[Path], dev: Impressions) -> list[Metrics]:
    return [measure(np.load(path), dev) for path in paths]


def _branches(folder: Path) -> dict[str, Any]:
    path = folder / BRANCHES_FILE
    found: dict[str, Any] = json.loads(path.read_text("utf-8")) if path.exists() else {}
    return found


def _start(folder: Path, branch: Branch) -> Path:
    """Scores of the student that a branch starts from."""
    scores = sorted((folder / "steps").glob("*.npy"), key=lambda path: int(path.name.partition("-")[0]))
    return scores[0] if branch.start == "dense" else scores[-2]
