"""From a candidate to its file, run and compared with what was trained."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from trainer.compression.activations import fixed_ranges, output_steps
from trainer.compression.agreement import Tolerance
from trainer.compression.conversion import as_inputs, convert
from trainer.compression.graph import is_graph
from trainer.compression.inlining import inlined
from trainer.compression.kinds import KINDS
from trainer.compression.rebuild import cloned
from trainer.compression.same_outputs import random_batch
from trainer.compression.step import Candidate, Inputs
from trainer.compression.tflite_file import TfliteFile, check
from trainer.errors import ExportError

# Codes that a file in 8 bits may be from the model which was trained on its grid. Nearly all models stay within one; a
# LayerNormalization in float, or an average that TFLite rounds once more, came to two.
STEPS = 2.5
CHECKED_ROWS = 64  # of the calibration, or of made-up inputs, that a file is compared on


def begun(model: keras.Model) -> Candidate:
    """The candidate that a compression begins with: a copy, whose inner models lie open."""
    return Candidate(inlined(model) if is_graph(model) else cloned(model))


def rows_or_made_up(model: keras.Model, calibration: Inputs | None, rows: int | None = None) -> Inputs:
    """Calibration as a model's call takes it, or a few rows of chance.

    Args:
        model: Any.
        calibration: In any form that `convert` takes.
        rows: The first so many; None: all.

    Raises:
        ExportError: There is no calibration, and the model does not know its inputs; or it does not fit.
    """
    if calibration is None and not is_graph(model):
        raise ExportError(f"{model.name} has no symbolic inputs; give calibration: shapes and types are taken from it")
    return as_inputs(model, random_batch(model) if calibration is None else calibration, rows)


def file_of(candidate: Candidate, calibration: Inputs | None, kind: str | None = None) -> TfliteFile:
    """Convert a candidate, run the file and compare it.

    Args:
        candidate: As it was trained.
        calibration: Real inputs, rows first; None: the file is compared on some that are made up.
        kind: Of the file; None: the candidate's own.

    Raises:
        ExportError: The converter refuses the model, or the file does not compute what the model does.
    """
    kind = kind or candidate.kind
    inputs = rows_or_made_up(candidate.model, calibration)
    asked = as_inputs(candidate.model, inputs, CHECKED_ROWS)
    ranges = candidate.ranges if KINDS[kind].aware else {}
    with fixed_ranges(candidate.model, ranges) if ranges else contextlib.nullcontext():
        file = convert(candidate.model, kind, inputs)
        reference = candidate.model(asked, training=False)
    outputs = [np.asarray(each) for each in keras.tree.flatten(reference)]
    exact = candidate.exact and kind in (candidate.kind, KINDS[candidate.kind].coded)
    check(file, outputs, keras.tree.flatten(asked), tolerance_of(candidate, outputs) if exact else None)
    return file


def tolerance_of(candidate: Candidate, outputs: Sequence[NDArray[Any]]) -> Tolerance:
    """How far a file may be from a model that was trained as the file computes.

    Args:
        candidate: Of kind `aware` or `int4`, trained on the grid of its file.
        outputs: Of its model.

    Returns:
        In 4 bits what a float file may differ by; in 8 bits `STEPS` codes of what each output was rounded to.
    """
    if candidate.kind == "int4":
        return KINDS["float32"].tolerance
    steps = output_steps(candidate.model, candidate.ranges)
    shares = [STEPS * step / (np.abs(each).max() or 1.0) for step, each in zip(steps, outputs, strict=True)]
    # No likeness is asked for beside it: outputs that hardly differ from row to row may all be a step off.
    return Tolerance(cosine=-1.0, largest=float(max(shares)))
