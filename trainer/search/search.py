"""The search: candidates trained briefly, the best of them in full, the winner through the stages of a run.

All is judged on dev, as everywhere in the trainer. The best of many candidates is partly the luckiest: a winner's
figures on dev are optimistic, and only a later log tells what it is worth.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from enum import Enum, auto
from pathlib import Path

import optuna

from edge_runtime import EdgeError
from edge_runtime.model.front import FrontPoint
from trainer.data.json_facts import to_json
from trainer.data.progress import Bar
from trainer.errors import CompressionError, TrainerError, TrainingError
from trainer.intervals import Interval
from trainer.measure.latency import measure_latency
from trainer.run.size_front import size_point
from trainer.run.sources import sources_key
from trainer.run.stages import BUNDLE_FILE, Run
from trainer.run.workspace import Workspace, key_of
from trainer.search.budgets import Budget, BudgetError
from trainer.search.candidates import Task, train_apart
from trainer.search.finals import FINALISTS, Final
from trainer.search.front import FRONT_FILE, Point, on_front, write_front
from trainer.search.size_bound import SizeBound, measure_bound
from trainer.search.space import SEARCHED, VOCABULARIES, describe, known_methods, propose
from trainer.search.study import BUNDLES, SHORT, Study, brief_name, full_name, note_halfway, note_training
from trainer.search.targets import PiCounter
from trainer.search.workshop import CandidateFacts, Workshop
from trainer.settings.config import DistillationSettings, RunSettings, with_recipe
from trainer.student_steps.recipe import Recipe, recipe_from, recipe_text

JOURNAL = "search.journal"
RECIPE_FILE = "recipe.toml"
FULL_TIME = 1 / 3  # of the time, kept for full training
SLACK = 0.01  # nDCG@10 by which a candidate may lag halfway; seeds move it by a third of that
MOST_REFUSED = 300  # candidates in a row, before the search stops looking for one that fits


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search; trials and minutes count what earlier calls of the same search did."""

    trials: int | None = None  # candidates of short training
    minutes: float | None = None  # in all; the candidate that is under way then is still finished
    most_broken: int = 5  # candidates in a row, before what breaks them is taken to be no accident


class Outcome(Enum):
    """What became of a candidate."""

    MEASURED = auto()
    REFUSED = auto()  # before its training
    LEFT_OFF = auto()  # in its training
    BROKEN = auto()


class RecipeSearch:
    """One search in one folder, which is a run's folder too: prepared data and teacher are the run's."""

    def __init__(
        self,
        out: Path,
        settings: RunSettings,
        budget: Budget,
        effort: Effort,
        counter: PiCounter | None,
        bar: Bar,
        say: Callable[[str], object],
        now: Callable[[], float],
    ) -> None:
        """Open the folder.

        Args:
            out: Where all files go.
            settings: Of the run; architecture and recipe in it are not used.
            budget: What the bundle has to meet.
            effort: How long to search.
            counter: Counts instructions, if the target is a Pi.
            bar: Opens a progress bar.
            say: Told one line about each candidate.
            now: Seconds of any clock that only goes on.

        Raises:
            BudgetError: The budget cannot be one.
        """
        budget.check()
        self._budget, self._effort, self._bar, self._say, self._now = budget, effort, bar, say, now
        self._began, self._spent = now(), 0.0
        self._out, self._settings = out, without_architecture(settings)
        self._run = Run(out, self._settings, bar)
        self._encode = None
        if counter or budget.max_encode_us is not None:
            self._encode = "encode_instructions" if counter else "encode_us"
        self._workshop = Workshop(self._run, counter)
        self._code = sources_key("search")
        self._broken: set[int] = set()  # candidates whose full training failed

    def all(self) -> Point:
        """Search, train in full, and export the winner.

        Returns:
            The winner, as it lies in news.bundle.

        Raises:
            BudgetError: No candidate meets the budget, or none can: a bundle that is there is left alone.
            TrainerError: See the stages of a run.
        """
        self._run.prepare()
        bound = self._size_bound()
        self._run.teacher()
        state = Workspace(self._out)
        self._teacher = {name: state.facts("teacher")[name] for name in ("ndcg10", "auc")}
        student, languages = asdict(self._settings.student), self._run.data.languages
        parts = state.key("teacher"), student, languages, SHORT, known_methods(), self._encode, self._code
        self._study = Study(self._out / JOURNAL, key_of(*parts), self._settings.seed, self._encode)
        self._spent = self._study.seconds()
        self._explore(bound)
        self._train_finalists()
        return self._export()

    def _size_bound(self) -> SizeBound:
        """Refuses a budget that no candidate can meet, before the teacher is trained."""
        workshop, pieces = self._workshop, self._smallest_vocabulary()
        origin, bundle = workshop.origin(self._settings.seed), self._out / BUNDLES / "smallest.bundle"
        dim = self._settings.teacher.dim

        def work() -> SizeBound:
            return measure_bound(workshop.data, dim, origin, pieces, bundle)

        key = key_of(
            Workspace(self._out).key("prepare"), dim, origin.history_length, asdict(origin.provenance), self._code
        )
        bound = Workspace(bundle.parent).run("bound", key, bundle, SizeBound, work)
        least, most = bound.smallest(pieces), self._budget.max_bytes
        if most is not None and least > most:
            raise BudgetError(
                f"--max-bytes {most:,}: the smallest bundle that can be proposed has at least {least:,} bytes, "
                f"{bound.fixed_bytes:,} of them for manifest, user encoder and head with {len(workshop.data.topics)} "
                f"topics; allow at least {least:,}"
            )
        return bound

    def _smallest_vocabulary(self) -> list[str]:
        """The pieces of the smallest vocabulary that has room for the characters of the titles."""
        for size in VOCABULARIES[:-1]:
            try:
                return self._workshop.pieces(size)
            except ValueError:
                continue
        return self._workshop.pieces(VOCABULARIES[-1])

    def _explore(self, bound: SizeBound) -> None:
        """Candidates of short training, until time or number is used up."""
        refused = broken = 0
        most = math.inf if self._effort.trials is None else self._effort.trials
        while self._left(1 - FULL_TIME) > 0 and self._study.num_trained() < most:
            outcome, line = self._candidate(bound)
            refused = refused + 1 if outcome is Outcome.REFUSED else 0
            if outcome is not Outcome.REFUSED:
                broken = broken + 1 if outcome is Outcome.BROKEN else 0
                self._say(f"{line}; {self._standing()}")
            if broken == self._effort.most_broken:
                raise TrainingError(f"{broken} candidates in a row failed, the last one: {line}")
            if refused == MOST_REFUSED:
                self._say(f"{MOST_REFUSED} proposals in a row were too large: the search for more ends here")
                break

    def _candidate(self, bound: SizeBound) -> tuple[Outcome, str]:
        """Propose, train briefly and measure the next candidate; what became of it, and a line about it."""
        begin, trial = self._now(), self._study.ask()
        recipe, name, seed = propose(trial), brief_name(trial.number), self._settings.seed
        line = f"{name}: {describe(recipe)}"
        outcome = Outcome.REFUSED
        try:
            least = self._check_size(recipe, bound)
            note_training(trial, recipe)
            outcome = Outcome.LEFT_OFF
            facts = self._trained(recipe, seed, SHORT, name, lambda ndcg: self._check_halfway(trial, ndcg, least))
        except (optuna.TrialPruned, CompressionError) as reason:
            self._study.leave(trial, str(reason), self._now() - begin)
            return outcome, f"{line}: left off: {reason}"
        except (TrainerError, EdgeError, ValueError) as error:
            self._study.leave(trial, str(error), self._now() - begin, failed=True)
            return Outcome.BROKEN, f"{line}: failed: {error}"
        self._study.complete(trial, to_json(facts), self._now() - begin)
        self._write_front()
        return Outcome.MEASURED, f"{line}: {_figures(facts)}"

    def _check_size(self, recipe: Recipe, bound: SizeBound) -> int:
        least = bound.of(recipe, self._workshop.pieces(recipe.student["vocabulary_size"]))
        if self._budget.max_bytes is not None and least > self._budget.max_bytes:
            raise optuna.TrialPruned(f"at least {least:,} bytes")
        return least

    def _check_halfway(self, trial: optuna.Trial, ndcg: float, least_bytes: int) -> None:
        """Leave off where a smaller candidate was better halfway and still is; not where speed may make up for it."""
        note_halfway(trial, ndcg)
        for found in [] if self._encode else self._study.measured():
            if found.point.bytes <= least_bytes and min(found.halfway, found.point.ndcg) > ndcg + SLACK:
                raise optuna.TrialPruned(
                    f"nDCG@10 {ndcg:.4f} before compression, behind {found.point.name} with {found.point.bytes:,} bytes"
                )

    def _train_finalists(self) -> None:
        longest = 0.0
        while (found := self._final().next_training()) is not None:
            full = self._study.full()
            if self._effort.minutes is None and len({point.trial for point in full}) >= FINALISTS:
                break
            # The export is one more full training; one candidate is trained whatever the time.
            if full and self._left(1.0) <= longest:
                break
            begin, (point, seed) = self._now(), found
            name = full_name(point.trial, seed)
            try:
                recipe = recipe_from(point.recipe, name)
                facts = self._trained(recipe, seed, 1.0, name, lambda ndcg: None)
            except (TrainerError, EdgeError, ValueError) as error:
                self._broken.add(point.trial)
                self._say(f"{name}: failed: {error}; {self._standing()}")
                continue
            seconds = self._now() - begin
            longest = max(longest, seconds)
            self._study.add_full(point.trial, seed, to_json(facts), seconds)
            self._write_front()
            self._say(f"{name}: {_figures(facts)}; {self._standing()}")

    def _export(self) -> Point:
        teacher = self._teacher["ndcg10"]["mean"]
        for winner in self._final().winners():
            path = self._out / RECIPE_FILE
            path.write_text(recipe_text(winner.recipe), "utf-8")
            run = Run(self._out, with_recipe(self._settings, str(path)), self._bar)
            run.distill()
            run.compress()
            run.export(self._beside(winner))
            facts = run.evaluate()
            bundle = self._out / BUNDLE_FILE
            changes = {
                "name": bundle.stem,
                "bundle": bundle.name,
                "bytes": bundle.stat().st_size,
                "finished_bytes": bundle.stat().st_size,
                "auc": asdict(facts.quality.auc),
                "ndcg10": asdict(facts.quality.ndcg10),
                **asdict(measure_latency(bundle, self._workshop.timed())),
                "encode_instructions": self._workshop.instructions(bundle),
            }
            point = replace(winner, **changes)
            if not self._budget.unmet(point, teacher):
                self._write_front(point)
                return point
        text = self._budget.shortfall(self._study.full() or self._points(), teacher)
        self._write_front(unmet=[text])
        raise BudgetError(
            f"{self._out}: no bundle meets the budget: {text}; {FRONT_FILE} has all that was measured; raise the "
            "limit, or search longer: the same command with more --minutes or --trials goes on"
        )

    def _beside(self, winner: Point) -> list[FrontPoint]:
        """Other candidates that were trained in full as the winner was, and that none of these beats."""
        like = [point for point in self._study.full() if point.seed == winner.seed]
        fronts = zip(like, on_front(like), strict=True)
        kept = [point for point, is_front in fronts if is_front and point.trial != winner.trial]
        return [size_point(point.name, point.bytes, Interval(**point.ndcg10)) for point in kept]

    def _final(self) -> Final:
        brief = [found.point for found in self._study.measured() if found.point.trial not in self._broken]
        full = [point for point in self._study.full() if point.trial not in self._broken]
        return Final(self._budget, self._teacher["ndcg10"]["mean"], self._settings.seed, brief, full)

    def _points(self) -> list[Point]:
        return [*(found.point for found in self._study.measured()), *self._study.full()]

    def _write_front(self, best: Point | None = None, unmet: Sequence[str] = ()) -> None:
        points = [*self._points(), *([best] if best else [])]
        budget, name = asdict(self._budget), best.name if best else None
        write_front(self._out / FRONT_FILE, points, self._encode, budget, self._teacher, name, unmet)

    def _standing(self) -> str:
        """The best candidate so far, and the time left."""
        final = self._final()
        best = (final.winners() or final.ranked())[:1]
        text = "".join(f"best {point.name}: {point.bytes:,} bytes, {point.ndcg:.4f}" for point in best) or "none fits"
        left = self._left(1.0)
        return text if left == math.inf else f"{text}; {max(left, 0) / 60:.0f} min left"

    def _left(self, share: float) -> float:
        """Seconds of a share of the time."""
        if self._effort.minutes is None:
            return math.inf
        return 60 * self._effort.minutes * share - self._spent - (self._now() - self._began)

    def _trained(
        self, recipe: Recipe, seed: int, share: float, name: str, halfway: Callable[[float], None]
    ) -> CandidateFacts:
        bundle = self._out / BUNDLES / f"{name}.bundle"
        pieces = self._workshop.pieces(recipe.student["vocabulary_size"])
        facts = train_apart(self._out, self._settings, Task(recipe, pieces, seed, share, bundle), halfway)
        return replace(facts, encode_instructions=self._workshop.instructions(bundle))


def _figures(facts: CandidateFacts) -> str:
    return f"{facts.bytes:,} bytes, nDCG@10 {facts.ndcg10.mean:.4f}"


def without_architecture(settings: RunSettings) -> RunSettings:
    """Settings whose student is the usual one in all that is searched."""
    usual = asdict(DistillationSettings())
    distillation = replace(settings.student.distillation, **{name: usual[name] for name in SEARCHED})
    return replace(settings, student=replace(settings.student, distillation=distillation))
