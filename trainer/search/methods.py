"""The compression steps that a search may propose: their settings' ranges, and what each makes of a student's sizes.

A step that is to be searched needs one line in `METHODS`; a line whose step is not in `STEPS` is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import optuna

from trainer.models.overlay import TABLE
from trainer.settings.files import Table

WIDTH_STEP = 8  # a table's width is a multiple of it, so that it can be cut into parts
LEAST_TOKENS = 0.4  # share that pruning leaves


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of a student on its way through a recipe."""

    tokens: int
    token_dim: int
    hidden: int
    masked_table: bool = False  # some of the table's weights are pruned
    table: str = ""  # the format that it was trained for
    whole: bool = True  # no weight of the encoders is pruned and no kernel factored: their numbers can be counted
    factored: bool = False  # some kernels of the article encoder may be


@dataclass(frozen=True, slots=True)
class Method:
    """How the search proposes a compression step."""

    settings: Callable[[optuna.Trial, Shape], Table | None]  # None: it has nothing to work on
    after: Callable[[Shape, Any], Shape]  # what the step makes of a shape
    cuts: bool = False  # leaves its fine-tuning to the steps after it, if there are any


def _share(trial: optuna.Trial, name: str, low: float, high: float) -> float:
    return round(float(trial.suggest_float(name, low, high)), 2)


def _kept_tokens(trial: optuna.Trial, shape: Shape) -> Table:
    return {"keep": _share(trial, "prune-vocabulary: keep", LEAST_TOKENS, 0.95)}


def _kept_units(trial: optuna.Trial, shape: Shape) -> Table | None:
    return {"keep": _share(trial, "prune-units: keep", 0.3, 0.9)} if shape.hidden > 1 else None


def _narrower(trial: optuna.Trial, shape: Shape, name: str) -> int:
    """A width below the table's."""
    wanted = round(shape.token_dim * float(trial.suggest_float(name, 0.4, 0.9)) / WIDTH_STEP)
    return WIDTH_STEP * min(max(wanted, 1), shape.token_dim // WIDTH_STEP - 1)


def _kept_dimensions(trial: optuna.Trial, shape: Shape) -> Table | None:
    if shape.token_dim <= WIDTH_STEP:
        return None
    return {"keep": _narrower(trial, shape, "prune-dimensions: keep") / shape.token_dim}


def _table_rank(trial: optuna.Trial, shape: Shape) -> Table | None:
    if shape.token_dim <= WIDTH_STEP:
        return None
    return {"rank": _narrower(trial, shape, "factorize-table: share")}


def _kernels(shape: Shape) -> list[str]:
    """Kernels of the article encoder."""
    return ["article/projection", *(["article/hidden_in", "article/hidden_out"] if shape.hidden else [])]


def _kernel_energy(trial: optuna.Trial, shape: Shape) -> Table:
    return {"energy": _share(trial, "factorize-kernels: energy", 0.7, 0.98), "kernels": _kernels(shape)}


def _masked_layers(trial: optuna.Trial, shape: Shape, method: str) -> list[str]:
    """What single weights are pruned of: kernels as long as they are whole, the token table, or both."""
    if shape.factored:
        return [TABLE]
    table = trial.suggest_categorical(f"{method}: table too", [False, True])
    return [*([TABLE] if table else []), *_kernels(shape)]


def _masked(shape: Shape, step: Any) -> Shape:
    return replace(shape, whole=False, masked_table=shape.masked_table or TABLE in step.layers)


def _sparsity(trial: optuna.Trial, shape: Shape) -> Table:
    layers = _masked_layers(trial, shape, "prune-weights")
    return {"sparsity": _share(trial, "prune-weights: sparsity", 0.3, 0.9), "layers": layers}


def _divergence(trial: optuna.Trial, shape: Shape) -> Table:
    divergence = round(float(trial.suggest_float("variational: divergence", 0.01, 0.2, log=True)), 3)
    return {"divergence": divergence, "layers": _masked_layers(trial, shape, "variational")}


def _gates(trial: optuna.Trial, shape: Shape) -> Table:
    # Gates of rows are left out: how large a table they leave is not known before, and no budget could refuse it.
    has_units = shape.hidden > 0 and not shape.factored
    units = has_units and trial.suggest_categorical("l0: units", [False, True])
    penalty = round(float(trial.suggest_float("l0: penalty", 0.05, 1.0, log=True)), 3)
    if units:
        return {"structure": "units", "penalty": penalty}
    return {"structure": "weights", "penalty": penalty, "layers": _masked_layers(trial, shape, "l0")}


def _gated(shape: Shape, step: Any) -> Shape:
    return replace(shape, whole=False) if step.structure == "units" else _masked(shape, step)


def _trained_table(trial: optuna.Trial, shape: Shape) -> Table:
    if shape.masked_table:
        return {"table": trial.suggest_categorical("quantize-aware: table with zeros", ["int8", "int4"])}
    return {"table": trial.suggest_categorical("quantize-aware: table", ["int8", "int4", "int3", "int2"])}


METHODS: dict[str, Method] = {
    "prune-vocabulary": Method(
        _kept_tokens, lambda shape, step: replace(shape, tokens=max(2, round(shape.tokens * step.keep))), cuts=True
    ),
    "prune-units": Method(
        _kept_units, lambda shape, step: replace(shape, hidden=max(1, round(shape.hidden * step.keep))), cuts=True
    ),
    "prune-dimensions": Method(
        _kept_dimensions,
        lambda shape, step: replace(shape, token_dim=max(1, round(shape.token_dim * step.keep))),
        cuts=True,
    ),
    "factorize-table": Method(_table_rank, lambda shape, step: replace(shape, token_dim=step.rank), cuts=True),
    "factorize-kernels": Method(
        _kernel_energy, lambda shape, step: replace(shape, whole=False, factored=True), cuts=True
    ),
    "distill": Method(lambda trial, shape: {}, lambda shape, step: shape),
    "prune-weights": Method(_sparsity, _masked),
    "variational": Method(_divergence, _masked),
    "l0": Method(_gates, _gated),
    "quantize-aware": Method(_trained_table, lambda shape, step: replace(shape, table=step.table)),
}
