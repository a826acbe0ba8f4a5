"""What a test needs is read off it, not written beside it: `make check` leaves out what is dear, `make test` the long.

A test is `slow` or `long` if it, or a fixture that it uses, asks for the fixture of that name; `window` and `server`
likewise. A file whose imports reach TensorFlow is not even imported where the marker `tensorflow` is left out.
"""

from __future__ import annotations

import fcntl
import functools
import gc
import hashlib
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.edge_runtime.feeds.hostile_server import HostileServer

# Models of a few thousand weights: a second thread waits more than it computes, and the tests of a run share two cores.
for threads in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(threads, "1")

# Kivy would keep the last hundred records of all, TensorFlow's graphs with them: letting go of some took a minute.
os.environ["KIVY_LOG_MODE"] = "PYTHON"

# The settings of whoever runs the tests are none of theirs.
for setting in ("EDGE_NEWS_DATA", "PAGER"):
    os.environ.pop(setting, None)
os.environ["XDG_CONFIG_HOME"] = "/nonexistent"
os.environ["XDG_CACHE_HOME"] = "/dev/null/nobody's"  # which nobody can make: each run keeps its own text vectors

ROOT = Path(__file__).parents[1]
BY_FIXTURE = ("slow", "long", "window", "server", "browser")
# Fixtures that are `made_once`, the dearest first.
TRAINED = ("small", "finished", "begun")
HAD_TENSORFLOW = pytest.StashKey[bool]()
# At the start of a line, so neither in a function nor for types alone.
IMPORT = re.compile(r"^(?:import ([\w.]+)|from ([\w.]+) import (\([^)]*\)|.*))", re.MULTILINE)


@pytest.fixture(scope="session")
def slow() -> None:
    """Asked for by what takes seconds: `make check` leaves out every test that uses it."""


@pytest.fixture(scope="session")
def long() -> None:
    """Asked for by what takes the better part of a minute or more: `make test-long` alone runs it."""


@pytest.fixture
def server() -> Iterator[HostileServer]:
    """A real server on this machine; what uses it needs the loopback."""
    from tests.edge_runtime.feeds.hostile_server import HostileServer

    running = HostileServer()
    yield running
    running.close()


@pytest.fixture(params=["short", pytest.param("long", marks=pytest.mark.long)])
def rounds(request: pytest.FixtureRequest) -> Callable[[int, int], int]:
    """How often a law is tried: `rounds(400, 20_000)` are 400, and 20,000 in a second, long test."""
    return lambda short, long: long if request.param == "long" else short


@pytest.fixture(scope="session")
def made_once(slow: None) -> Callable[[str], AbstractContextManager[Path]]:
    """A folder of this name for all runs of the same sources, held by one process at a time: the next finds it made.

    So `make test-long` finds what `make test` has trained; that one begins with an empty build/trained.
    """
    shared = ROOT / "build" / "trained" / sources_key()

    @contextmanager
    def hold(name: str) -> Iterator[Path]:
        folder = shared / name
        folder.mkdir(parents=True, exist_ok=True)
        with (shared / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield folder

    return hold


@functools.cache
def sources_key() -> str:
    """A hash of all files that what is trained may depend on."""
    patterns = ("edge_runtime/**/*", "trainer/**/*", "tests/**/conftest.py")
    files = {path for pattern in patterns for path in ROOT.glob(pattern) if path.is_file() and path.suffix != ".pyc"}
    digest = hashlib.sha256()
    for path in sorted(files):
        digest.update(f"{path.relative_to(ROOT)} {hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()[:16]


def needs_tensorflow(path: Path) -> bool:
    """Whether a file imports TensorFlow or Keras at its top, or a file of ours that does."""
    seen = {path}
    waiting = [path]
    while waiting:
        for name in imported(waiting.pop()):
            if name in ("tensorflow", "keras"):
                return True
            new = set(ours(name)) - seen
            seen |= new
            waiting += new
    return False


@functools.cache
def imported(path: Path) -> set[str]:
    """Dotted names of what a file imports at its top, and of the packages around each."""
    found = set()
    for module, package, names in IMPORT.findall(path.read_text(encoding="utf-8")):
        parts = (module or package).split(".")
        found |= {".".join(parts[: end + 1]) for end in range(len(parts))}
        found |= {f"{package}.{name}" for name in re.findall(r"\w+", names) if package}
    return found


@functools.cache
def ours(name: str) -> list[Path]:
    """The file of a dotted name, if it is one of the packages' or of the tests'."""
    if name.partition(".")[0] not in ("trainer", "benchmarks", "tests"):
        return []
    place = ROOT / name.replace(".", "/")
    return [path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()]


def is_left_out(marker: str, config: pytest.Config) -> bool:
    return bool(re.search(rf"not \(?[\w ]*\b{marker}\b", config.option.markexpr))


def pytest_configure(config: pytest.Config) -> None:
    gc.disable()  # until all is imported: hardly any of it is garbage
    if is_left_out("slow", config) and find_spec("hypothesis"):
        from hypothesis import settings

        settings.register_profile("quick", max_examples=25)
        settings.load_profile("quick")


def pytest_collection_finish() -> None:
    """What was imported stays: to look through it for garbage again and again is a sixteenth of the tests' time."""
    gc.freeze()
    gc.enable()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    is_dear = (
        is_left_out("tensorflow", config) and collection_path.suffix == ".py" and needs_tensorflow(collection_path)
    )
    return True if is_dear else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    item.stash[HAD_TENSORFLOW] = "tensorflow" in sys.modules


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item) -> None:
    loads_it = "tensorflow" in sys.modules and not item.stash[HAD_TENSORFLOW]
    if loads_it and is_left_out("tensorflow", item.config):
        pytest.fail("this test loads TensorFlow, though its file imports none: let it ask for the fixture `slow`")


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        for name in set(BY_FIXTURE) & fixtures_of(item):
            item.add_marker(name)
        if needs_tensorflow(item.path):
            item.add_marker("tensorflow")
    yield
    items[:] = dear_first(items)


def fixtures_of(item: pytest.Item) -> set[str]:
    return set(getattr(item, "fixturenames", ()))


def dear_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files in another order: one for each of `TRAINED`, then what is dear, then the quick, which end together.

    Each process begins with a file of its own, so neither waits for what the other trains.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    firsts = [
        next(
            (path for path, tests in files.items() if any({name, "made_once"} <= fixtures_of(test) for test in tests)),
            None,
        )
        for name in TRAINED
    ]

    def place(path: Path) -> int:
        if path in firsts:
            return firsts.index(path) - len(firsts)
        is_dear = any(test.get_closest_marker(name) for test in files[path] for name in ("tensorflow", "slow"))
        return 0 if is_dear else 1

    return [test for path in sorted(files, key=place) for test in files[path]]
