"""The order of the layers, as docs/architecture.md draws it: nothing imports upwards, lazily or for types alone."""

from __future__ import annotations

import ast
import functools
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Lowest first. Names of one line do not import each other. A name that is not here is a new layer: put it in its place.
RUNTIME = [
    ["sentences", "version"],
    ["errors"],
    ["types"],
    ["addresses"],
    ["engines"],
    ["model"],
    ["content"],
    ["worth"],
    ["storage"],
    ["personal", "feeds"],
    ["notify"],
    ["installation", "intake", "list_filter"],
    ["profile"],
    ["feed_maker"],
    ["accounts"],
    ["overviews"],
    ["reader"],
    ["pages"],
    ["__init__"],
    ["screens"],
    ["tui", "web"],
    ["cli"],
    ["systemd", "__main__"],
]
TRAINER = [
    ["errors", "intervals", "__init__"],
    ["settings"],
    ["compression"],
    ["data"],
    ["clusters"],
    ["models", "text_vectors"],
    ["training"],
    ["fits"],
    ["export"],
    ["measure"],
    ["student_steps"],
    ["baselines"],
    ["pipeline"],
    ["run"],
    ["search", "report"],
    ["cli"],
    ["__main__"],
]
# What else the trainer and the app may name of the runtime than its public API: the model; the screens.
SHARED = {"trainer": {"edge_runtime", "edge_runtime.model"}, "android_demo": {"edge_runtime", "edge_runtime.screens"}}


@functools.cache
def imported(path: Path) -> list[str]:
    """Dotted names of modules that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def part_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


def named_part(package: str, name: str) -> str:
    """The layer that a dotted name lies in; "__init__" for what the package itself offers."""
    first = name.split(".")[1]
    return first if (ROOT / package / first).is_dir() or (ROOT / package / f"{first}.py").exists() else "__init__"


@pytest.mark.parametrize(("package", "layers"), [("edge_runtime", RUNTIME), ("trainer", TRAINER)])
def test_nothing_imports_upwards(package, layers):
    height = {name: number for number, names in enumerate(layers) for name in names}
    upwards = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in imported(path)
        if name.startswith(f"{package}.")
        and part_of(path) != (part := named_part(package, name))
        and height[part] >= height[part_of(path)]
    ]
    assert upwards == []


@pytest.mark.parametrize("package", ["trainer", "android_demo"])
def test_of_the_runtime_only_what_is_shared_is_named(package):
    deep = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / package).rglob("*.py")
        for name in imported(path)
        if name.startswith("edge_runtime.")
        and (part := named_part("edge_runtime", name)) != "__init__"
        and f"edge_runtime.{part}" not in SHARED[package]
    ]
    assert deep == []


def test_every_module_that_the_app_imports_is_there():
    """Kivy has no types, so no checker reads the app; many of its imports wait in functions."""
    names = {name for path in (ROOT / "android_demo").rglob("*.py") for name in imported(path)}
    ours = [name.split(".") for name in sorted(names) if name.startswith(("android_demo.", "edge_runtime."))]
    assert [".".join(parts) for parts in ours if not is_there(parts)] == []


def is_there(parts: list[str]) -> bool:
    """Whether a dotted name is a module, or may be something in one."""
    path, above = ROOT.joinpath(*parts), ROOT.joinpath(*parts[:-1])
    if path.is_dir() or path.with_suffix(".py").exists():
        return True
    inside = above.with_suffix(".py") if above.with_suffix(".py").exists() else above / "__init__.py"
    return inside.exists() and re.search(rf"\b{parts[-1]}\b", inside.read_text(encoding="utf-8")) is not None


def test_the_runtime_names_neither_trainer_nor_tensorflow_nor_kivy():
    outside = {"trainer", "android_demo", "tensorflow", "keras", "kivy"}
    names = {name.partition(".")[0] for path in (ROOT / "edge_runtime").rglob("*.py") for name in imported(path)}
    assert not names & outside


@pytest.mark.parametrize(("package", "most"), [("edge_runtime", 12), ("trainer", 5)])
def test_few_files_lie_loose_at_the_top(package, most):
    assert len(list((ROOT / package).glob("*.py"))) <= most
