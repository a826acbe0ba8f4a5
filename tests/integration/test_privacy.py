"""What the reader does stays on the device. A canary reader, whose every step holds a word found nowhere else, uses
all commands; its words are then looked for in what was sent, logged and left on the disk."""

from __future__ import annotations

import ast
import io
import json
import logging
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

import edge_runtime
from edge_runtime.cli.command_line import main
from edge_runtime.installation import DEFAULT_BUNDLE
from tests.edge_runtime.feeds.hostile_server import response, rss

PACKAGE = Path(edge_runtime.__file__).parent
NOW = ("--now", "2026-11-24T12:00:00Z")
READ = {  # signal: a word of the title of an article that it is given to
    "open": "zqopened",
    "like": "zqliked",
    "dislike": "zqdisliked",
    "save": "zqsaved",
    "share": "zqshared",
    "hide": "zqhidden",
}
ASKED = ("zqsearched", "zqmutedword", "zqmutedsource", "zqfollowed", "weird news")  # the last is a topic of the bundle
WORDS = (*READ.values(), *ASKED)
SECRETS = ("zqpassword", "zqkey")  # of the feed's own address


@pytest.fixture
def feed(server) -> str:
    """The address of a feed that wants a password and a key."""
    path = "/feed.xml?key=zqkey"
    server.answers[path] = response(body=rss("Trams run again", "Bridges are painted"), ETag='"1"')
    return server.url(path).replace("://", "://reader:zqpassword@")


@pytest.fixture
def articles(tmp_path) -> Path:
    """A file of the articles that are read, so that no server knows of them."""
    path = tmp_path / "articles.jsonl"
    rows = [
        {"article_id": word, "title": f"A story of {word} and others", "published": "2026-11-24T09:00:00Z"}
        for word in READ.values()
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def life(feed: str, articles: Path, exported: Path) -> list[str]:
    """Everything that a reader does with the command line, in an order in which it can be done."""
    return [
        f"init --bundle {DEFAULT_BUNDLE}",
        "topics 'weird news'",
        f"add {articles}",
        f"add --no-fetch {feed}",
        "sync --allow-private --force",
        "feed",
        *(f"{signal} {word}" for signal, word in READ.items()),
        "open zqopened --dwell 30",
        "search zqsearched --teach",
        "mute word zqmutedword",
        "mute source zqmutedsource",
        "follow word zqfollowed",
        "sync --allow-private --force",
        *("feed", "latest", "saved", "hidden", "digest", "mute", "follow", "profile", "why zqliked", "export-feed -"),
        *("push settings --quiet off", "push --dry-run", "push"),
        *("push settings --command true", "push --test", "push --deliver"),
        *("undo", "follow word zqfollowed", "private on", "feed", "private off"),
        f"export {exported}",
        f"import --yes {exported}",
        *("feeds", "opml export", "info", "about"),
        "sync --allow-private --force",
    ]


def run(data: Path, commands: list[str]) -> None:
    for command in commands:
        assert main(["--data", str(data), *NOW, *shlex.split(command)]) == 0, command


def found(texts: dict[str, str] | dict[str, bytes]) -> dict[str, list[str]]:
    """In which texts which words are."""
    hits = {}
    for name, text in texts.items():
        lower = text.lower().decode("latin-1") if isinstance(text, bytes) else text.lower()
        if words := [word for word in (*WORDS, *SECRETS) if word in lower]:
            hits[name] = words
    return hits


def files_of(data: Path) -> dict[str, bytes]:
    """Every file but the bundle, which names its topics to everyone."""
    files = [path for path in data.rglob("*") if path.is_file() and path.name != "news.bundle"]
    return {str(path.relative_to(data)): path.read_bytes() for path in files}


@pytest.fixture
def no_input(monkeypatch):
    """Standard input is no terminal, so nothing is asked."""
    monkeypatch.setattr(sys, "stdin", io.StringIO())


@pytest.mark.usefixtures("no_input")
def test_nothing_that_the_reader_did_is_sent_logged_or_printed_on_standard_error(
    feed, server, articles, tmp_path, caplog, capfd
):
    caplog.set_level(logging.DEBUG)
    data = tmp_path / "data"
    run(data, life(feed, articles, tmp_path / "exported.json"))
    out, err = capfd.readouterr()
    assert len(server.requests) == 3 and b"If-None-Match" in server.requests[2]
    assert found({"profile": files_of(data)["profile.db"]}) == {"profile": list(WORDS)}  # they are there to be found
    assert len(found({"out": out})["out"]) > 8
    texts = {"log": caplog.text, "err": err, **{f"request {n}": text for n, text in enumerate(server.requests)}}
    # The key is in the address that is asked for; the password is sent in base64.
    assert found(texts) == {f"request {n}": ["zqkey"] for n in range(3)}
    assert not {*SECRETS} & {*found({"out": out.replace(feed, "")})["out"]}


@pytest.mark.usefixtures("no_input")
def test_a_request_is_the_same_byte_for_byte_whatever_the_reader_did(feed, server, articles, tmp_path):
    run(tmp_path / "new", [f"add {feed}", "sync --allow-private"])
    run(tmp_path / "canary", life(feed, articles, tmp_path / "exported.json")[:5])
    assert len(server.requests) == 2 and server.requests[0] == server.requests[1]


@pytest.mark.usefixtures("no_input")
def test_what_is_written_is_in_the_data_directory_and_for_the_reader_alone(feed, articles, tmp_path, monkeypatch):
    data, exported, elsewhere = tmp_path / "data", tmp_path / "exported.json", tmp_path / "elsewhere"
    elsewhere.mkdir()
    for name in ("HOME", "TMPDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(elsewhere))
    monkeypatch.chdir(elsewhere)
    before = os.umask(0)
    try:
        run(data, life(feed, articles, exported))
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in (data, exported, *data.rglob("*"))}
    assert {"cache.db", "profile.db", "feeds.db", "news.bundle"} <= modes.keys()
    assert modes == {name: 0o700 if name == "data" else 0o600 for name in modes}
    assert list(elsewhere.rglob("*")) == []


@pytest.mark.usefixtures("no_input")
def test_erasing_leaves_no_byte_of_what_the_reader_did(feed, articles, tmp_path):
    data = tmp_path / "data"
    run(data, life(feed, articles, tmp_path / "exported.json"))
    (data / "profile.db.backup-1").write_bytes((data / "profile.db").read_bytes())
    assert {*WORDS} <= {word for words in found(files_of(data)).values() for word in words}
    run(data, ["erase --yes"])
    left = {name: [word for word in words if word in WORDS] for name, words in found(files_of(data)).items()}
    # What was fetched stays, read or not, and so do subscriptions with their passwords.
    assert left == {"cache.db": list(READ.values()), "feeds.db": []}
    run(data, ["erase --everything --yes"])
    assert found(files_of(data)) == {}


def test_unsubscribing_leaves_no_byte_of_the_password_nor_of_the_key(feed, tmp_path):
    data = tmp_path / "data"
    run(data, [f"add {feed}", "sync --allow-private"])
    assert found(files_of(data))["feeds.db"] == list(SECRETS)
    run(data, ["unsubscribe 1"])
    assert found(files_of(data)) == {}


@pytest.mark.usefixtures("slow")
def test_the_system_sees_connections_to_the_feed_s_server_alone(feed, server, articles, tmp_path):
    if not shutil.which("strace"):
        pytest.skip("strace is not installed")
    commands = life(feed, articles, tmp_path / "exported.json")
    program = (
        "import shlex, sys; from edge_runtime.cli.command_line import main\n"
        "for line in open(sys.argv[1]): assert main(shlex.split(line)) == 0, line"
    )

    def traced(name: str, chosen: list[str]) -> str:
        listed, trace = tmp_path / f"{name}.txt", tmp_path / f"{name}.trace"
        listed.write_text("".join(f"--data {tmp_path / 'data'} {' '.join(NOW)} {command}\n" for command in chosen))
        watched = ["strace", "-f", "-qq", "-s", "100000", "-e", "trace=%network", "-o", str(trace)]
        done = subprocess.run(
            [*watched, sys.executable, "-c", program, str(listed)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=120,
        )
        if not trace.exists() or "ptrace" in done.stderr:
            pytest.skip(f"strace may not watch here: {done.stderr[-200:]}")
        assert done.returncode == 0, done.stderr
        return trace.read_text()

    fetching = [place for place, command in enumerate(commands) if command.startswith("sync")]
    first, last = fetching[0], fetching[-1]
    before = traced("before", commands[:first])
    traced("first sync", [commands[first]])
    after = traced("after", [command for command in commands[first:last] if not command.startswith("sync")])
    sync = traced("sync", [commands[last]])
    # Telling the time zone or the user's name may ask a service of this machine by a Unix socket; no network is asked.
    assert not re.search("AF_INET|AF_PACKET", before + after)
    places = set(re.findall(r"connect\(.*sin6?_port=htons\((\d+)\).*?\"([\d.:a-f]+)\"", sync))
    assert places == {(str(server.port), "127.0.0.1")}
    assert found({"sync": sync}) == {"sync": ["zqkey"]}


NETWORK = {
    *(
        "aiohttp",
        "apprise",
        "asyncio",
        "ftplib",
        "http",
        "httpx",
        "imaplib",
        "multiprocessing",
        "poplib",
        "requests",
        "smtplib",
    ),
    *("socket", "socketserver", "ssl", "subprocess", "telnetlib", "urllib3", "webbrowser", "wsgiref", "xmlrpc"),
    *("urllib.request", "logging.handlers"),
}
ALLOWED = {
    "cli/browser.py": {"webbrowser"},  # where the reader asked for it
    "cli/pager.py": {"subprocess"},  # the reader's own
    "notify/deliver.py": {"apprise", "subprocess"},  # where the reader asked for it
    "feeds/certificates.py": {"ssl"},
    "accounts/line.py": {"http", "urllib3"},  # to a server that the reader has an account on
    "feeds/connecting.py": {"http", "socket", "ssl", "urllib3"},
    "feeds/fetch.py": {"http", "urllib3"},
    "feeds/hosts.py": {"socket"},  # the system's answer to what a host's address is
    "tui/background_sync.py": {"asyncio"},  # waits for a thread
    "tui/reader_thread.py": {"asyncio"},
    # What answers a browser; names of http are those of its answers.
    "web/http_server.py": {"http", "socket"},
    "web/incoming.py": {"http", "socket"},
    "web/start.py": {"socket"},
    **{
        f"web/{name}.py": {"http"}
        for name in ("etag", "exchange", "router", "site", "static_files", "told_deeds", "visit")
    },
    **{f"web/greader/{name}.py": {"http"} for name in ("calls", "routes", "subscribing", "table")},
}


def imported(source: str) -> set[str]:
    """Every module that a file imports, wherever it does so, with the packages that it is in."""
    names = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names | {name.rpartition(".")[0] for name in names} | {name.partition(".")[0] for name in names}


def test_one_file_alone_connects_and_one_asks_for_addresses():
    files = {path.relative_to(PACKAGE).as_posix(): path.read_text(encoding="utf-8") for path in PACKAGE.rglob("*.py")}
    assert len(files) > 50
    using = {name: imported(text) & NETWORK for name, text in files.items()}
    assert {name: modules for name, modules in using.items() if modules} == ALLOWED
    by_name = re.compile(r"\b(__import__|import_module|os\.system|os\.popen|os\.exec|os\.spawn|ctypes)\b")
    may_name = ("engines/", "cli/from_checkout.py", "__init__.py")  # an interpreter; the trainer; its own modules
    assert [name for name, text in files.items() if by_name.search(text) and not name.startswith(may_name)] == []


def test_reading_loads_nothing_that_can_fetch(tmp_path):
    program = (
        "import sys; from edge_runtime.cli.command_line import main\n"
        f"assert main(['--data', {str(tmp_path / 'data')!r}, 'feed']) == 0\n"
        "print(*{'urllib3', 'ssl', 'edge_runtime.feeds.fetch'} & {*sys.modules}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert not re.search("urllib3|ssl|fetch", done.stderr)
