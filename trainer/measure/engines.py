"""Which interpreters load a finished bundle *and are right*: its golden vectors say so, not what they promise.

Other interpreters live in environments of their own and are asked in processes of their own. They may need another
NumPy. A model that one of them cannot run may kill its process, and tflite-runtime fails beside TensorFlow.
"""

from __future__ import annotations

import json
import signal
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import edge_runtime
from edge_runtime import BundleError, EngineError, NewsModel, read_bundle
from edge_runtime.model.news_model import INTERPRETERS, engine_version
from trainer.errors import ConfigError

TRAINERS_OWN = ("ai-edge-litert", "numpy")  # those that may be loaded beside TensorFlow
RIGHT = "gives the golden outputs"

# What another environment's Python runs. The runtime is loaded from its folder alone: to put all that lies beside it on
# the path, in an installed trainer its NumPy and its interpreter too, would ask those instead.
_QUESTION = """
import importlib.util, json, sys
from pathlib import Path

folder, bundle, engine = sys.argv[1:]
spec = importlib.util.spec_from_file_location("edge_runtime", Path(folder, "__init__.py"))
edge_runtime = sys.modules["edge_runtime"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(edge_runtime)
from edge_runtime.engines import engine_version, installed_engines

if engine not in installed_engines():
    sys.exit()  # nothing is said
print(json.dumps({"version": engine_version(engine).split()[1]}), flush=True)
news = edge_runtime.NewsModel(edge_runtime.read_bundle(Path(bundle)), engine)
try:
    news.check_golden()
except edge_runtime.BundleError as error:
    loads = not isinstance(error.__cause__, edge_runtime.EngineError)
    print(json.dumps({"loads": loads, "right": False, "message": str(error)}))
else:
    print(json.dumps({"loads": True, "right": True, "message": "gives the golden outputs"}))
"""


@dataclass(frozen=True, slots=True)
class EngineResult:
    """What an interpreter made of a bundle."""

    engine: str  # one of `ENGINES` in `edge_runtime.engines`
    version: str
    loads: bool  # it accepts both models
    right: bool  # it gives the golden outputs
    message: str


def check_engines(bundle: Path, pythons: Sequence[Path] = (), timeout_s: float = 120.0) -> list[EngineResult]:
    """Ask the trainer's own engines, then every interpreter of some other environments.

    Args:
        bundle: A finished bundle.
        pythons: The Python of each other environment; it needs NumPy and an interpreter, not edge-news.
        timeout_s: How long each of its interpreters may take.

    Raises:
        BundleError: Not a bundle, or a damaged one.
        ConfigError: A Python cannot be run, lacks what the runtime needs, or has no interpreter.
    """
    results = [_check_here(bundle, engine) for engine in TRAINERS_OWN]
    for python in pythons:
        found = [_check_there(bundle, python, engine, timeout_s) for engine in INTERPRETERS]
        if not any(found):
            raise ConfigError(
                f"{python}: its environment has no TFLite interpreter; install one of {', '.join(INTERPRETERS)} there"
            )
        results += [result for result in found if result]
    return results


def _check_here(bundle: Path, engine: str) -> EngineResult:
    version = engine_version(engine).split()[1]
    opened = read_bundle(bundle)
    try:
        NewsModel(opened, engine).check_golden()
    except EngineError as error:
        return EngineResult(engine, version, False, False, str(error))
    except BundleError as error:
        loads = not isinstance(error.__cause__, EngineError)
        return EngineResult(engine, version, loads, False, str(error))
    return EngineResult(engine, version, True, True, RIGHT)


def _check_there(bundle: Path, python: Path, engine: str, timeout_s: float) -> EngineResult | None:
    """Open the bundle in another environment; None if it does not have the interpreter."""
    runtime = Path(edge_runtime.__file__).parent
    command = [str(python), "-I", "-c", _QUESTION, str(runtime), str(bundle.resolve()), engine]
    try:
        asked = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s)
        output, code, complaint = asked.stdout, asked.returncode, asked.stderr
    except subprocess.TimeoutExpired as late:
        output, code, complaint = (late.stdout or b"").decode(), 1, f"no answer in {timeout_s:g} s"
    except OSError as error:
        raise ConfigError(f"{python}: cannot be run: {error}; give the Python of an environment") from error
    answers = [json.loads(line) for line in output.splitlines()]
    last_words = (complaint.strip().splitlines() or [""])[-1]
    match answers:
        case [{"version": version}, answer]:
            return EngineResult(engine, version, **answer)
        case [{"version": version}] if code < 0:
            return EngineResult(engine, version, False, False, f"crashes ({signal.Signals(-code).name})")
        case [{"version": version}]:
            return EngineResult(engine, version, False, False, f"fails: {last_words}")
        case _ if code:
            raise ConfigError(
                f"{python}: cannot run edge-news: {last_words}; give a Python 3.11 or later that has NumPy and an "
                "interpreter"
            )
    return None
