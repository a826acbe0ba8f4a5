"""What is searched: a student's architecture and the recipe that compresses it, as one optuna trial proposes them.

A candidate is a recipe (`trainer.student_steps.recipe`) whose `[student]` has the architecture. Its steps fill `SLOTS`
places in the order proposed; an order that `compatibility` refuses is put right, so that none is impossible.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import optuna

from edge_runtime.model.token_table import TableFormat
from trainer.export.tflite import ENCODER_KINDS
from trainer.search.methods import METHODS, WIDTH_STEP, Shape
from trainer.settings.files import Table
from trainer.settings.recipes import recipe_names
from trainer.student_steps.compatibility import refusal
from trainer.student_steps.quantize import TABLE_BITS, Quantize
from trainer.student_steps.recipe import STEPS, Recipe, load_recipe, recipe_from
from trainer.student_steps.step import CompressionStep

VOCABULARIES = (
    *(1_000, 1_400, 2_000, 2_900, 4_100, 5_900, 8_400),
    *(11_000, 14_400, 18_000, 22_000, 26_000, 34_000, 45_000),
)
WIDEST = 80
HIDDEN_STEP = 16
MOST_HIDDEN = 96
POOLINGS: dict[str, tuple[str, ...]] = {  # of the history, and the terms of the score that each leaves out
    "both": (),
    "interest": ("average",),
    "average": ("interest",),
}
# float32 is left out: it ranks as float16 does, at twice the bytes.
TABLES = ("float16", "int8", "int4", "int3", "int2", "parts")
MASKED_TABLES = ("float16", "int8", "int4")  # the others have no zero
PART_WIDTHS = (2, 4, 8)
PART_BITS = (4, 8)
SLOTS = 3
NOTHING = "nothing"  # in a slot
_SLOT_NAMES = [f"step {slot}" for slot in range(1, SLOTS + 1)]

SEARCHED = ("vocabulary_size", "token_dim", "hidden", "without")  # of a student's settings


def starts() -> list[Table]:
    """What the search begins with: the recipes that come with the trainer, the largest first, as near as they come."""
    return [_start(load_recipe(name)) for name in reversed(recipe_names())]


def _start(recipe: Recipe) -> Table:
    size, width = recipe.student["vocabulary_size"], recipe.student["token_dim"]
    last: Any = recipe.steps[-1]
    methods = [step.method for step in recipe.steps[:-1]]
    shares = {f"{step.method}: keep": step.keep for step in recipe.steps[:-1] if hasattr(step, "keep")}
    return {
        "vocabulary": min(range(len(VOCABULARIES)), key=lambda number: abs(math.log(VOCABULARIES[number] / size))),
        "token_dim": width,
        "hidden": recipe.student["hidden"],
        "pooling": "both",
        **dict(zip(_SLOT_NAMES, [*methods, *[NOTHING] * SLOTS], strict=False)),
        **shares,
        "table": last.table,
        "part width": min(PART_WIDTHS, key=lambda parts: abs(parts - width / last.parts)),
        "part bits": last.bits,
        "encoders": last.encoders,
    }


def known_methods() -> tuple[str, ...]:
    """Names of the steps that the search proposes."""
    return tuple(method for method in METHODS if method in STEPS)


def propose(trial: optuna.Trial) -> Recipe:
    """Choose student, table and steps of the next candidate."""
    student: Table = {
        "vocabulary_size": VOCABULARIES[trial.suggest_int("vocabulary", 0, len(VOCABULARIES) - 1)],
        "token_dim": trial.suggest_int("token_dim", WIDTH_STEP, WIDEST, step=WIDTH_STEP),
        "hidden": trial.suggest_int("hidden", 0, MOST_HIDDEN, step=HIDDEN_STEP),
    }
    if without := POOLINGS[trial.suggest_categorical("pooling", list(POOLINGS))]:
        student["without"] = list(without)
    wanted = [trial.suggest_categorical(name, [NOTHING, *known_methods()]) for name in _SLOT_NAMES]
    methods = possible_order([method for method in dict.fromkeys(wanted) if method != NOTHING])
    shape = Shape(student["vocabulary_size"], student["token_dim"], student["hidden"])
    steps: list[Table] = []
    for method in methods:
        if (settings := METHODS[method].settings(trial, shape)) is not None:
            steps.append({"method": method, **settings})
            (step,) = recipe_from({"step": steps[-1:]}, "search").steps
            shape = METHODS[method].after(shape, step)
    last = _quantize(trial, shape)
    # What comes after a cut teaches, except a rounding that does not train.
    for cut in steps if last["table"] == "parts" else steps[:-1]:
        if METHODS[cut["method"]].cuts:
            cut["epochs"] = 0.0
    return recipe_from({"student": student, "step": [*steps, last]}, "search")


def _quantize(trial: optuna.Trial, shape: Shape) -> Table:
    if shape.table:  # trained to be rounded so, with int8 encoders
        return {"method": Quantize.method, "table": shape.table, "encoders": "int8"}
    if shape.masked_table:
        table = trial.suggest_categorical("table with zeros", list(MASKED_TABLES))
    else:
        table = trial.suggest_categorical("table", list(TABLES))
    settings = {"method": Quantize.method, "table": table}
    if table == "parts":
        settings["parts"] = shape.token_dim // trial.suggest_categorical("part width", list(PART_WIDTHS))
        settings["bits"] = trial.suggest_int("part bits", *PART_BITS)
    return {**settings, "encoders": trial.suggest_categorical("encoders", list(ENCODER_KINDS))}


def possible_order(methods: Sequence[str]) -> list[str]:
    """The methods in the order given, but for those that an earlier one refuses: they come before it.

    Args:
        methods: Different ones. Of those that refuse each other in every order, the last is left out.
    """
    left, order = list(methods), []
    while left:
        ready = (m for m in left if not any(refusal(m, other) for other in left if other != m))
        first = next(ready, None)
        if first is None:
            left.pop()
            continue
        order.append(first)
        left.remove(first)
    return order


def final_shape(recipe: Recipe, tokens: int) -> Shape:
    """What a recipe leaves of a student.

    Args:
        recipe: From `propose`: its last step is the quantization.
        tokens: Of the student before it.
    """
    shape = Shape(tokens, recipe.student["token_dim"], recipe.student["hidden"])
    for step in recipe.steps[:-1]:
        shape = METHODS[step.method].after(shape, step)
    return shape


def table_format(recipe: Recipe) -> TableFormat:
    """How the recipe's last step stores the table."""
    last: Any = recipe.steps[-1]
    if last.table == "parts":
        return TableFormat("parts", last.bits, last.parts)
    return TableFormat("rows", TABLE_BITS[last.table])


def describe(recipe: Recipe) -> str:
    """A recipe in one line: `14,000 x 32, hidden 64: prune-vocabulary 0.75, parts 8 x 8 bits, int8`."""
    student, last = recipe.student, recipe.steps[-1]
    without = f", without {' and '.join(student['without'])}" if student.get("without") else ""
    steps = [step.method + _how_far(step) for step in recipe.steps[:-1]]
    form = table_format(recipe)
    table = f"parts {form.parts} x {form.bits} bits" if form.kind == "parts" else getattr(last, "table", "")
    size = f"{student['vocabulary_size']:,} x {student['token_dim']}, hidden {student['hidden']}{without}"
    return f"{size}: {', '.join([*steps, table, getattr(last, 'encoders', '')])}"


def _how_far(step: CompressionStep) -> str:
    for name in ("keep", "sparsity", "rank", "energy"):
        if value := getattr(step, name, 0):
            return f" {value:.2g}"
    return ""


def facts_of(recipe: Recipe) -> Mapping[str, Any]:
    """As `Recipe.facts`, in JSON's own types alone, so that it is the same after a file."""
    facts = recipe.facts()
    return {"student": facts["student"], "step": [_plain(step) for step in facts["step"]]}


def _plain(step: Mapping[str, Any]) -> Table:
    return {name: list(value) if isinstance(value, tuple) else value for name, value in step.items()}
