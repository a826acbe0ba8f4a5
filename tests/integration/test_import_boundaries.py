from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

import edge_runtime
from tests.trainer.data.test_prepare import random_log, write_articles, write_rows


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys; print(' '.join(sorted({{m.partition('.')[0] for m in sys.modules}})))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_runtime_ranks_without_tensorflow_keras_trainer_or_kivy(tmp_path):
    loaded = loaded_by(
        "from datetime import UTC, datetime; from pathlib import Path; from edge_runtime import *\n"
        f"now = datetime.now(UTC); r = Reader.open(Path({str(tmp_path)!r})); r.add(demo_articles(now), now)\n"
        "assert len(r.feed(now)) > 100"
    )
    assert not loaded & {"tensorflow", "keras", "trainer", "kivy", "tokenizers", "pyarrow", "sklearn"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ("--help", 0),
        ("typo", 2),
        ("run --help", 0),
        ("run --size nonsense", 2),
        ("run --size nonsense --out {out} --articles a --train t", 1),
        ("run --config {out}/typo.toml --out {out}/run", 1),
        ("search --help", 0),
        ("simulate --help", 0),
        ("import-torch --help", 0),
        ("import-torch e.pt2 --table {out}/no.npy --pieces {out}/no.txt --out {out}/run", 1),
    ],
)
def test_help_and_typos_load_nothing_that_trains(tmp_path, arguments, code):
    (tmp_path / "typo.toml").write_text("[student.distillation]\nvocabulary = 3\n")
    given = arguments.format(out=tmp_path).split()
    loaded = loaded_by(
        "from trainer.__main__ import main\n"
        f"try:\n    code = main({given})\n"
        "except SystemExit as stop:\n    code = stop.code\n"
        f"assert code == {code}, code"
    )
    assert not loaded & {"tensorflow", "keras", "sklearn", "scipy", "matplotlib", "optuna", "pyarrow", "torch"}


def test_a_log_is_prepared_without_what_trains(tmp_path):
    articles = write_articles(tmp_path / "articles.jsonl")
    log = write_rows(tmp_path / "log.jsonl", random_log(11, 200))
    given = ["prepare", "--articles", str(articles), "--train", str(log), "--out", str(tmp_path / "run")]
    loaded = loaded_by(f"from trainer.__main__ import main\nassert main({given}) == 0")
    assert (tmp_path / "run" / "dataset" / "manifest.json").exists()
    assert not loaded & {"tensorflow", "keras", "sklearn", "scipy", "matplotlib", "optuna", "torch"}


def test_the_runtime_loads_no_parser_of_feeds_and_no_network_before_it_is_asked_for_one():
    modules = "import sys; print(' '.join(sys.modules))"

    def loaded(statement: str) -> set[str]:
        done = subprocess.run(
            [sys.executable, "-c", f"{statement}; {modules}"], capture_output=True, text=True, check=True
        )
        return set(done.stdout.split())

    before, after = loaded("import edge_runtime"), loaded("from edge_runtime import parse_feed, read_opml")
    parsers = {"edge_runtime.feeds.parse", "edge_runtime.feeds.opml", "xml.parsers.expat", "pyexpat"}
    assert not before & {*parsers, "urllib3", "edge_runtime.feeds.fetch", "edge_runtime.feeds.sync"}
    assert parsers <= after
    assert "urllib3" not in after


# Each takes milliseconds, which on a Raspberry Pi are tens.
OF_OTHER_COMMANDS = {"asyncio", "email", "http", "importlib.metadata", "logging", "multiprocessing", "socket", "ssl"}
OF_OTHER_COMMANDS |= {"subprocess", "tomllib", "webbrowser", "xml.parsers.expat", "zoneinfo", "urllib.request"}
OF_OTHER_COMMANDS |= {"urllib3", "idna", "edge_runtime.feeds.fetch", "edge_runtime.feeds.parse"}
OF_OTHER_COMMANDS |= {"edge_runtime.feeds.full_text", "edge_runtime.notify.decide", "edge_runtime.pages.why"}


@pytest.mark.parametrize("command", ["feed", "search rain"])
def test_a_command_loads_nothing_that_others_need(tmp_path, command):
    code = (
        "import sys; at_start = set(sys.modules)\n"
        "from edge_runtime.cli.command_line import main\n"
        "assert main(sys.argv[1:]) == 0\n"
        "print(*sorted(set(sys.modules) - at_start), file=sys.stderr)"
    )
    with edge_runtime.Reader.open(tmp_path / "news") as reader:
        now = datetime.now(UTC)
        reader.add(edge_runtime.demo_articles(now)[:20], now)
    done = subprocess.run(
        [sys.executable, "-c", code, "--data", str(tmp_path / "news"), *command.split()],
        capture_output=True,
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": ""},
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "edge_runtime.reader" in (loaded := set(done.stderr.split()))
    assert not loaded & OF_OTHER_COMMANDS


def test_every_public_name_is_there_and_no_other():
    assert all(getattr(edge_runtime, name) is not None for name in edge_runtime.__all__)
    assert sorted(edge_runtime.__all__) == edge_runtime.__all__
    with pytest.raises(AttributeError, match="no attribute 'parse_feeds'"):
        edge_runtime.parse_feeds  # noqa: B018


def test_the_trainer_never_loads_tflite_runtime():
    assert "tflite_runtime" not in loaded_by("import trainer.run.stages, trainer.export.bundle")
