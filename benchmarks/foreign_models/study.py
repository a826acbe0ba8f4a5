"""The study: every model with every seed by every method, each result kept in a file of its own."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import keras
import numpy as np
from ai_edge_litert.interpreter import Interpreter

from benchmarks.foreign_models.methods import FLOAT, MAX_LOSS, METHODS, Method
from benchmarks.foreign_models.models import TITLES, example
from benchmarks.quality.jobs import Apart, run_apart
from trainer.compression import Compressed, Recipe, squeeze
from trainer.compression.squeezing import Search
from trainer.compression.training import tell_nobody
from trainer.errors import CompressionError, ConfigError, ExportError

CALIBRATION_ROWS = 200
LATENCY_FILE = "latency.json"
LATENCY_RUNS = 300

Say = Callable[[str], object]


def run_study(
    out: Path,
    names: Sequence[str],
    seeds: Sequence[int],
    methods: Sequence[str],
    say: Say = lambda line: print(line, flush=True),
    apart: Apart = run_apart,
) -> dict[str, str]:
    """Do what is not done yet.

    Args:
        out: The folder for everything.
        names: Of models; empty: all.
        seeds: Each splits the rows anew, and trains everything anew.
        methods: Names of them; empty: all.
        say: Takes the lines that tell what goes on.
        apart: Does a piece of work in a process of its own.

    Returns:
        What failed, with the reason; the others are done nevertheless.

    Raises:
        ConfigError: An unknown name.
    """
    for given, known in ((names, TITLES), (methods, METHODS)):
        for name in given:
            if name not in known:
                raise ConfigError(f"{name} is no model and no method of this study; known are {', '.join(known)}")
    failed: dict[str, str] = {}
    for seed in seeds:
        for name in names or TITLES:
            place = f"{name}-{seed}"
            say(place)
            outcome = apart(compress_all, out / place, name, seed, methods or list(METHODS))
            found = {place: outcome.error.strip().splitlines()[-1]} if outcome.facts is None else outcome.facts
            for what, reason in found.items():
                say(f"failed: {what}: {reason}")
            failed |= found
    return failed


def compress_all(folder: Path, name: str, seed: int, methods: Sequence[str]) -> dict[str, str]:
    """One model with one seed, by every method; then how long its files take, one beside the other.

    Returns:
        What failed, with the reason.
    """
    folder.mkdir(parents=True, exist_ok=True)
    of = example(name)
    rows = of.rows(seed)
    model = _trained(folder / "model.keras", of, rows[0], seed)
    failed = {}
    for key in dict.fromkeys([FLOAT, *methods]):
        facts = folder / f"{key}.json"
        settings = METHODS[key].settings(of.search.epochs)
        if facts.exists() and json.loads(facts.read_text("utf-8"))["settings"] == settings:
            continue
        begin = time.monotonic()
        try:
            small = _compressed(METHODS[key], model, rows, of.search, seed)
        except (CompressionError, ExportError) as error:
            failed[f"{folder.name} {key}"] = str(error)
            continue
        # Times are measured together, so they are void from here on.
        (folder / LATENCY_FILE).unlink(missing_ok=True)
        (folder / f"{key}.tflite").write_bytes(small.file.content)
        np.save(folder / f"{key}.npy", rows[2].is_right(small.file.predict))
        _write(facts, {"settings": settings, "seconds": time.monotonic() - begin, **facts_of(small)})
    if not (folder / LATENCY_FILE).exists():
        files = {path.stem: path.read_bytes() for path in sorted(folder.glob("*.tflite"))}
        _write(folder / LATENCY_FILE, latencies_us(files, rows[2].x[:1]))
    return failed


def facts_of(small: Compressed) -> dict[str, Any]:
    """What the tables need of a compression."""
    last = small.rows[-1]
    return {
        "kind": small.file.kind,
        "size_bytes": small.file.size_bytes,
        "gzip_bytes": small.file.gzip_bytes,
        "parameters": int(small.model.count_params()),
        "zeros": last.zeros,
        "note": small.file.note,
        "report": small.report().splitlines(),
    }


def latencies_us(files: dict[str, bytes], row: np.ndarray, runs: int = LATENCY_RUNS) -> dict[str, float]:
    """Median time of one row, by name; the files take turns, so that what slows the machine slows them all.

    Args:
        files: .tflite files.
        row: (1, ...) an input.
        runs: Of each file.
    """
    invoked = {name: _loaded(content, row).invoke for name, content in files.items()}
    times: dict[str, list[float]] = {name: [] for name in files}
    for _ in range(runs):
        for name, invoke in invoked.items():
            begin = time.perf_counter()
            invoke()
            times[name].append(time.perf_counter() - begin)
    return {name: float(np.median(seconds)) * 1e6 for name, seconds in times.items()}


def _loaded(content: bytes, row: np.ndarray) -> Interpreter:
    """An interpreter of one thread that has its input."""
    interpreter = Interpreter(model_content=content, num_threads=1)
    (given,) = interpreter.get_input_details()
    interpreter.resize_tensor_input(given["index"], row.shape)
    interpreter.allocate_tensors()
    interpreter.set_tensor(given["index"], row)
    return interpreter


def _trained(path: Path, of: Any, train: Any, seed: int) -> keras.Model:
    if not path.exists():
        keras.utils.set_random_seed(seed)
        model = of.build()
        model.fit(train.x, train.y, epochs=of.epochs, verbose=0)
        partial = path.with_suffix(".partial.keras")
        model.save(partial)
        os.replace(partial, path)
    return keras.models.load_model(path)


def _compressed(method: Method, model: keras.Model, rows: Sequence[Any], search: Search, seed: int) -> Compressed:
    train, dev, test = rows
    fit = {"x": train.x, "y": train.y}
    common: dict[str, Any] = {
        "metric": dev.is_right, "train": fit, "calibration": train.x[:CALIBRATION_ROWS], "seed": seed,
    }  # fmt: skip
    if method.steps is None:
        search = replace(search, told=tell_nobody)
        return squeeze(model, max_loss=MAX_LOSS, holdout=test.is_right, search=search, **common)
    try:
        return Recipe(*method.steps(search.epochs)).apply(model, **common)
    except ExportError:
        if not method.otherwise:
            raise
        return Recipe(*method.otherwise(search.epochs)).apply(model, **common)


def _write(path: Path, facts: dict[str, Any]) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(json.dumps(facts, indent=1) + "\n", "utf-8")
    os.replace(partial, path)
