"""Reading safetensors files: the header's length, a JSON header of types, shapes and offsets, then the numbers."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import TextVectorsError

_TYPES = {"F32": "<f4", "F16": "<f2"}


def read_safetensors(path: Path, names: Collection[str]) -> dict[str, NDArray[np.float32]]:
    """Some tensors of a file, float32 or float16, as float32.

    Raises:
        TextVectorsError: Unreadable, the header does not fit the file, or a tensor is missing.
    """
    try:
        data = path.read_bytes()
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        missing = [name for name in names if name not in header]
        if missing:
            raise TextVectorsError(f"{path}: {missing[0]!r} is missing; install its package again")
        tensors = {}
        for name in names:
            entry = header[name]
            begin, end = entry["data_offsets"]
            values = np.frombuffer(data[start + begin : start + end], _TYPES[entry["dtype"]])
            tensors[name] = values.reshape(entry["shape"]).astype(np.float32, copy=False)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TextVectorsError(f"{path}: not a safetensors file ({error}); install its package again") from error
    return tensors
