"""The sources that a stage depends on: with changed code its last result is yesterday's.

What a stage calls is followed through the imports, as they stand in the source. Files that hold one stage below the
other (`ONE_BY_ONE`) are followed function by function, all others as a whole.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import edge_runtime
import trainer

ONE_BY_ONE = (
    "trainer.pipeline",
    "trainer.run.preparation",
    "trainer.run.stages",
    "trainer.run.model_files",
    "trainer.run.facts",
)
# Keep results, or look at them, and make none.
KEEPING = ("trainer.run.sources", "trainer.run.workspace", "trainer.training.learnable")
# Where each stage begins: a module, or one name in it. What is called through a table is named here as well.
ROOTS = {
    "simulate": (("trainer.data.simulate", ""), ("trainer.data.corpus", "")),
    "default": (("trainer.data.simulate", ""), ("trainer.data.tastes", ""), ("trainer.run.default_bundle", "")),
    "prepare": (("trainer.run.preparation", "Preparation.prepare"),),
    "teacher": (("trainer.run.stages", "Run.teacher"),),
    "distill": (("trainer.run.stages", "Run.distill"),),
    "compress": (("trainer.run.stages", "Run.compress"), ("trainer.student_steps.recipe", "")),
    "export": (("trainer.run.stages", "Run.export"),),
    "evaluate": (("trainer.run.stages", "Run.evaluate"),),
    "search": (("trainer.search.workshop", ""),),
}
PACKAGES = {package.__name__: Path(package.__file__ or "").parent for package in (edge_runtime, trainer)}

Place = tuple[str, str]  # a module, and a name in it or ""


def sources_key(stage: str, packages: Mapping[str, Path] | None = None) -> str:
    """A hash of all sources that a stage depends on; of no source where there is none to be read.

    Args:
        stage: One of `ROOTS`.
        packages: Folder of each package; those that run, if not given.
    """
    return _hash(ROOTS[stage], tuple(sorted((packages or PACKAGES).items())))


@cache
def _tree(packages: tuple[tuple[str, Path], ...]) -> _Tree:
    return _Tree(dict(packages))


@cache
def _hash(roots: tuple[Place, ...], packages: tuple[tuple[str, Path], ...]) -> str:
    digest = hashlib.sha256()
    for place, text in sorted(_tree(packages).reached(roots).items()):
        digest.update(repr((place, text)).encode())
    return digest.hexdigest()[:16]


class _Tree:
    """The packages' sources."""

    def __init__(self, packages: Mapping[str, Path]) -> None:
        self._packages = packages
        self._modules: dict[str, _Module | None] = {}

    def reached(self, roots: tuple[Place, ...]) -> dict[Place, str]:
        """Every place that the roots lead to, with its text."""
        found: dict[Place, str] = {}
        waiting = list(roots)
        while waiting:
            place = waiting.pop()
            module = self.module(place[0])
            if place in found or module is None:
                continue
            node = module.named(place[1])
            found[place] = ast.get_source_segment(module.text, node) or "" if place[1] else module.text
            for origin in module.origins if not place[1] else ():
                waiting += self._resolved(*origin)
            waiting += self._named_by(module, node) if place[1] else ()
        return found

    def _named_by(self, module: _Module, node: ast.AST) -> Iterator[Place]:
        """What one name of a module needs."""
        for child in ast.walk(node):
            for origin in _imports(child).values():
                yield from self._resolved(*origin)
            if isinstance(child, ast.Name) and child.id in module.imports:
                yield from self._resolved(*module.imports[child.id])
            elif isinstance(child, ast.Name) and child.id in module.defined:
                yield module.name, child.id
            elif isinstance(child, ast.Attribute) and isinstance(child.value, ast.Name) and child.value.id == "self":
                yield from ((module.name, name) for name in module.defined if name.endswith(f".{child.attr}"))

    def _resolved(self, origin: str, member: str) -> Iterator[Place]:
        """Where an imported name is written: a module of its own, another module that a package takes it from, or here.

        Args:
            origin: The module that is imported, or imported from.
            member: What is imported from it; "" for itself.
        """
        if origin.partition(".")[0] not in self._packages or origin in KEEPING:
            return
        if member and self.module(f"{origin}.{member}"):
            yield f"{origin}.{member}", ""
            return
        module = self.module(origin)
        if module is None:
            return
        if module.is_package and member in module.imports:
            yield from self._resolved(*module.imports[member])
        else:
            yield origin, member if origin in ONE_BY_ONE else ""

    def module(self, name: str) -> _Module | None:
        """A module by its dotted name; None if there is no source of it."""
        if name not in self._modules:
            package, _, rest = name.partition(".")
            folder = self._packages.get(package, Path("/nowhere")).joinpath(*rest.split(".")) if rest else None
            files = [folder / "__init__.py", folder.with_suffix(".py")] if folder else []
            if not rest and package in self._packages:
                files = [self._packages[package] / "__init__.py"]
            self._modules[name] = next((_read(name, file) for file in files if file.is_file()), None)
        return self._modules[name]


def _read(name: str, file: Path) -> _Module:
    return _parsed(name, file.read_text("utf-8"), is_package=file.name == "__init__.py")


@cache
def _parsed(name: str, text: str, *, is_package: bool) -> _Module:
    return _Module(name, text, is_package=is_package)


class _Module:
    """One source file: its text, what it imports, and where its names are written."""

    def __init__(self, name: str, text: str, *, is_package: bool) -> None:
        self.name, self.text, self.is_package = name, text, is_package
        self._tree = ast.parse(text)
        self.origins = {origin for node in ast.walk(self._tree) for origin in _imports(node).values()}
        self.imports: dict[str, tuple[str, str]] = {}
        self.defined: dict[str, ast.AST] = {}
        for node in _at_the_top(self._tree.body):
            self.imports |= _imports(node)
            for key, part in _definitions(node):
                self.defined[key] = part

    def named(self, name: str) -> ast.AST:
        """Where a name is written, or all of the file."""
        return self.defined.get(name, self._tree)


def _at_the_top(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements of a module, and those under `if TYPE_CHECKING`: there a package says what it loads when asked."""
    for node in body:
        yield from node.body if isinstance(node, ast.If) else [node]


def _imports(node: ast.AST) -> dict[str, tuple[str, str]]:
    """Names that a statement imports, each with its module and what is taken from it."""
    if isinstance(node, ast.Import):
        return {(alias.asname or alias.name): (alias.name, "") for alias in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {(alias.asname or alias.name): (node.module, alias.name) for alias in node.names}
    return {}


def _definitions(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
        yield node.name, node
    if isinstance(node, ast.ClassDef):
        yield from ((f"{node.name}.{part.name}", part) for part in node.body if isinstance(part, ast.FunctionDef))
    if isinstance(node, ast.Assign):
        yield from ((target.id, node) for target in node.targets if isinstance(target, ast.Name))
