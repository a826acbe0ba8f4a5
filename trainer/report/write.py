"""The report's files: a page for people, all its data as JSON, the variants as CSV."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from trainer.errors import TrainerError
from trainer.report.collect import CompressionReport, collect
from trainer.report.page import report_page
from trainer.report.variants import variants_csv

FOLDER = "report"  # in the run's


def write_report(out: Path, also: Sequence[Path] = (), front: Path | None = None, pythons: Sequence[Path] = ()) -> Path:
    """Write report.html, report.json and variants.csv into the run's folder `report`.

    Args:
        out: The folder of a finished run.
        also: Folders of other runs on the same log.
        front: A front.json of the search.
        pythons: See `check_engines`.

    Returns:
        The page.

    Raises:
        ConfigError: See `collect`.
        TrainerError: The files cannot be written.
    """
    report = collect(out, also, front, pythons)
    files = {
        "report.json": json.dumps(plain(report), ensure_ascii=False, indent=1, allow_nan=False) + "\n",
        "variants.csv": variants_csv(report.variants),
        "report.html": report_page(report),
    }
    folder = out / FOLDER
    try:
        folder.mkdir(exist_ok=True)
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
    except OSError as error:
        raise TrainerError(f"{folder}: cannot be written ({error.strerror or error}); check --out") from error
    return folder / "report.html"


def plain(value: CompressionReport | Any) -> Any:
    """Dataclasses and arrays as JSON has them; NaN, what there was nothing to measure of, becomes null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {name: plain(entry) for name, entry in value.items()}
    if isinstance(value, tuple | list):
        return [plain(entry) for entry in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    return None if isinstance(value, float) and not math.isfinite(value) else value
