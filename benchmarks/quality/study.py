"""The study: what has to be done in which order, done once, and kept whatever stops it."""

from __future__ import annotations

import dataclasses
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.quality.figures import DATA, figures, vectors_job
from benchmarks.quality.jobs import Apart, Work, encode_texts, run_apart, score_readable, train, train_baseline
from benchmarks.quality.page import fill_page
from benchmarks.quality.variants import BASE, ONE_MEMBER, Variant, check_variant, text_kinds, variants
from trainer.baselines.suite import BASELINES
from trainer.errors import ConfigError, LogError
from trainer.run.workspace import file_key, key_of
from trainer.settings.config import RunSettings

RESULTS_FILE = "results.json"
FIGURES_FILE = "figures.json"
SEEDED_BASELINES = ("random", "boosting", "boosting-popularity", "nrms", "naml")  # the others draw nothing

Say = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work, and what it takes for its result to be good still."""

    name: str
    serves: tuple[str, ...]  # the variants and baselines that it is done for
    inputs: Any  # all that the result depends on
    needs: tuple[str, ...]  # jobs that come first
    result: Path  # the file or folder that it leaves
    work: Work
    arguments: tuple[Any, ...]

    @property
    def key(self) -> str:
        """Changes with anything that the job reads."""
        return key_of(self.inputs)


class Results:
    """What the jobs gave, in one file that is written anew after each."""

    def __init__(self, path: Path) -> None:
        """Open or begin the file.

        Raises:
            ConfigError: It cannot be read.
        """
        self._path = path
        try:
            self._entries: dict[str, dict[str, Any]] = json.loads(path.read_text("utf-8")) if path.exists() else {}
        except (OSError, ValueError) as error:
            raise ConfigError(f"{path}: cannot be read ({error}); delete it, or give another --out") from error

    def has(self, job: Job) -> bool:
        """Whether a job was done with the same inputs and its result is there."""
        return self._entries.get(job.name, {}).get("key") == job.key and job.result.exists()

    def keep(self, job: Job, **found: Any) -> None:
        """Note that a job is done, with what it found; the file is replaced as a whole."""
        self._entries[job.name] = {"key": job.key, **found}
        partial = self._path.with_suffix(".partial")
        partial.write_text(json.dumps(self._entries, indent=1) + "\n", "utf-8")
        os.replace(partial, self._path)

    def entry(self, name: str) -> dict[str, Any]:
        """What a job gave: `facts`, `seconds` and `peak_mib`."""
        return self._entries[name]


def run_study(
    out: Path,
    settings: RunSettings,
    seeds: Sequence[int],
    only: Sequence[str],
    page: Path | None,
    say: Say = lambda line: print(line, flush=True),
    apart: Apart = run_apart,
) -> int:
    """Do what is not done yet, then compute the figures of all that is.

    Args:
        out: The folder for everything.
        settings: Of the base; the variants are changes of it.
        seeds: With which everything is trained.
        only: Names of variants and baselines; what they are compared with is done as well. Empty: all.
        page: Whose tables are filled; None: none.
        say: Takes the lines that tell what goes on.
        apart: Does a piece of work; see `run_apart`.

    Returns:
        0, or 1 if a job failed; the others are done nevertheless.

    Raises:
        TrainerError: A name or setting is wrong, or a file cannot be read; nothing has been done then.
    """
    known = variants(settings)
    chosen = _chosen(known, only)
    for variant in known:
        if variant.name in chosen:
            check_variant(variant, settings)
    if not seeds:
        raise ConfigError("--seeds: give 1 at least, better 3")
    out.mkdir(parents=True, exist_ok=True)
    every = study_jobs(out, settings, known, seeds)
    wanted = [job for job in every if chosen.intersection(job.serves)]
    results = Results(out / RESULTS_FILE)
    failed = _do(wanted, results, out, say, apart)
    done = {job.name for job in every if results.has(job)}
    if any(f"{BASE}-{seed}" in done for seed in seeds):
        say("figures: intervals, differences, calibration, variety")
        found = figures(out, settings, known, seeds, {name: results.entry(name) for name in done})
        (out / FIGURES_FILE).write_text(json.dumps(dataclasses.asdict(found), indent=1) + "\n", "utf-8")
        if page:
            fill_page(page, found)
            say(f"filled {page} and the pictures beside it")
    else:
        say(f"no figures: {BASE}, which all is compared with, has not been finished")
    for name, reason in failed.items():
        say(f"failed: {name}: {reason}")
    return 1 if failed else 0


def study_jobs(out: Path, settings: RunSettings, known: Sequence[Variant], seeds: Sequence[int]) -> list[Job]:
    """Every job in an order in which it can be done: what others need first, then one seed after another."""
    contents = _contents(settings)
    first = dataclasses.replace(settings, seed=seeds[0])
    log: Any = [dataclasses.asdict(settings.data), contents]
    data, vectors = out / DATA, out / "vectors"
    text = text_kinds(first)[0]
    serves = tuple([*(variant.name for variant in known), *BASELINES])
    arguments: tuple[Any, ...] = (data, None, "", vectors, first, "prepare")
    jobs = [Job(DATA, serves, log, (), data / "dataset", train, arguments)]
    readers: dict[str, list[str]] = {}  # of each kind of text vectors
    for variant in known:
        for kind in text_kinds(variant.change(first)):
            readers.setdefault(kind, []).append(variant.name)
    for kind, names in readers.items():
        arguments = (kind, data / "dataset", vectors, seeds[0])
        jobs.append(Job(vectors_job(kind), tuple(names), [log, kind], (DATA,), vectors, encode_texts, arguments))
    for seed in seeds:
        for variant in sorted(known, key=lambda variant: variant.start is not None):  # whose teacher others use: first
            changed = dataclasses.replace(variant.change(settings), seed=seed)
            folder = out / f"{variant.name}-{seed}"
            start, shared = (out / f"{variant.start}-{seed}", "teacher") if variant.start else (data, "prepare")
            arguments = (folder, start, shared, vectors, changed, variant.until)
            inputs: Any = [dataclasses.asdict(changed), contents]
            result = folder / variant.scores
            jobs.append(Job(folder.name, (variant.name,), inputs, (start.name,), result, train, arguments))
            languages = changed.data.languages
            if variant.group == "language" and len(languages) == 1:
                jobs.append(_job_of_original(out, settings, languages[0], seed, contents))
        for name in BASELINES:
            if seed == seeds[0] or name in SEEDED_BASELINES:
                scores = out / "baselines" / f"{name}-{seed}.npy"
                arguments = (name, data / "dataset", text, vectors, seed, scores)
                inputs = [log, name, text, seed]
                jobs.append(Job(f"{name}-{seed}", (name,), inputs, (DATA,), scores, train_baseline, arguments))
    return jobs


def _job_of_original(out: Path, settings: RunSettings, language: str, seed: int, contents: Any) -> Job:
    """The base on the lists that the bundle of another language can read."""
    run = out / f"{BASE}-{seed}"
    scores = run / f"scores-on-{language}.npy"
    inputs = [dataclasses.asdict(settings), seed, language, contents]
    arguments = (run, settings.data.languages or (settings.data.original_language,), language, scores)
    return Job(f"{BASE}-on-{language}-{seed}", (language,), inputs, (run.name,), scores, score_readable, arguments)


def _do(jobs: Sequence[Job], results: Results, out: Path, say: Say, apart: Apart) -> dict[str, str]:
    """Do what is not done; the names of what failed, with the reasons."""
    failed: dict[str, str] = {}
    for number, job in enumerate(jobs, start=1):
        if results.has(job):
            continue
        missing = next((name for name in job.needs if name in failed), None)
        if missing:
            failed[job.name] = f"needs {missing}, which failed"
            continue
        say(f"[{number} of {len(jobs)}] {job.name}")
        outcome = apart(job.work, *job.arguments)
        if outcome.facts is None:
            errors = out / "errors"
            errors.mkdir(exist_ok=True)
            (errors / f"{job.name}.txt").write_text(outcome.error, "utf-8")
            failed[job.name] = outcome.error.strip().splitlines()[-1] + f" (see {errors / job.name}.txt)"
            say(f"    failed: {failed[job.name]}")
            continue
        results.keep(job, seconds=outcome.seconds, peak_mib=outcome.peak_mib, facts=outcome.facts)
        say(f"    done in {outcome.seconds:.0f} s, {outcome.peak_mib:.0f} MiB")
    return failed


def _chosen(known: Sequence[Variant], only: Sequence[str]) -> set[str]:
    """Names of all that is to be done: what was asked for, and what it starts from or is compared with."""
    by_name = {variant.name: variant for variant in known}
    for name in only:
        if name not in by_name and name not in BASELINES:
            raise ConfigError(
                f"--only {name}: no such variant or baseline; there are {', '.join([*by_name, *BASELINES])}"
            )
    chosen = {BASE, *(only or [*by_name, *BASELINES])}
    for name in list(chosen & by_name.keys()):
        variant = by_name[name]
        chosen |= {variant.start or BASE} | ({ONE_MEMBER} if variant.group == "teacher" else set())
    return chosen


def _contents(settings: RunSettings) -> list[str]:
    """Hashes of all files of the log."""
    data = settings.data
    if not data.articles or not data.train:
        raise LogError("give the files of the log: --articles and --train")
    translations = [path for _, _, path in (given.partition("=") for given in data.translations)]
    return [file_key(Path(path)) for path in (*data.articles, *data.train, *data.dev, *translations)]
