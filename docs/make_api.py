"""Writes docs/api.md and docs/compression-api.md from docstrings: `python docs/make_api.py`."""

from __future__ import annotations

import dataclasses
import enum
import importlib
import inspect
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from trainer.settings import ranges

DOCS = Path(__file__).parent


class Page(NamedTuple):
    """What a page is about."""

    package: str  # whose `__all__` it lists
    head: str  # above the names


RUNTIME_HEAD = """# Public API

Every name in `edge_runtime.__all__`, with its signature and the first sentence of its docstring. All else in the
package may change without notice. [architecture.md](architecture.md) says how the parts belong together.

    from datetime import UTC, datetime
    from pathlib import Path

    from edge_runtime import Reader, demo_articles

    now = datetime.now(UTC)
    with Reader.open(Path("reader")) as reader:
        reader.add(demo_articles(now), now)
        for scored in reader.feed(now, limit=3):
            print(scored.article.title, scored.reason)

This page is made by `python docs/make_api.py`; a test fails when it is stale.
"""
COMPRESSION_HEAD = """# The compression library

Every name in `trainer.compression.__all__`, with its signature and the first sentence of its docstring.
[compress-your-model.md](compress-your-model.md) shows how they are used.

This page is made by `python docs/make_api.py`; a test fails when it is stale.
"""
PAGES = {
    "api.md": Page("edge_runtime", RUNTIME_HEAD),
    "compression-api.md": Page("trainer.compression", COMPRESSION_HEAD),
}
# The order of a page: the first kind that fits.
KINDS = ("Reader", "Functions", "Classes and values", "Choices", "Errors")


def page(name: str) -> str:
    """One of `PAGES`, whole."""
    about = PAGES[name]
    package = importlib.import_module(about.package)
    found: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for public in sorted(set(package.__all__), key=str.casefold):
        thing = getattr(package, public)
        found[_kind(public, thing)].extend(_entry(public, thing))
    lines = [line for kind in KINDS if found[kind] for line in [f"## {kind}", "", *found[kind]]]
    return "\n".join([about.head, *lines])


def _kind(name: str, thing: object) -> str:
    if name == "Reader":
        return "Reader"
    if not inspect.isclass(thing):
        return "Functions" if callable(thing) else "Classes and values"
    if issubclass(thing, Exception):
        return "Errors"
    return "Choices" if issubclass(thing, enum.Enum) else "Classes and values"


def _entry(name: str, thing: object) -> Iterator[str]:
    if not callable(thing):
        yield from (f"### `{name}`", "", f"A {type(thing).__name__}.", "")
        return
    yield from (f"### `{name}`", "", _first_sentence(thing), "")
    if not inspect.isclass(thing):
        yield from (f"`{name}{_signature(thing)}`", "")
    elif issubclass(thing, enum.Enum):
        yield from (", ".join(f"`{member.name}`" for member in thing) + ".", "")
    elif not issubclass(thing, Exception):
        if dataclasses.is_dataclass(thing):
            yield from (f"`{name}{_signature(thing)}`".replace(" -> None", ""), "")
        yield from _methods(thing)


def _methods(kind: type) -> Iterable[str]:
    lines = []
    for name, static in inspect.getmembers_static(kind):
        if name.startswith("_") or getattr(static, "__doc__", None) is None or static is vars(str).get(name):
            continue
        if isinstance(static, property):
            lines.append(f"- `{name}`: {_first_sentence(static)}")
        elif callable(function := getattr(kind, name)) and not inspect.isclass(function):
            lines.append(f"- `{name}{_signature(function)}`: {_first_sentence(function)}")
    return [*lines, ""] if lines else []


def _signature(function: object) -> str:
    """As it is called: without self, and types as the source writes them, but for the ranges of numbers."""
    text = str(inspect.signature(function))  # type: ignore[arg-type]
    text = re.sub(r"\(self(?:, )?", "(", text)
    text = re.sub(r"<(\w+\.\w+): [^>]+>", r"\1", text)
    text = re.sub(r"<function (?:\w+\.)*<lambda> at 0x\w+>", "...", text)
    text = re.sub(r"<function (\w+) at 0x\w+>", r"\1", text)
    text = re.sub(r"<object object at 0x\w+>|<factory>", "...", text)
    # Types are strings to Python, and shown without quotes; defaults keep theirs.
    text = re.sub(r"(: |-> )'([^']*)'", r"\1\2", text)
    return re.sub(r": (\w+) = ", lambda found: f": {_without_range(found[1])} = ", text)


def _without_range(name: str) -> str:
    """`int` or `float` for the name of a type of `trainer.settings.ranges`."""
    kind = vars(ranges).get(name)
    return kind.__origin__.__name__ if hasattr(kind, "__metadata__") else name


def _first_sentence(thing: object) -> str:
    """The first line of a docstring, to its end."""
    return (inspect.getdoc(thing) or "").partition("\n\n")[0].replace("\n", " ")


if __name__ == "__main__":
    for name in PAGES:
        (DOCS / name).write_text(page(name), encoding="utf-8")
        print(f"wrote {DOCS / name}")
