"""What a compression gives: the model, its file, and a row for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np

from edge_runtime.model.news_model import unsupported_operators
from trainer.compression.files import file_of, rows_or_made_up
from trainer.compression.kinds import KINDS
from trainer.compression.metric import Metric, Quality, difference, quality
from trainer.compression.step import Candidate, Inputs
from trainer.compression.tflite_file import TfliteFile, write
from trainer.compression.weights import is_matrix
from trainer.errors import ExportError
from trainer.intervals import Interval

GOLDEN_ROWS = 8
IO = ("float", "int8")


@dataclass(frozen=True, slots=True)
class Row:
    """What was measured after a step."""

    step: str
    kind: str  # of the file
    size_bytes: int
    gzip_bytes: int
    parameters: int
    zeros: float  # share of the matrices' entries
    quality: float
    change: Interval  # of the metric, to the original's float file, paired where the metric gives rows
    verdict: str = ""  # what a search decided


@dataclass(frozen=True, slots=True)
class Compressed:
    """A small model and how it came to be."""

    candidate: Candidate
    file: TfliteFile
    rows: Sequence[Row]
    calibration: Inputs | None = None
    holdout: Interval | None = None  # the change on rows that no decision has seen, asked once

    @property
    def model(self) -> keras.Model:
        """A plain Keras model: it saves, and loads without this package."""
        return self.candidate.model

    @property
    def skipped(self) -> Mapping[str, str]:
        """Why something was left alone, by layer, path or step."""
        return self.candidate.skipped

    def export(self, path: str | Path, io: str = "float") -> TfliteFile:
        """Write the .tflite file, with golden pairs beside it as `name.golden.npz`.

        Args:
            path: Of the file.
            io: Whether inputs and outputs are `float`, or `int8` codes.

        Raises:
            ExportError: The file does not compute what the model does, or there is no such form.
        """
        if io not in IO:
            raise ExportError(f"{path}: io is {io!r}; choose {' or '.join(IO)}")
        file = self.file
        if io == "int8":
            coded = KINDS[self.candidate.kind].coded
            if not coded:
                raise ExportError(
                    f"{path}: a file of kind {self.candidate.kind} has float activations, so its inputs cannot be "
                    "int8; quantize to int8 first"
                )
            file = file_of(self.candidate, self.calibration, coded)
        few = keras.tree.flatten(rows_or_made_up(self.model, self.calibration, GOLDEN_ROWS))
        write(file, Path(path), few, file.runner.run(few))
        return file

    def report(self) -> str:
        """A table with a row a step, then what was skipped, what the file computes with, and the bits needed."""
        return report_of(self)


def measured(
    step: str, candidate: Candidate, file: TfliteFile, metric: Metric, original: Quality | None, seed: int
) -> tuple[Row, Quality]:
    """A row about a candidate.

    Args:
        step: Its name.
        candidate: What was made.
        file: Of it.
        metric: The caller's.
        original: Of the original's float file; None: this is it.
        seed: Of the interval.
    """
    found = quality(metric, file.predict, f"{step} ({file.kind})")
    matrices = [np.asarray(weight) for weight in candidate.model.trainable_weights if is_matrix(weight)]
    entries = sum(matrix.size for matrix in matrices)
    row = Row(
        step=step,
        kind=file.kind,
        size_bytes=file.size_bytes,
        gzip_bytes=file.gzip_bytes,
        parameters=candidate.model.count_params(),
        zeros=sum(int(np.count_nonzero(matrix == 0)) for matrix in matrices) / max(entries, 1),
        quality=found.mean,
        change=difference(found, original or found, seed),
    )
    return row, found


def report_of(compressed: Compressed) -> str:
    """The text of `Compressed.report`."""
    first = compressed.rows[0]
    lines = [
        "step                          kind         bytes      gzip  smaller   zeros  metric  change [interval]",
        *(_line(row, first) for row in compressed.rows),
    ]
    if compressed.holdout:
        lines.append(f"on rows that were never asked: {_change(compressed.holdout)}")
    operators = ", ".join(f"{name} {count}" for name, count in sorted(compressed.file.operators.items()))
    lines += [f"file: {compressed.file.kind}, {compressed.file.size_bytes:,} bytes; operators: {operators}"]
    if unknown := unsupported_operators(compressed.file.content):
        lines.append(f"not run by the runtime's numpy engine: {', '.join(unknown)}")
    if compressed.file.note:
        lines.append(f"file: {compressed.file.note}")
    if compressed.file.kind in ("int8", "aware") and compressed.file.float_islands:
        lines.append(f"still in float: {', '.join(compressed.file.float_islands)}")
    bits = _bits(compressed.candidate.notes)
    lines += [f"bits needed: {path} {number}" for path, number in bits.items()]
    lines += [f"skipped: {name}: {reason}" for name, reason in compressed.skipped.items()]
    return "\n".join(lines)


def _line(row: Row, first: Row) -> str:
    smaller = first.size_bytes / row.size_bytes
    return (
        f"{row.step:<29} {row.kind:<8} {row.size_bytes:>9,} {row.gzip_bytes:>9,} {smaller:7.1f}x"
        f" {row.zeros:7.1%} {row.quality:7.4f}  {_change(row.change)} {row.verdict}".rstrip()
    )


def _change(change: Interval) -> str:
    return f"{change.mean:+.4f} [{change.low:+.4f}, {change.high:+.4f}]"


def _bits(notes: Mapping[str, Any]) -> Mapping[str, int]:
    found: Mapping[str, int] = notes.get("variational", {}).get("bits_needed", {})
    return found
