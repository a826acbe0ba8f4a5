"""Results of a study that is made piece by piece: a file each, so that a study that was stopped goes on."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import ConfigError

Measures = dict[str, np.ndarray]  # by name


def result_file(out: Path, name: str, of: object) -> Path:
    """Where the result of somebody, in something, is kept."""
    return out / f"{re.sub(r'[^a-z0-9]+', '-', name.lower())}-{of}.json"


def read_result(path: Path, made_with: Mapping[str, Any], measures: str) -> tuple[dict[str, Any], Measures] | None:
    """Everything that a file holds, and its arrays; None if it is not there, or was made with something else.

    Args:
        path: The file.
        made_with: Facts that it has to hold.
        measures: Under which name it holds the arrays.

    Raises:
        ConfigError: It cannot be read.
    """
    if not path.exists():
        return None
    try:
        kept = json.loads(path.read_text("utf-8"))
        if any(kept[name] != value for name, value in made_with.items()):
            return None
        return kept, {measure: np.array(values, float) for measure, values in kept[measures].items()}
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise ConfigError(f"{path}: cannot be read ({error}); delete it, or give another --out") from error


def write_result(path: Path, facts: Mapping[str, Any], measures: str, found: Measures) -> None:
    """Keep a result, all of it or nothing; its arrays to four digits."""
    rounded = {name: np.round(values, 4).tolist() for name, values in found.items()}
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps({**facts, measures: rounded}) + "\n", "utf-8")
    os.replace(partial, path)
