"""From a candidate to its file, run and compared with what was trained."""

from __future__ import annotations

import contextlib

import keras
import numpy as np

from trainer.compression.activations import fixed_ranges
from trainer.compression.conversion import as_inputs, convert
from trainer.compression.graph import is_graph
from trainer.compression.inlining import inlined
from trainer.compression.rebuild import cloned
from trainer.compression.same_outputs import random_batch
from trainer.compression.step import Candidate, Inputs
from trainer.compression.tflite_file import TfliteFile, check

AWARE = ("aware", "aware-io")  # kinds whose grid is that of the learned ranges
CHECKED_ROWS = 64  # of the calibration, or of made-up inputs, that a file is compared on


def begun(model: keras.Model) -> Candidate:
    """The candidate that a compression begins with: a copy, whose inner models lie open."""
    return Candidate(inlined(model) if is_graph(model) else cloned(model))


def file_of(candidate: Candidate, calibration: Inputs | None, seed: int, kind: str | None = None) -> TfliteFile:
    """Convert a candidate, run the file and compare it.

    Args:
        candidate: As it was trained.
        calibration: Real inputs, rows first.
        seed: Of inputs that are made up where there is no calibration.
        kind: Of the file; None: the candidate's own.

    Raises:
        ExportError: The converter refuses the model, or the file does not compute what the model does.
    """
    kind = kind or candidate.kind
    inputs = calibration if calibration is not None else random_batch(candidate.model)
    asked = as_inputs(candidate.model, inputs, CHECKED_ROWS)
    ranges = candidate.ranges if kind in AWARE else {}
    with fixed_ranges(candidate.model, ranges) if ranges else contextlib.nullcontext():
        file = convert(candidate.model, kind, inputs)
        reference = candidate.model(asked, training=False)
    check(file, [np.asarray(each) for each in keras.tree.flatten(reference)], keras.tree.flatten(asked))
    return file
