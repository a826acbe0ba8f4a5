"""The command serve: what it refuses, what it makes, and that it ends when it is told to."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest

from edge_runtime.cli.command_line import main

ROOT = Path(__file__).parents[3]


@pytest.fixture
def serve(tmp_path, capsys):
    def run(*options):
        status = main(["serve", "--data", str(tmp_path / "data"), *options])
        return status, capsys.readouterr()

    return run


@pytest.mark.parametrize("options", [["--lan"], ["--public"], ["--lan", "--public"], ["--host-name", "news.example"]])
def test_without_a_password_nobody_else_is_let_in(serve, options):
    status, said = serve("--port", "0", *options)
    assert status == 1 and "edge-news serve --new-password" in said.err and said.out == ""


def test_a_password_is_shown_once_and_kept_for_the_reader_alone(serve, tmp_path):
    status, said = serve("--new-password")
    password = re.search(r"password: ((?:[a-z2-9]{4}-){5}[a-z2-9]{4})\n", said.out)[1]
    kept = tmp_path / "data" / "web.json"
    assert status == 0 and stat.S_IMODE(kept.stat().st_mode) == 0o600 and password not in kept.read_text()
    assert json.loads(serve("--new-password", "--json")[1].out)["password"] != password


def test_the_feed_address_stays_until_another_one_is_wanted(serve):
    first, again = (json.loads(serve("--feed-address", "--json")[1].out)["feeds"] for _ in range(2))
    new = json.loads(serve("--new-feed-address", "--json")[1].out)["feeds"]
    assert first == again and first != new and re.fullmatch(r"/feeds/[\w-]{32}/feed\.atom", new[0])


def test_names_with_more_than_a_name_and_other_ports_are_refused(serve):
    serve("--new-password")
    status, said = serve("--port", "0", "--host-name", "https://news.example/")
    assert status == 1 and "no name of a host" in said.err
    status, said = serve("--port", "0", "--host-name", "[::1]")
    assert status == 1 and "leads to whoever asks" in said.err
    for port in ("65536", "-1", "http"):
        with pytest.raises(SystemExit) as refused:
            serve("--port", port)
        assert refused.value.code == 2


@pytest.mark.server
def test_a_port_that_is_taken_is_told(serve):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        status, said = serve("--port", str(taken.getsockname()[1]))
    assert status == 1 and "cannot be listened on" in said.err


@pytest.mark.server
@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_answers_until_it_is_told_to_end(tmp_path, ending):
    command = [sys.executable, "-m", "edge_runtime", "--data", str(tmp_path / "data"), "--json", "serve", "--port", "0"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT)
    port = int(json.loads(process.stdout.readline())["pages"][0].rstrip("/").rpartition(":")[2])
    client = HTTPConnection("localhost", port)
    client.request("GET", "/")
    answer = client.getresponse()
    assert answer.status == 200 and b"<nav" in answer.read()
    client.request("GET", "/", headers={"Host": "evil.example"})
    assert client.getresponse().status == 421
    process.send_signal(ending)  # while the connection is open
    assert process.wait(20) == 0 and process.communicate() == ("", "")
    client.close()
