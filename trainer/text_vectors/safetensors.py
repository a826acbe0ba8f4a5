"""Reading safetensors files: a length, a JSON header of shapes and offsets, then the numbers."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.errors import TextVectorsError

_TYPES = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}


def read_safetensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """All float tensors of a file, as float32.

    Raises:
        TextVectorsError: Unreadable, or the header does not fit the file.
    """
    try:
        data = path.read_bytes()
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        tensors = {}
        for name, entry in header.items():
            if name != "__metadata__" and entry["dtype"] in _TYPES:
                begin, end = (start + offset for offset in entry["data_offsets"])
                values = np.frombuffer(data[begin:end], _TYPES[entry["dtype"]])
                tensors[name] = values.reshape(entry["shape"]).astype(np.float32)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise TextVectorsError(f"{path}: not a readable safetensors file: {error}; install its package again") from error
    return tensors
