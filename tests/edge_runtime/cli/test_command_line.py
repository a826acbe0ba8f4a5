"""The command line as a program: exit statuses, streams and terminals. `cli/` tests what each command does."""

from __future__ import annotations

import io
import json
import os
import pty
import pwd
import shlex
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from edge_runtime.cli.command_line import main
from edge_runtime.cli.config import Config, data_directory
from edge_runtime.cli.parser import build_parser
from edge_runtime.cli.printing import Screen, columns
from edge_runtime.content.samples import demo_articles
from edge_runtime.errors import StorageError
from edge_runtime.version import __version__


@pytest.fixture
def edge_news(tmp_path, capsys):
    def run(*arguments: str, status: int = 0) -> dict:
        assert main(["--data", str(tmp_path / "data"), "--json", *arguments]) == status
        return json.loads(capsys.readouterr().out)

    return run


@pytest.fixture
def program(slow):
    """The words that start it as a process of its own, which takes half a second."""
    return lambda *arguments: [sys.executable, "-m", "edge_runtime", *arguments]


def test_the_whole_tour(edge_news, tmp_path):
    rows = [{"article_id": f"a{n}", "title": title} for n, title in enumerate(["Rain again", "Senate votes", "Soup"])]
    path = tmp_path / "articles.jsonl"
    path.write_text("\n".join(map(json.dumps, rows)) + "\nbroken\n")
    added = edge_news("add", str(path))
    assert (added["added"], added["updated"], added["skipped"]) == (3, 0, 1)
    assert "articles.jsonl:4" in added["warnings"][0]
    feed = edge_news("feed")["articles"]
    assert sum(feed[0]["parts"].values()) == pytest.approx(feed[0]["score"])
    assert edge_news("open", "a1")["article"]["title"] == "Senate votes"
    assert edge_news("like", "a2")["signal"] == "like"
    assert edge_news("dislike", "a0")["signal"] == "dislike"
    assert [event["signal"] for event in edge_news("profile")["events"]] == ["dislike", "like", "open"]
    assert edge_news("erase", "--yes")["erased"]
    assert edge_news("profile")["events"] == []
    assert edge_news("info")["articles"] == 3


def test_errors_have_exit_status_one_and_say_why(edge_news):
    assert "nope" in edge_news("open", "nope", status=1)["error"]
    assert "cannot be read" in edge_news("add", "/nowhere/x.jsonl", status=1)["error"]
    assert "no such bundle" in edge_news("init", "--bundle", "/nowhere/x.bundle", status=1)["error"]


def test_a_data_directory_that_is_a_file_is_an_explained_error(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert main(["--data", str(tmp_path / "file"), "feed"]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.startswith("edge-news: ") and "--data" in captured.err


def test_an_interrupted_command_has_status_130(edge_news, monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("edge_runtime.reader.Reader.open", interrupt)
    assert edge_news("feed", status=130) == {"error": "interrupted"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("fed", "edge-news: no command 'fed'; did you mean `feed`?\n"),
        ("zzzzz", "edge-news: no command 'zzzzz'; `edge-news --help` lists them\n"),
        ("feed --limit 0", "usage: edge-news feed"),
        ("feed --lim 3", "edge-news feed: error: unrecognized arguments: --lim 3; `edge-news feed --help` says"),
        ("why 1 2 3", "edge-news why: error: unrecognized arguments: 2 3; `edge-news why --help` says"),
        ("profile forget 1 2", "edge-news profile forget: error: unrecognized arguments: 2"),
        ("--colours", "edge-news: error: unrecognized arguments: --colours; `edge-news --help` says"),
        ("open", "edge-news open: error: the following arguments are required: article"),
    ],
)
def test_a_wrong_call_has_status_two_and_names_the_command(wrong, said, capsys):
    with pytest.raises(SystemExit) as caught:
        main(wrong.split())
    assert caught.value.code == 2 and said in capsys.readouterr().err


def test_the_version_is_told(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0 and capsys.readouterr().out == f"edge-news {__version__}\n"


def test_without_a_command_it_is_the_feed(edge_news):
    edge_news("add", "--demo")
    assert len(edge_news()["articles"]) == 10
    assert len(edge_news("feed")["articles"]) == 10


def test_every_command_has_help_with_an_example_that_parses(capsys):
    parser = build_parser()
    with pytest.raises(SystemExit) as caught:
        parser.parse_args(["--help"])
    assert caught.value.code == 0
    listing = capsys.readouterr().out
    commands = [line.split()[0] for line in listing.splitlines() if line.startswith("  ") and line[2:3].islower()]
    assert len(commands) == 52 and max(map(len, listing.splitlines())) <= 82
    nested = [("profile", "forget"), ("push", "settings"), ("opml", "import"), ("opml", "export")]
    for words in [(name,) for name in commands] + nested:
        with pytest.raises(SystemExit):
            parser.parse_args([*words, "--help"])
        text = capsys.readouterr().out
        (example,) = [line for line in text.splitlines() if line.startswith("example: edge-news ")]
        assert parser.parse_args(example.split()[2:]).run and max(map(len, text.splitlines())) <= 80


def test_options_stand_before_or_after_the_command(tmp_path):
    parser = build_parser()
    for words in (["--data", "x", "feed"], ["feed", "--data", "x"]):
        assert str(parser.parse_args(words).data) == "x"


def test_the_data_directory_is_the_platforms(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert data_directory(None, Config()) == tmp_path / "edge-news"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")  # to be ignored, says the specification
    monkeypatch.setenv("HOME", "/home/reader")
    assert str(data_directory(None, Config())) == "/home/reader/.local/share/edge-news"


@pytest.mark.parametrize("home", [None, "", "relative", "./here", "~"])
def test_without_an_absolute_home_the_password_database_is_asked(monkeypatch, home):
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    if home is not None:
        monkeypatch.setenv("HOME", home)
    its_home = pwd.getpwuid(os.getuid()).pw_dir
    assert str(data_directory(None, Config())) == f"{its_home}/.local/share/edge-news"

    def nobody(user: int) -> None:
        raise KeyError(user)

    monkeypatch.setattr("pwd.getpwuid", nobody)
    with pytest.raises(StorageError, match=r"no home directory is known.*set HOME to an absolute path"):
        data_directory(None, Config())
    with pytest.raises(SystemExit) as caught:  # and not the current directory
        main(["--data", "", "info"])
    assert caught.value.code == 2


# Each starts ten processes: with all streams closed; the rest is for the long tests.
@pytest.mark.parametrize(
    "closed", ["<&- >&- 2>&-", *(pytest.param(some, marks=pytest.mark.long) for some in ("<&-", "<&- >&-", "<&- 2>&-"))]
)
def test_every_command_runs_with_closed_streams(tmp_path, closed, program):
    data = tmp_path / "data"
    assert main(["--data", str(data), "add", "--demo"]) == 0
    exported = tmp_path / "profile.json"
    for arguments, status in (
        (["feed"], 0),
        (["like", "1"], 0),
        (["export", str(exported)], 0),
        (["import", str(exported)], 2),
        (["import", str(exported), "--yes"], 0),
        (["import", "-", "--yes"], 1),
        (["opml", "import", "-"], 1),
        (["erase"], 2),
        (["erase", "--yes"], 0),
        (["erase", "--everything", "--yes"], 0),
    ):
        command = shlex.join(program("--data", str(data), *arguments))
        done = subprocess.run(["bash", "-c", f"{command} {closed}"], capture_output=True, text=True)
        assert "Traceback" not in done.stderr and done.returncode == status, (arguments, done.stderr)
    # A file that took the number of a closed stream would hold what a library prints.
    assert json.loads(exported.read_text())["format"] == "edge-news-profile"
    assert main(["--data", str(data), "info"]) == 0


@pytest.mark.parametrize("stdin", [None, io.StringIO("no profile")])
def test_a_program_without_standard_input_calls_commands_too(edge_news, monkeypatch, stdin):
    monkeypatch.setattr("sys.stdin", stdin)
    assert "profile file" in edge_news("import", "-", status=1)["error"]
    assert edge_news("erase", "--yes")["erased"]


def test_names_that_are_no_text_can_be_given_and_are_told(tmp_path, program):
    folder = tmp_path / os.fsdecode(b"caf\xe9")
    folder.mkdir()
    (folder / "a.jsonl").write_text('{"article_id": "a", "title": "Rain again"}')
    data = str(folder / "data")
    for arguments, status, said in (
        (["--data", data, "add", str(folder / "a.jsonl")], 0, "1 added"),
        (["--data", data, "info"], 0, r"caf\xe9"),
        (["--data", data, "--json", "info"], 0, '"articles": 1'),
        (["--data", data, "export", str(folder / "p.json")], 0, r"caf\xe9/p.json: 0 events"),
        (["--data", data, "add", str(folder / "b.jsonl")], 1, r"caf\xe9/b.jsonl"),
        (["--data", str(folder / "a.jsonl"), "info"], 1, r"caf\xe9/a.jsonl"),
        (["--data", data, "export", str(folder / "none" / "p.json")], 1, r"caf\xe9/none/p.json: No such"),
        (["--data", data, "add", os.fsdecode(b"https://caf\xe9.example/")], 1, r"caf\xe9.example"),
        (["--data", data, "feeds", "1", "--title", os.fsdecode(b"caf\xe9")], 2, "no text in this terminal"),
    ):
        done = subprocess.run(program(*arguments), capture_output=True, text=True)
        printed = done.stdout + done.stderr
        assert done.returncode == status and said in printed.replace("\n", "").replace(" " * 18, ""), printed
        assert "Traceback" not in printed
    assert json.loads((folder / "p.json").read_text())["events"] == []


def test_a_reader_of_the_output_that_leaves_causes_no_traceback(tmp_path, program):
    assert main(["--data", str(tmp_path), "topics"]) == 0  # the first call may hear from the engine
    command = " ".join(program("--data", str(tmp_path), "topics", "--json"))
    for line in (f"{command} | true", f"{command} >&- 2>&-", f"{' '.join(program('--help'))} | true"):
        done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, ""), line


def test_a_full_output_is_an_explained_error(tmp_path, program):
    assert main(["--data", str(tmp_path), "topics"]) == 0
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            program("--data", str(tmp_path), "topics"), stdout=full, stderr=subprocess.PIPE, text=True
        )
    assert done.returncode == 1 and done.stderr.startswith("edge-news: ") and "Traceback" not in done.stderr


def test_an_output_without_unicode_gets_question_marks_and_escaped_json(tmp_path, program):
    assert main(["--data", str(tmp_path), "add", "--demo"]) == 0
    environment = {**os.environ, "PYTHONIOENCODING": "latin-1"}
    for arguments, expected in (
        (["latest", "--limit", "100", "--json"], rb"\u793a"),
        (["latest", "--limit", "100"], b"???"),
    ):
        done = subprocess.run(program("--data", str(tmp_path), *arguments), capture_output=True, env=environment)
        assert done.returncode == 0 and expected in done.stdout


@pytest.mark.usefixtures("slow")
def test_reading_loads_no_network_library(tmp_path):
    assert main(["--data", str(tmp_path), "add", "--demo"]) == 0
    code = (
        f"from edge_runtime.cli.command_line import main; assert main(['--data', {str(tmp_path)!r}, 'feed']) == 0\n"
        "import sys; assert not {'urllib3', 'ssl', 'http.client', 'edge_runtime.feeds.fetch'} & set(sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True).returncode == 0


@pytest.fixture
def on_a_terminal(program):
    """What a program prints on a terminal of 60 columns, standard output and error together."""

    def run(*arguments: str, status: int = 0, **environment: str) -> bytes:
        ours, theirs = pty.openpty()
        width = {"COLUMNS": "60", "TERM": "xterm", "PAGER": "cat"}
        clean = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
        process = subprocess.Popen(
            program(*arguments), stdin=theirs, stdout=theirs, stderr=theirs, env={**clean, **width, **environment}
        )
        os.close(theirs)
        printed = b""
        try:
            while piece := os.read(ours, 65536):
                printed += piece
        except OSError:  # the other side is closed
            pass
        os.close(ours)
        assert process.wait(timeout=20) == status
        return printed

    return run


def test_colours_are_for_terminals_alone(tmp_path, on_a_terminal):
    assert main(["--data", str(tmp_path), "add", "--demo"]) == 0
    feed = "--data", str(tmp_path), "feed"
    coloured = on_a_terminal(*feed)
    assert b"\033[1m" in coloured and b"\033[2m" in coloured
    lines = coloured.replace(b"\033[1m", b"").replace(b"\033[2m", b"").replace(b"\033[0m", b"").decode().splitlines()
    assert max(map(len, lines)) <= 60
    assert b"\033" not in on_a_terminal(*feed, NO_COLOR="1")


@pytest.mark.parametrize(
    ("is_terminal", "is_json", "environment", "coloured"),
    [
        (True, False, {"TERM": "xterm"}, True),
        (True, False, {"TERM": "dumb"}, False),
        (True, False, {"TERM": "xterm", "NO_COLOR": "1"}, False),
        (True, True, {"TERM": "xterm"}, False),
        (False, False, {"TERM": "xterm"}, False),
    ],
)
def test_what_has_colours(monkeypatch, is_terminal, is_json, environment, coloured):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal, raising=False)
    assert Screen.here(is_json=is_json).has_colours is coloured


def test_a_sync_on_a_terminal_has_a_bar_that_goes_away(tmp_path, on_a_terminal):
    data = "--data", str(tmp_path)
    assert main([*data, "add", "--no-fetch", "http://127.0.0.1:1/a", "http://127.0.0.1:1/b"]) == 0
    assert main([*data, "sync"]) == 1
    printed = on_a_terminal(*data, "sync", "--force", status=1)
    assert b"] 0/2" in printed and b"] 2/2" in printed
    after = printed.rpartition(b"\r\033[K")[2]
    assert b"2 failed" in after and b"[=" not in after


def test_a_terminal_of_twenty_columns_is_wide_enough(tmp_path, on_a_terminal):
    data = "--data", str(tmp_path)
    assert main([*data, "add", "--demo"]) == main([*data, "like", demo_articles(datetime.now(UTC))[0].article_id]) == 0
    for command in (["feed", "--limit", "3"], ["why", "1"], ["profile"], ["info"]):
        printed = on_a_terminal(*data, *command, COLUMNS="20", NO_COLOR="1").decode()
        assert printed and "Traceback" not in printed
    lines = on_a_terminal(*data, "feed", "--limit", "3", COLUMNS="20", NO_COLOR="1").decode().splitlines()
    assert max(map(columns, lines)) <= 20


@pytest.mark.parametrize(
    "command", ["latest --limit 200", "feed --limit 200", "search the", "info", "export", "export-feed -", "topics"]
)
def test_head_may_leave_any_command(tmp_path, program, command):
    assert main(["--data", str(tmp_path), "add", "--demo"]) == 0
    line = f"{shlex.join(program('--data', str(tmp_path), *command.split()))} | head -n 1"
    done = subprocess.run(["bash", "-o", "pipefail", "-c", line], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "") and done.stdout.count("\n") == 1


def test_an_engine_that_was_asked_for_is_used_and_another_is_named_with_its_reason(edge_news):
    assert edge_news("info")["engine_reason"] == "it knows every operator of this bundle, and starts fastest"
    asked = edge_news("info", "--engine", "numpy")
    assert asked["engine"].startswith("numpy ") and asked["engine_reason"] == "it was asked for"
    refused = edge_news("feed", "--engine", "torch", status=1)
    assert refused["error"].startswith("engine 'torch' is not known; choose one of numpy, ")
