"""How far a file's outputs are from those it should give, and how far they may be; numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.errors import ExportError


@dataclass(frozen=True, slots=True)
class Tolerance:
    """What an output may differ by and still agree."""

    cosine: float  # at least
    largest: float  # at most, as a share of the output's largest magnitude


@dataclass(frozen=True, slots=True)
class Agreement:
    """Outputs against their reference; of several outputs the worst each."""

    largest: float  # difference, as a share of the output's largest magnitude
    mean: float  # difference, the same share
    cosine: float  # of the outputs less the reference's mean of each column


def compare(outputs: Sequence[NDArray[Any]], reference: Sequence[NDArray[Any]], tolerance: Tolerance) -> Agreement:
    """Compare outputs with their reference.

    The mean over the rows is taken off first: an output that is the same for every row would otherwise pass.

    Args:
        outputs: One array an output, rows first.
        reference: The same of the model that the file was made of.
        tolerance: What may differ.

    Raises:
        ExportError: Another number of outputs, another shape, a value that is not finite, or too far apart.
    """
    if len(outputs) != len(reference):
        raise ExportError(f"the file has {len(outputs)} outputs, the reference {len(reference)}; give one array each")
    found = [
        _one(np.asarray(a, np.float64), np.asarray(b, np.float64)) for a, b in zip(outputs, reference, strict=True)
    ]
    worst = Agreement(
        largest=max(one.largest for one in found),
        mean=max(one.mean for one in found),
        cosine=min(one.cosine for one in found),
    )
    if worst.cosine < tolerance.cosine or worst.largest > tolerance.largest:
        raise ExportError(
            f"the file does not agree with the model: cosine {worst.cosine:.4f} (at least {tolerance.cosine}), "
            f"largest difference {worst.largest:.2g} of the largest value (at most {tolerance.largest}); "
            "choose another kind, calibrate on more rows, or state a wider tolerance"
        )
    return worst


def _one(output: NDArray[np.float64], reference: NDArray[np.float64]) -> Agreement:
    if output.shape != reference.shape:
        raise ExportError(f"the file's output has shape {output.shape}, the reference {reference.shape}")
    if not np.isfinite(output).all() or not np.isfinite(reference).all():
        raise ExportError("an output of the file or of the reference is not finite")
    magnitude = float(np.abs(reference).max(initial=0)) or 1.0
    differences = np.abs(output - reference) / magnitude
    centre = reference.mean(axis=0, keepdims=True)
    # One row, or rows that are all alike, have nothing left without their mean.
    if np.abs(reference - centre).max(initial=0) < 1e-6 * magnitude:
        centre = np.zeros_like(centre)
    return Agreement(
        largest=float(differences.max(initial=0)),
        mean=float(differences.mean()),
        cosine=_cosine((output - centre).ravel(), (reference - centre).ravel()),
    )


def _cosine(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    if not a.any() and not b.any():
        return 1.0
    length = float(np.linalg.norm(a) * np.linalg.norm(b))
    return float(a @ b) / length if length else 0.0
