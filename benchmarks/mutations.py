"""How many small faults the tests find: one is put into a module at a time, and its tests have to fail.

    python -m benchmarks.mutations trainer.compression.grids trainer.compression.metric --number 20 --seed 0

TensorFlow is loaded once; each mutant is tried in a fork of this process, on the test file that mirrors its module.
Tests marked slow or long are left out, unless --slow is given. What survives is printed with its line.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import importlib.util
import os
import random
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keras  # noqa: F401 - loaded before the forks, which share it
import pytest
import sklearn.datasets  # noqa: F401

SECONDS = 120  # after which a mutant counts as found: its loop does not end
SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Pow: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def mutants(tree: ast.Module) -> Iterator[tuple[int, str, Callable[[], None]]]:
    """Line, words and the change itself, for each fault that can be put into a tree."""
    for node in _code(tree):
        if isinstance(node, ast.Compare):
            yield node.lineno, ast.unparse(node), _swap(node.ops, 0)
        elif isinstance(node, (ast.BinOp, ast.BoolOp, ast.AugAssign)) and type(node.op) in SWAPPED:
            yield node.lineno, ast.unparse(node), lambda node=node: setattr(node, "op", SWAPPED[type(node.op)]())
        elif isinstance(node, ast.Constant) and isinstance(node.value, (bool, int, float)):
            other = (not node.value) if isinstance(node.value, bool) else node.value + 1
            yield node.lineno, f"{node.value} as {other}", lambda node=node, other=other: setattr(node, "value", other)
        elif isinstance(node, ast.UnaryOp) and isinstance(node.op, (ast.USub, ast.Not)):
            yield node.lineno, ast.unparse(node), lambda node=node: setattr(node, "op", ast.UAdd())
        elif isinstance(node, (ast.If, ast.IfExp)):
            yield (
                node.lineno,
                f"if {ast.unparse(node.test)}",
                lambda node=node: setattr(node, "test", ast.UnaryOp(ast.Not(), node.test)),
            )


def _swap(operators: list[ast.cmpop], place: int) -> Callable[[], None]:
    return lambda: operators.__setitem__(place, SWAPPED[type(operators[place])]())  # type: ignore[func-returns-value]


def _code(tree: ast.AST) -> Iterator[ast.AST]:
    """Every node that is neither an annotation nor a decorator nor a raised error."""
    for name, child in ast.iter_fields(tree):
        if name in ("annotation", "returns", "decorator_list") or isinstance(tree, ast.Raise):
            continue
        for node in child if isinstance(child, list) else [child]:
            if isinstance(node, ast.AST):
                yield node
                yield from _code(node)


def survives(name: str, number: int, tests: Path, markers: str) -> bool:
    """Whether the tests pass with fault `number` in a module."""
    child = os.fork()
    if child == 0:
        os.setsid()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        status = 1
        try:
            _load(name, number)
            status = int(pytest.main(["-x", "-q", "-p", "no:cacheprovider", "-m", markers, str(tests)]))
        finally:
            os._exit(status)
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status == 0
        time.sleep(0.05)
    os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _load(name: str, number: int) -> None:
    spec = importlib.util.find_spec(name)
    assert spec and spec.origin
    tree = ast.parse(Path(spec.origin).read_text("utf-8"))
    if number >= 0:
        list(mutants(tree))[number][2]()
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    package, _, short = name.rpartition(".")
    setattr(importlib.import_module(package), short, module)
    exec(compile(ast.fix_missing_locations(tree), spec.origin, "exec"), module.__dict__)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="+")
    parser.add_argument("--number", type=int, default=20, help="mutants of a module, at most")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--slow", action="store_true", help="run tests that are marked slow, too")
    options = parser.parse_args()
    found = tried = 0
    for name in options.modules:
        path = Path(*name.split(".")).with_suffix(".py")
        tests = Path("tests") / path.parent / f"test_{path.name}"
        markers = "not long" if options.slow else "not slow and not long"
        if not survives(name, -1, tests, markers):
            raise SystemExit(f"{tests}: fails without any fault")
        every = [(line, words) for line, words, _ in mutants(ast.parse(path.read_text("utf-8")))]
        chosen = random.Random(options.seed).sample(range(len(every)), min(options.number, len(every)))
        alive = [number for number in sorted(chosen) if survives(name, number, tests, markers)]
        found, tried = found + len(chosen) - len(alive), tried + len(chosen)
        print(f"{name}: {len(chosen) - len(alive)} of {len(chosen)} found", flush=True)
        for number in alive:
            print(f"  survived, line {every[number][0]}: {every[number][1]}", flush=True)
    print(f"{found} of {tried} found, {found / max(1, tried):.0%}")


if __name__ == "__main__":
    main()
