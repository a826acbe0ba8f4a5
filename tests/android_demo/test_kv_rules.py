"""A class's rule goes on setting what it is bound to: what a single widget gives once in its place is lost again."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import android_demo.ui

UI = Path(android_demo.ui.__file__).parent
LAYOUT = ("padding", "spacing", "size", "pos", "width", "height")
Watched = dict[str, set[tuple[str, ...]]]  # by property, what its value follows


def watched(rule: Any) -> Watched:
    """What the properties that a rule gives follow; `ids.name` is the `name` of a rule of its own."""

    def key(names: list[str]) -> tuple[str, ...]:
        return tuple(names[2:] if names[:2] == ["self", "ids"] else names)

    return {name: {key(names) for names in found.watched_keys or ()} for name, found in rule.properties.items()}


def below(rule: Any) -> Iterator[Any]:
    for child in rule.children or ():
        yield child
        yield from below(child)


def lost(files: dict[str, str], bases: dict[str, list[str]]) -> list[str]:
    """Layout that a widget or a class gives, and that the rule of its class overwrites once it changes."""
    from kivy.lang.parser import Parser

    rules = [(file, rule) for file, text in files.items() for _, rule in Parser(content=text, filename=file).rules]
    own: dict[str, Watched] = {}
    bases = dict(bases)
    for _, rule in rules:
        name, _, base = rule.name.strip("<>-").partition("@")
        own.setdefault(name, {}).update(watched(rule))
        if base:
            bases[name] = base.split("+")

    def of_class(name: str) -> Watched:
        found: Watched = {}
        for base in bases.get(name, []):
            found.update(of_class(base))
        return found | own.get(name, {})

    def losses(file: str, rule: Any, given: Watched) -> Iterator[str]:
        for name, mine in watched(rule).items():
            if name in LAYOUT and not given.get(name, set()) <= mine:
                yield f"{file}, line {rule.line + 1}: {name} of {rule.name} follows {given[name] - mine} all the same"

    found = []
    for file, rule in rules:
        for base in bases.get(rule.name.strip("<>-").partition("@")[0], []):
            found += [] if rule.avoid_previous_rules else losses(file, rule, of_class(base))
        for child in below(rule):
            found += losses(file, child, of_class(child.name))
    return found


def test_no_layout_is_given_that_the_rule_of_its_class_takes_back():
    # What a file imports is not wanted here: some of it opens a window.
    files = {path.name: re.sub("(?m)^#:import", "# import", path.read_text("utf-8")) for path in UI.glob("*.kv")}
    classes = [
        re.findall(r"^class (\w+)\(([^)]*)\)", path.read_text("utf-8"), re.MULTILINE) for path in UI.glob("*.py")
    ]
    bases = {
        name: [base.strip().split(".")[-1] for base in given.split(",")] for found in classes for name, given in found
    }
    assert not lost(files, bases)


def test_the_rule_finds_what_it_is_for():
    text = "<Wide@BoxLayout>:\n    padding: self.width / 9\n<Page>:\n    Wide:\n        padding: 9\n"
    assert lost({"a.kv": text}, {}) == ["a.kv, line 4: padding of Wide follows {('self', 'width')} all the same"]
    assert not lost({"a.kv": text.replace("padding: 9", "padding: self.width / 3")}, {})
