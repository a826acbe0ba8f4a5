"""The study: a base for each model and seed, then every method from it, each library in its own environment.

What is finished is not done again; what failed is tried again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from benchmarks.peers.adapters.rows import SPLITS, row_name, weights_path, write_row
from benchmarks.peers.budget import MODELS, write_splits
from benchmarks.peers.methods import AT_HOME, PEERS, Method, methods_of
from trainer.errors import ConfigError

ROOT = Path(__file__).parents[2]
MODULES = "benchmarks.peers.adapters"
LIMIT_S = 3600
# Others may work on the machine; a model of this size gains nothing from threads.
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}

Say = Callable[[str], object]
Start = Callable[[str, Sequence[str]], str]  # interpreter and arguments; what it said if it failed, else nothing


def start(python: str, arguments: Sequence[str]) -> str:
    """Run a module in another environment, one at a time."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(ROOT), "TF_CPP_MIN_LOG_LEVEL": "2"}
    command = [python, "-m", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=LIMIT_S)
    if not done.returncode:
        return ""
    said = done.stderr.strip().splitlines()
    return said[-1] if said else f"the process ended with {done.returncode}"


def run_study(
    out: Path,
    pythons: Mapping[str, str],
    seeds: Sequence[int],
    only: Sequence[str] = (),
    say: Say = lambda line: print(line, flush=True),
    start: Start = start,
) -> dict[str, str]:
    """Do what is not done yet.

    Args:
        out: The folder for everything.
        pythons: The interpreter of each library that is asked, by adapter.
        seeds: With which everything is trained.
        only: Settings; empty: all.
        say: Takes the lines that tell what goes on.
        start: Runs a module by an interpreter.

    Returns:
        Errors by row; they stand in the rows too.

    Raises:
        ConfigError: An unknown library, or the base could not be trained.
    """
    for peer in pythons:
        if peer not in PEERS:
            raise ConfigError(f"--python {peer}: no such library; known are {', '.join(PEERS)}")
    out = out.resolve()
    out.mkdir(parents=True, exist_ok=True)
    if not (out / SPLITS).exists():
        write_splits(out / SPLITS)
    every = {**{peer: sys.executable for peer in AT_HOME}, **pythons}
    for model in MODELS:
        for seed in seeds:
            if not weights_path(out, model, seed).exists():
                say(f"base {model} {seed}")
                if error := start(sys.executable, [f"{MODULES}.base", str(out), model, str(seed)]):
                    raise ConfigError(f"base of {model}, seed {seed}: {error}")
    failed: dict[str, str] = {}
    for seed in seeds:
        for model in MODELS:
            for peer, python in every.items():
                chosen = [method for method in methods_of(peer) if not only or method.setting in only]
                failed |= _ask(out, python, chosen, (model, seed), say, start)
    return failed


def _ask(
    out: Path, python: str, methods: Sequence[Method], base: tuple[str, int], say: Say, start: Start
) -> dict[str, str]:
    model, seed = base
    missing = [method for method in methods if "error" in read_row(out, method, model, seed)]
    if not missing:
        return {}
    peer = missing[0].peer
    say(f"{peer} {model} {seed}: {', '.join(method.key for method in missing)}")
    asked = [f"{method.setting}:{method.name}" for method in missing]
    error = start(python, [f"{MODULES}.{peer}", str(out), model, str(seed), *asked])
    failed = {}
    for method in missing:
        path = out / row_name(method.peer, method.setting, method.name, model, seed)
        # The process ended before this row: it could not import the library, or died on the way.
        if error and not path.exists():
            write_row(path, {"error": error})
        if reason := read_row(out, method, model, seed).get("error"):
            failed[path.stem] = reason
            say(f"failed: {path.stem}: {reason}")
    return failed


def read_row(out: Path, method: Method, model: str, seed: int) -> dict:
    """A row; one with an error if it is not there."""
    path = out / row_name(method.peer, method.setting, method.name, model, seed)
    return json.loads(path.read_text("utf-8")) if path.exists() else {"error": "not measured"}
