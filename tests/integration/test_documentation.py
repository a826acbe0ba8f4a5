"""Every block of Python and every command on a page of this project works, or is at least understood.

Commands of `edge-news` run in a home of the page's own, with a feed of this machine in the place of example.org. What
cannot run here is checked for its form: commands of minutes by their own parsers.
"""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from edge_runtime.cli.command_line import main
from edge_runtime.installation import DEFAULT_BUNDLE
from tests.edge_runtime.feeds.hostile_server import HostileServer, response, rss
from tests.integration.documentation import Block, blocks_of, program

ROOT = Path(__file__).parents[2]
PAGES = sorted({*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {ROOT / "CHANGELOG.md"})
BLOCKS = [block for page in PAGES for block in blocks_of(page)]
PYTHON = [block for block in BLOCKS if block.is_python]
COMMANDS = [(block, command) for block in BLOCKS if not block.is_python for command in block.commands]

# What changes the machine, needs a network, root or another machine, or stands for something else.
CANNOT_RUN = {"pip", "sudo", "git", "cd", "mkdir", "ln", "rm", "cat", "cp", "adb", "buildozer"}
CANNOT_RUN |= {"systemctl", "journalctl", "docker", "."}
WITHOUT_PARSER = ("android_demo", "android_demo.check_apk", "android_demo.stage", "trainer.compression.golden")
# On a page these stand for names that its reader has.
GIVEN_NAMES = {
    "Path": "from pathlib import Path",
    "now": "from datetime import UTC, datetime; now = datetime(2026, 11, 24, 12, tzinfo=UTC)",
    "zone": "from datetime import UTC as zone",
    "data": "data = b'<rss version=\"2.0\"><channel><item><title>Rain</title></item></channel></rss>'",
    "url": "url = 'https://example.org/feed.xml'",
    "content_type": "content_type = 'application/rss+xml; charset=utf-8'",
    "candidates": "candidates = []",
    "log": "log = []",
    "last_run": "last_run = None",
    "elapsed_s": "elapsed_s = None",
    "last_sync": "last_sync = None",
    "settings": "from edge_runtime import PushSettings; settings = PushSettings()",
    "show": "show = print",
}
SMALLER = [  # seconds instead of minutes
    ("readers=500", "readers=20"),
    ("epochs=30", "epochs=2"),
    ("Search(epochs=20)", "Search(epochs=1, minutes=0.0)"),
]
NEWS = "".join(f"a{n}\tweather\train\tRain on day {n}\tIt rains.\thttps://example.org/a{n}\t[]\t[]\n" for n in range(9))
CLICKS = "".join(f"{n}\tu{n % 3}\t11/{10 + n}/2026 6:05:00 AM\ta0\ta{n}-1 a{n + 1}-0\n" for n in range(8))
GIVEN_FILES = {
    "news.tsv": NEWS,
    "behaviors.tsv": CLICKS,
    "articles.jsonl": "".join(json.dumps({"article_id": f"a{n}", "title": f"Rain {n}"}) + "\n" for n in range(9)),
    "impressions.jsonl": "".join(
        f'{{"impression_id": "i{n}", "user_id": "u", "time": "2026-11-{10 + n}T06:00:00Z", "shown": ["a1", "a2"], '
        '"clicked": ["a2"]}\n'
        for n in range(9)
    ),
    "feeds.opml": '<opml version="2.0"><body><outline xmlUrl="https://news.example/rss"/></body></opml>',
}
GIVEN_BUNDLES = ["news.bundle", "run/news.bundle", "build/demo/news.bundle"]
# Runs the module that is named first as `python -m` would, but only until its arguments are parsed.
PARSE_ONLY = """
import argparse, contextlib, io, json, runpy, sys
parse = argparse.ArgumentParser.parse_args
def parse_only(self, args=None, namespace=None):
    parse(self, args, namespace)
    raise SystemExit(0)
argparse.ArgumentParser.parse_args = parse_only
refused = []
for command in json.load(sys.stdin):
    said = io.StringIO()
    sys.argv = command[:]
    try:
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(said):
            runpy.run_module(command[0], run_name="__main__", alter_sys=True)
        refused.append([command, "parsed nothing"])
    except SystemExit as ended:
        if ended.code:
            refused.append([command, said.getvalue()])
print(json.dumps(refused))
"""


def where(block: Block) -> str:
    return f"{block.page}:{block.line}"


def give_files(folder: Path) -> None:
    for name, text in GIVEN_FILES.items():
        (folder / name).write_text(text, "utf-8")
    subprocess.run(["gzip", "-k", *[name for name in GIVEN_FILES if name.endswith(".tsv")]], cwd=folder, check=True)
    (folder / "zh.tsv").write_text("".join(f"a{n}\t第{n}天下雨\t下雨了。\n" for n in range(9)), "utf-8")
    subprocess.run(["gzip", "zh.tsv"], cwd=folder, check=True)
    for name in GIVEN_BUNDLES:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(DEFAULT_BUNDLE, folder / name)


def test_there_is_something_to_test():
    assert len(PYTHON) >= 4 and len(COMMANDS) >= 80


def test_blocks_of_python_say_what_they_import():
    assert [f"{where(block)}: {block.text}" for block in BLOCKS if block.lacks_imports] == []


@pytest.mark.parametrize("block", PYTHON, ids=where)
def test_a_block_of_python_runs_as_a_script(block, tmp_path):
    give_files(tmp_path)
    text = block.text
    for usual, small in SMALLER:
        text = text.replace(usual, small)
    names = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    given = [line for name, line in GIVEN_NAMES.items() if name in {node.id for node in names} - bound]
    (tmp_path / "script.py").write_text("\n".join([*given, text, ""]), "utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "script.py"], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr


@pytest.fixture
def at_home(tmp_path, monkeypatch):
    """A new home with the files that pages name, and the address of a feed."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    give_files(tmp_path)
    server = HostileServer()
    server.answers["/feed.xml"] = response(body=rss("Rain in the hills", "The cup final", "Soup for cold days"))
    yield server.url("/feed.xml")
    server.close()


@pytest.mark.parametrize("page", sorted({block.page for block, command in COMMANDS if program(command) == "edge-news"}))
def test_the_commands_of_a_page_run_one_after_the_other(page, at_home, capsys):
    assert main(["add", "--demo"]) == main(["feed"]) == 0  # so that numbers stand for articles
    for block, command in COMMANDS:
        if block.page != page or program(command) != "edge-news" or any(word.isupper() for word in command):
            continue
        if command[1:2] == ["tui"]:  # for a terminal alone
            continue
        if command[1:2] == ["account"] and command[2:] != ["list"]:  # wants a server, and a secret
            continue
        if command[1:2] == ["serve"] and not {"--new-password", "--feed-address"} & {*command}:  # does not end
            continue
        arguments = [os.path.expanduser(word).replace("https://example.org/feed.xml", at_home) for word in command[1:]]
        arguments += ["--allow-private"] if arguments[0] == "sync" else []
        capsys.readouterr()
        assert main(arguments) == 0, f"{where(block)}: {' '.join(command)}: {capsys.readouterr().err}"


def test_commands_that_take_long_are_understood_by_their_parsers():
    modules = []
    for block, command in COMMANDS:
        if program(command) == "edge-news-trainer":
            modules.append(["trainer", *command[1:]])
        elif program(command).startswith("python") and command[1] == "-m" and command[2] != "venv":
            path = ROOT / command[2].replace(".", "/")
            assert path.is_dir() or path.with_suffix(".py").exists(), where(block)
            if command[2] not in WITHOUT_PARSER:
                modules.append(command[2:])
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", PARSE_ONLY], input=json.dumps(modules), env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
    assert len(modules) > 10


def test_make_has_the_targets_that_pages_name():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    named = {word for _, command in COMMANDS if program(command) == "make" for word in command[1:]}
    assert named and named <= targets


def test_every_other_command_is_known_not_to_run_here():
    tested = {"edge-news", "edge-news-trainer", "python", "python3", "make"}
    others = {program(command): where(block) for block, command in COMMANDS if program(command) not in tested}
    assert {name: line for name, line in others.items() if name not in CANNOT_RUN} == {}
