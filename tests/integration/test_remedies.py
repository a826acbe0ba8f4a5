"""The library states facts and names remedies; the command line and the app have words of their own for each."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from android_demo.core import remedies as app_remedies
from edge_runtime import Article, EdgeError, Notice, Reader, Remedy, Signal, Wording
from edge_runtime.cli import remedies as cli_remedies

PACKAGE = Path(__file__).parents[2] / "edge_runtime"
SPEAK_TO_A_SHELL = {"cli", "systemd", "tui", "__main__.py"}
# A command, an option, an installer; comments of SQL have a space after their dashes.
OF_THE_COMMAND_LINE = re.compile(r"`edge-news|edge-news [a-z]+[ `]|--data| --[a-z]|pip install")
# What mends it, which is a `Remedy`.
OF_A_REMEDY = re.compile(
    r"update edge-news|(?:get|export|download) (?:it|the \w+) again|check the (?:path|disk)|give a (?:file|bundle)"
    r"|mend it|make (?:it|the file) .*writable|use another|install (?:it|one)|move it away"
)
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def messages(path: Path) -> Iterator[tuple[int, str]]:
    """Texts in a file that are not docstrings, with their lines; the pieces of an f-string are joined."""
    tree = ast.parse(path.read_text("utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield (
                node.lineno,
                "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values),
            )
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.lineno, node.value


def test_no_text_of_the_library_speaks_the_command_lines_language():
    paths = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in SPEAK_TO_A_SHELL]
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in paths
        for line, text in messages(path)
        if OF_THE_COMMAND_LINE.search(text)
    ]
    assert len(paths) > 50
    assert found == []


def test_no_fact_of_the_library_holds_what_mends_it():
    paths = [path for path in PACKAGE.rglob("*.py") if path.relative_to(PACKAGE).parts[0] not in SPEAK_TO_A_SHELL]
    assert all(OF_A_REMEDY.search(text) for text in ("damaged; get it again", "version 2; update edge-news"))
    found = [
        f"{path.relative_to(PACKAGE)}:{line}: {text}"
        for path in paths
        if path.name != "errors.py"
        for line, text in messages(path)
        if OF_A_REMEDY.search(text)
    ]
    assert found == []


def test_every_remedy_has_words():
    assert not set(app_remedies.WORDS) & set(app_remedies.SENTENCES)
    assert {*app_remedies.WORDS, *app_remedies.SENTENCES} == set(Remedy)
    assert all((app_remedies.WORDS | app_remedies.SENTENCES).values())
    for remedy in Remedy:
        said = cli_remedies.told(EdgeError("the disk is full", remedy))
        assert said == f"the disk is full; {cli_remedies.COMMANDS.get(remedy, remedy.value)}"


def test_commands_that_mend_are_commands():
    for words in cli_remedies.COMMANDS.values():
        assert re.search(r"`edge-news [a-z]+|--data|pip install|edge-news-trainer|came with edge-news", words)


@pytest.mark.parametrize("remedy", Remedy)
def test_the_app_names_nothing_to_type(remedy):
    said = app_remedies.told(EdgeError("the disk is full", remedy), Wording())
    assert app_remedies.WORDS.get(remedy, app_remedies.SENTENCES.get(remedy, "")).rstrip(".") in said
    assert not re.search(r"--|`|\bpip\b|edge-news|/", said)


@pytest.mark.parametrize("remedy", [None, *Remedy])
def test_an_error_that_was_kept_as_text_keeps_its_remedy(remedy):
    error = EdgeError("no such thing; really", remedy)
    assert Notice.parse(str(error)) == Notice("no such thing; really", remedy)
    assert str(Notice(error.fact, error.remedy)) == str(error)
    assert cli_remedies.told_again(str(error)) == cli_remedies.told(error)


def test_what_was_hidden_comes_with_its_remedy(tmp_path):
    with Reader.open(tmp_path) as reader:
        reader.add([Article("a", "Rain again in the hills")], NOW)
        reader.record("a", Signal.HIDE, NOW)
        (hidden,) = reader.hidden(NOW)
        assert (hidden.reason, hidden.remedy) == ("you hid it", Remedy.UNHIDE)
        found = reader.explain("a", NOW)
        assert (found.hidden, found.hidden_remedy) == ("you hid it", Remedy.UNHIDE)
        said = cli_remedies.told_of_article(hidden.reason, hidden.remedy, "a")
        assert said == "you hid it; `edge-news unhide a` brings it back"
        reader.record("a", Signal.LIKE, NOW)
        assert reader.hidden(NOW) == [] and reader.explain("a", NOW).hidden_remedy is None
