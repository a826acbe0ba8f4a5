"""Notifications reach real programs and a real server; what fails is told, and stops nothing else."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from edge_runtime.errors import DeliveryError, Remedy
from edge_runtime.notify.channels import Channels
from edge_runtime.notify.deliver import check_service, deliver
from edge_runtime.notify.texts import Notification

ONE = Notification("-x $(touch /tmp/no) & <b>rain</b>", "Like “C:\\new” & <i>more</i>", "a1")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a program of this name on the PATH; `$OUT` is a file of the test's."""

    def make(name: str, script: str) -> Path:
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\nOUT={tmp_path}/out\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return path

    return make


def test_the_desktop_is_given_a_plain_title_and_a_body_without_markup(program, tmp_path):
    program("notify-send", 'for word in "$@"; do printf "%s\\n" "$word"; done >"$OUT"')
    (done,) = deliver(ONE, Channels(desktop=True))
    assert (done.channel, done.error) == ("desktop", None)
    body = "Like “C:\\\\new” &amp; &lt;i&gt;more&lt;/i&gt;"  # notify-send makes one backslash of two
    assert (tmp_path / "out").read_text().splitlines() == ["--app-name=edge-news", "--", ONE.title, body]


def test_an_empty_body_is_left_out(program, tmp_path):
    program("notify-send", 'echo $# >"$OUT"')
    deliver(Notification("Rain", "", ""), Channels(desktop=True))
    assert (tmp_path / "out").read_text() == "3\n"


def test_without_notify_send_it_is_said_what_brings_it(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    (done,) = deliver(ONE, Channels(desktop=True))
    assert done.error.remedy is Remedy.INSTALL_NOTIFY_SEND


def test_a_command_is_given_the_text_and_nothing_else_of_the_reader(program, tmp_path, capfd):
    path = program("tell", 'echo printed; { echo "$@"; cat; env | grep EDGE_NEWS; } >"$OUT"')
    (done,) = deliver(ONE, Channels(command=(str(path), "--to", "$HOME")))
    assert (done.channel, done.error) == ("command tell", None)
    assert sorted((tmp_path / "out").read_text().splitlines()) == sorted(
        ["--to $HOME", ONE.title, ONE.body, f"EDGE_NEWS_TITLE={ONE.title}", f"EDGE_NEWS_BODY={ONE.body}"]
    )
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize(
    ("script", "said"),
    [("exit 3", "tell failed with status 3"), ("sleep 60 & sleep 60", "tell took more than 0.3 seconds and was ended")],
)
def test_a_command_that_fails_or_hangs_is_told_and_stops_no_other(program, tmp_path, script, said):
    failing = program("tell", script)
    program("notify-send", 'echo sent >"$OUT"')
    began = time.monotonic()
    desktop, command = deliver(ONE, Channels(True, (str(failing),)), timeout_s=0.3)
    assert desktop.error is None and command.error.fact.endswith(said)
    assert time.monotonic() - began < 10
    assert (tmp_path / "out").read_text() == "sent\n"


@pytest.mark.parametrize("command", ["/nowhere/tell", "/dev/null"])
def test_what_is_no_program_is_told(command):
    (done,) = deliver(ONE, Channels(command=(command,)))
    assert f"{command} cannot be run" in done.error.fact


def test_a_command_that_reads_nothing_is_no_error(program):
    (done,) = deliver(Notification("x" * 200_000, "", ""), Channels(command=(str(program("tell", "exec <&-")),)))
    assert done.error is None or "Argument list too long" in done.error.fact


def test_without_apprise_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(DeliveryError) as caught:
        check_service("ntfy://zqsecret")
    assert caught.value.remedy is Remedy.INSTALL_APPRISE
    (done,) = deliver(ONE, Channels(services=("ntfy://zqsecret",)))
    assert done.channel == "ntfy://…" and "zqsecret" not in str(done.error)


@pytest.fixture
def json_server():
    """A server of apprise's json:// kind: its address, and what it was sent."""
    pytest.importorskip("apprise", reason="apprise is not installed: pip install '.[notify]'")
    received = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(500 if "refuse" in self.path else 200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"json://reader:zqsecret@127.0.0.1:{server.server_port}", received
    server.shutdown()
    server.server_close()


def test_a_service_is_sent_the_text_alone(json_server, capfd):
    address, received = json_server
    check_service(address)
    (done,) = deliver(ONE, Channels(services=(address,)))
    assert (done.channel, done.error) == ("json://…", None)
    (sent,) = received
    assert (sent["title"], sent["message"]) == (ONE.title, ONE.body)
    assert set(sent) == {"version", "title", "message", "attachments", "type"}
    out, err = capfd.readouterr()
    assert "zqsecret" not in out + err


def test_a_service_that_refuses_or_is_none_is_told_without_its_secret(json_server, capfd):
    address, _ = json_server
    (done,) = deliver(ONE, Channels(services=(f"{address}/refuse",)))
    assert done.error.fact == "json://… was not reached, or refused it"
    with pytest.raises(DeliveryError, match="nosuch://… is no address that apprise knows"):
        check_service("nosuch://zqsecret")
    with pytest.raises(DeliveryError, match=r"^… is no address"):
        check_service("zqsecret")
    out, err = capfd.readouterr()
    assert "zqsecret" not in out + err
