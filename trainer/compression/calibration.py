"""Real inputs that set the ranges of int8 activations: one form for all the forms in which they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from trainer.compression.runner import fitted
from trainer.errors import ExportError

Rows = NDArray[Any] | Sequence[NDArray[Any]] | Mapping[str, NDArray[Any]]


def by_input(calibration: Rows | Sequence[Rows], specs: Sequence[Any]) -> dict[str, NDArray[Any]]:
    """Calibration as one array for each input.

    Args:
        calibration: An array, one for each input in order or by name, or a list of such batches; rows first.
        specs: Name, shape and dtype of each input, in order.

    Raises:
        ExportError: Empty, not finite, of another shape or type, or without one of the inputs.
    """
    names = [spec.name for spec in specs]
    batches = [_in_order(batch, names) for batch in _batches(calibration, len(specs))]
    if not batches:
        raise ExportError("calibration is empty; give 100 to 200 real inputs")
    parts: dict[str, list[NDArray[Any]]] = {name: [] for name in names}
    for batch in batches:
        for values, spec in zip(batch, specs, strict=True):
            parts[spec.name].append(fitted(values, spec.name, tuple(spec.shape), spec.dtype.as_numpy_dtype))
    # A length that differs between batches cannot be one array; the converter takes rows one by one.
    joined = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    rows = {name: len(values) for name, values in joined.items()}
    if len(set(rows.values())) != 1:
        raise ExportError(f"calibration: the inputs differ in their rows, {rows}; each needs the same number")
    return joined


def first_batch(calibration: Any) -> Any:
    """One batch, where it is not known how many inputs there are: a list is then a list of batches."""
    if isinstance(calibration, list):
        if not calibration:
            raise ExportError("calibration is empty; give 100 to 200 real inputs")
        return first_batch(calibration[0])
    return calibration


def _batches(calibration: Any, num_inputs: int) -> Sequence[Any]:
    if isinstance(calibration, Mapping) or _is_array(calibration):
        return [calibration]
    is_one = num_inputs > 1 and len(calibration) == num_inputs and all(_is_array(part) for part in calibration)
    return [calibration] if is_one else calibration


def _in_order(batch: Any, names: Sequence[str]) -> Sequence[NDArray[Any]]:
    if isinstance(batch, Mapping):
        missing = [name for name in names if name not in batch]
        if missing:
            raise ExportError(f"calibration has no input {missing[0]}; the model takes {', '.join(names)}")
        return [batch[name] for name in names]
    arrays = [batch] if _is_array(batch) else batch
    if len(arrays) != len(names):
        raise ExportError(f"calibration has {len(arrays)} inputs; the model takes {', '.join(names)}")
    return arrays


def _is_array(value: Any) -> bool:
    return hasattr(value, "shape")
