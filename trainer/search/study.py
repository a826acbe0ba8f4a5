"""The candidates of a search in a journal: what was proposed, what came of it, and what is proposed next.

Every candidate is one optuna trial, written down before it is trained and again when it is done. So a search that is
killed goes on. A candidate that was under way is begun again, one that was finished is not.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import optuna
from optuna.trial import TrialState

from trainer.search.front import Point
from trainer.search.space import facts_of, starts
from trainer.settings.seeds import Seeds
from trainer.student_steps.recipe import Recipe

BEFORE_MODEL = 10  # trials drawn at random before the sampler has a model of the space
SHORT = 0.25  # of the usual epochs: what a candidate is trained for before it is known to be worth more
BUNDLES = "candidates"  # folder of the bundles


@dataclass(frozen=True, slots=True)
class Measured:
    """What the short training of a candidate gave."""

    point: Point
    halfway: float  # nDCG@10 of the student before its compression


class Study:
    """Trials of one search, in one file that is only ever appended to."""

    def __init__(self, path: Path, key: str, seed: int, encode: str | None) -> None:
        """Open or begin a study.

        Args:
            path: Of the journal; it may hold studies of other keys.
            key: Of everything that a candidate's figures depend on.
            seed: Of the sampler.
            encode: The field of `Point` that shall be small beside bytes, or None.
        """
        optuna.logging.set_verbosity(optuna.logging.WARNING)
        _drop_torn_line(path)
        # The lock is a link to the file: with a relative path it would point nowhere.
        journal = optuna.storages.journal.JournalFileBackend(str(path.resolve()))
        self._seed, self._encode = seed, encode
        self._study = optuna.create_study(
            study_name=key,
            storage=optuna.storages.JournalStorage(journal),
            directions=["minimize", "maximize", *(["minimize"] if encode else [])],
            load_if_exists=True,
        )
        for start in starts():
            self._study.enqueue_trial(start, skip_if_exists=True)
        for trial in self._study.get_trials(states=[TrialState.RUNNING]):
            self._study.tell(trial.number, state=TrialState.FAIL)
            self._study.enqueue_trial(trial.params)

    def ask(self) -> optuna.Trial:
        """The next candidate; what is proposed depends on the seed and on what came of those before."""
        number = len(self._study.get_trials(deepcopy=False))
        self._study.sampler = optuna.samplers.TPESampler(
            seed=Seeds(self._seed).stream("search", number).library, n_startup_trials=BEFORE_MODEL, multivariate=True
        )
        return self._study.ask()

    def complete(self, trial: optuna.Trial, facts: Mapping[str, Any], seconds: float) -> None:
        """A candidate was measured.

        Args:
            trial: From `ask`, with its recipe and halfway mark noted.
            facts: From `Workshop.measure`.
            seconds: That it took.
        """
        _note(trial, facts=dict(facts), seconds=seconds)
        # A tenth of the bytes is worth as much at 50 KB as at 5 MB.
        values = [math.log(facts["bytes"]), facts["ndcg10"]["mean"]]
        self._study.tell(trial, [*values, *([math.log(facts[self._encode])] if self._encode else [])])

    def leave(self, trial: optuna.Trial, reason: str, seconds: float, *, failed: bool = False) -> None:
        """A candidate was refused or left off; `failed` is for one whose training broke."""
        _note(trial, reason=reason, seconds=seconds)
        self._study.tell(trial, state=TrialState.FAIL if failed else TrialState.PRUNED)

    def add_full(self, trial: int, seed: int, facts: Mapping[str, Any], seconds: float) -> None:
        """A candidate was trained in full."""
        found = {"trial": trial, "seed": seed, "facts": dict(facts), "seconds": seconds}
        self._study.set_user_attr(full_name(trial, seed), found)

    def measured(self) -> list[Measured]:
        """Candidates of short training, in order."""
        trials = self._study.get_trials(deepcopy=False, states=[TrialState.COMPLETE])
        return [
            Measured(
                _point(brief_name(trial.number), trial.number, self._seed, SHORT, trial.user_attrs),
                trial.user_attrs["halfway"],
            )
            for trial in trials
        ]

    def full(self) -> list[Point]:
        """Candidates that were trained in full, by seed and trial."""
        recipes = {found.point.trial: found.point.recipe for found in self.measured()}
        points = [
            _point(name, found["trial"], found["seed"], 1.0, {**found, "recipe": recipes[found["trial"]]})
            for name, found in self._study.user_attrs.items()
        ]
        return sorted(points, key=lambda point: (point.seed, point.trial))

    def num_trained(self) -> int:
        """Candidates whose training was begun and that are done with: measured, left off halfway, or broken."""
        return sum(
            "recipe" in trial.user_attrs and ("facts" in trial.user_attrs or "reason" in trial.user_attrs)
            for trial in self._study.get_trials(deepcopy=False)
        )

    def seconds(self) -> float:
        """What all that is finished took."""
        trials = [trial.user_attrs for trial in self._study.get_trials(deepcopy=False)]
        return float(sum(found.get("seconds", 0.0) for found in (*trials, *self._study.user_attrs.values())))


def _drop_torn_line(path: Path) -> None:
    """Cut off what a machine that went down did not write to its end."""
    if path.exists():
        data = path.read_bytes()
        if not data.endswith(b"\n"):
            path.write_bytes(data[: data.rfind(b"\n") + 1])


def note_training(trial: optuna.Trial, recipe: Recipe) -> None:
    """A candidate was not refused: its training begins."""
    _note(trial, recipe=facts_of(recipe))


def note_halfway(trial: optuna.Trial, ndcg: float) -> None:
    """nDCG@10 of a candidate before its compression."""
    _note(trial, halfway=ndcg)


def brief_name(trial: int) -> str:
    """The name of a candidate after its short training."""
    return f"trial-{trial}"


def full_name(trial: int, seed: int) -> str:
    """The name of a candidate that was trained in full."""
    return f"trial-{trial}-full-{seed}"


def _note(trial: optuna.Trial, **facts: Any) -> None:
    for name, value in facts.items():
        trial.set_user_attr(name, value)


def _point(name: str, trial: int, seed: int, share: float, attributes: Mapping[str, Any]) -> Point:
    facts = attributes["facts"]
    return Point(
        name=name,
        bundle=f"{BUNDLES}/{name}.bundle",
        bytes=facts["bytes"],
        finished_bytes=facts["finished_bytes"],
        encode_us=facts["encode_us"],
        rank_us=facts["rank_us"],
        encode_instructions=facts.get("encode_instructions"),
        auc=facts["auc"],
        ndcg10=facts["ndcg10"],
        recipe=attributes["recipe"],
        seed=seed,
        trial=trial,
        share=share,
    )
