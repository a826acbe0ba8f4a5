"""Sockets: limits of size, time and threads, and what stands on every answer."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from edge_runtime.web import http_server, incoming
from edge_runtime.web.http_server import MOST_THREADS
from edge_runtime.web.policy import HEADERS

pytestmark = pytest.mark.server

GET = b"GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n"


def answer(connection):
    """All that comes until the connection ends."""
    parts = []
    with suppress(OSError):
        while chunk := connection.recv(2**16):
            parts.append(chunk)
    return b"".join(parts)


def asked(connect, text):
    connection = connect()
    connection.sendall(text)
    return answer(connection)


def post(path, body=b"", headers=b""):
    length = b"Content-Length: %d\r\n" % len(body)
    ours = b"Origin: http://localhost\r\nConnection: close\r\n"
    return b"POST %s HTTP/1.1\r\nHost: localhost\r\n%s%s%s\r\n%s" % (path, ours, length, headers, body)


CASES = [
    (GET % (b"/", b"Connection: close\r\n"), 200),
    (GET % (b"/nowhere", b"Connection: close\r\n"), 404),
    (GET % (b"/like", b"Connection: close\r\n"), 405),
    (GET % (b"/fail", b"Connection: close\r\n"), 500),
    (b"GET / HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n", 421),
    (b"GET / HTTP/1.0\r\n\r\n", 421),
    (b"POST /said HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 403),
    (b"TRACE / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", 405),
    (b"POST /said HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n", 413),
    (b"POST /said HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2000000\r\n\r\n", 413),
    (b"POST /said HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
    (b"POST /said HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    (b"POST /said HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 411),
    (GET % (b"/", b"Host: localhost\r\n"), 400),
    (
        post(b"/said", b"hello").replace(b"Content-Length", b"X: a\rContent-Length"),
        400,
    ),  # a line for some, two for others
    (GET % (b"/", b"X: a\0b\r\n"), 400),
    (GET % (b"/", b"X: %s\r\n" % (b"x" * 17_000)), 431),
    (GET % (b"/", b"X: y\r\n" * 5_000), 431),
    (b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 431),
    (b"GET /\r\n\r\n", 505),
    (b"GET / HTTP/3.0\r\nHost: localhost\r\n\r\n", 505),
    (b"nonsense\r\n\r\n", 400),
    (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\n\n", 400),  # https, where there is none
]


@pytest.mark.parametrize(
    ("request_bytes", "status"), CASES, ids=[f"{n}-{status}" for n, (_, status) in enumerate(CASES)]
)
def test_every_answer_has_the_policy_and_a_length(connect, capsys, request_bytes, status):
    head, _, body = asked(connect, request_bytes).partition(b"\r\n\r\n")
    lines = head.decode().split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines[1:])
    assert lines[0].startswith(f"HTTP/1.1 {status} ")
    assert {name: headers[name] for name in HEADERS} == HEADERS
    assert headers["Cache-Control"] == "no-store" and headers["Server"] == "edge-news" and "Date" in headers
    assert int(headers["Content-Length"]) == len(body) > 0
    assert headers["Connection"] == "close" and "Access-Control-Allow-Origin" not in headers


def test_a_body_of_2_mib_is_refused_in_words_while_it_is_still_sent(connect):
    connection = connect()
    with suppress(OSError):
        connection.sendall(post(b"/said", b"x" * 2**21))
    got = answer(connection)
    assert got.startswith(b"HTTP/1.1 413 ") and b"longer than 1 MB" in got


def test_a_body_within_the_limit_arrives_whole(connect):
    assert asked(connect, post(b"/said", b"i=12345678&" * 50_000)).endswith(b"True 550000")
    with_wait = connect()
    with_wait.sendall(post(b"/said", headers=b"Expect: 100-continue\r\n").replace(b"Length: 0", b"Length: 5"))
    assert with_wait.recv(100).startswith(b"HTTP/1.1 100 ")
    with_wait.sendall(b"hello")
    assert answer(with_wait).endswith(b"True 5")


def test_head_is_get_without_a_body(served):
    client = HTTPConnection("localhost", served)
    client.request("GET", "/")
    got = client.getresponse()
    body = got.read()
    client.request("HEAD", "/")
    head = client.getresponse()
    assert head.status == 200 and head.read() == b"" and int(head.headers["Content-Length"]) == len(body)
    client.request("GET", "/open")  # on the same connection, so nothing was left over
    assert client.getresponse().read() == b"True 0"
    client.close()


def test_what_is_refused_after_a_head_has_its_words(connect):
    head = (GET % (b"/open", b"")).replace(b"GET", b"HEAD")
    got = asked(connect, head + b"GET / HTTP/1.1\r\nX: " + b"x" * 17_000)
    assert got.startswith(b"HTTP/1.1 200 ") and got.endswith(b"longer than 16 KB.\n")


def test_long_texts_are_compressed_for_who_takes_it(served):
    client = HTTPConnection("localhost", served)
    client.request("GET", "/", headers={"Accept-Encoding": "br, gzip"})
    got = client.getresponse()
    packed = got.read()
    assert got.headers["Content-Encoding"] == "gzip" and "Accept-Encoding" in got.headers["Vary"]
    client.request("GET", "/", headers={"Accept-Encoding": "br"})
    plain = client.getresponse().read()
    assert gzip.decompress(packed) == plain and len(packed) < len(plain)
    client.close()


def test_a_connection_that_stays_answers_at_once(served):
    client = HTTPConnection("localhost", served)
    times = []
    for _ in range(40):
        began = time.perf_counter()
        client.request("POST", "/said", b"a=1", {"Origin": f"http://localhost:{served}"})
        client.getresponse().read()
        times.append(time.perf_counter() - began)
    # Two small packets, of which the second waits for the first one's confirmation, take 43 ms.
    assert statistics.median(times) < 0.02
    client.close()


def test_requests_that_came_together_are_answered_in_turn(connect):
    got = asked(connect, GET % (b"/open", b"") + GET % (b"/nowhere", b"") + GET % (b"/open", b"Connection: close\r\n"))
    assert re.findall(rb"HTTP/1.1 (\d+)", got) == [b"200", b"404", b"200"]


def drip(connection, text, stop):
    with suppress(OSError):
        for letter in text:
            if stop.wait(0.05):
                return
            connection.sendall(bytes([letter]))


def test_a_slow_client_is_let_go_and_keeps_nobody_waiting(connect, monkeypatch):
    monkeypatch.setattr(incoming, "HEADER_S", 0.5)
    stop, slow = threading.Event(), connect()
    thread = threading.Thread(target=drip, args=(slow, GET % (b"/", b"X: y\r\n" * 100), stop))
    began = time.monotonic()
    thread.start()
    assert asked(connect, CASES[0][0]).startswith(b"HTTP/1.1 200")
    got = answer(slow)
    took = time.monotonic() - began
    stop.set()
    thread.join()
    assert got.startswith(b"HTTP/1.1 408 ") and b"too slowly" in got and took < 3


def ask_on(connection, stop):
    with suppress(OSError):
        while not stop.is_set():
            connection.sendall(GET % (b"/nowhere", b""))
            if not connection.recv(2**16):
                return


def take_nothing(connection, stop):
    with suppress(OSError):
        while not stop.is_set():
            connection.sendall((GET % (b"/", b"")) * 100)


@pytest.mark.parametrize("behave", [ask_on, take_nothing])
def test_those_who_ask_on_and_on_keep_nobody_out(connect, monkeypatch, behave):
    monkeypatch.setattr(http_server, "CROWDED_SEND_S", 0.3)
    stop, busy = threading.Event(), [connect() for _ in range(MOST_THREADS)]
    threads = [threading.Thread(target=behave, args=(one, stop)) for one in busy]
    for thread in threads:
        thread.start()
    try:
        time.sleep(0.2)  # until each of them has a place
        late = connect()
        late.settimeout(5)
        late.sendall(GET % (b"/open", b"Connection: close\r\n"))
        assert answer(late).startswith(b"HTTP/1.1 200 ")
    finally:
        stop.set()
        for one in busy:
            one.close()
        for thread in threads:
            thread.join()


@pytest.mark.slow
@pytest.mark.parametrize("first", [b"", b"GET / HTTP/1.1\r\nHost: loc"])
def test_of_1000_connections_at_once_all_wait_their_turn_and_threads_are_few(served, first):
    before = threading.active_count()
    crowd = []
    for _ in range(1_000):
        one = socket.socket()
        one.setblocking(False)
        with suppress(BlockingIOError):
            one.connect(("127.0.0.1", served))
        crowd.append(one)
        if first:
            with suppress(OSError):
                one.sendall(first)
    try:
        most = 0
        client = socket.create_connection(("127.0.0.1", served), 60)
        client.settimeout(60)
        client.sendall(CASES[0][0])
        got = b""
        while not got:
            most = max(most, threading.active_count() - before)
            with suppress(TimeoutError):
                client.settimeout(0.5)
                got = client.recv(100)
        assert got.startswith(b"HTTP/1.1 200") and most <= MOST_THREADS
        client.close()
    finally:
        for one in crowd:
            one.close()


OUTGOING = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from edge_runtime.cli.command_line import main
sys.exit(main(["serve", "--port", "0", "--json", "--data", sys.argv[1]]))
"""


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
@pytest.mark.slow
def test_nothing_is_asked_of_anybody(data, tmp_path):
    trace = tmp_path / "trace"
    watched = ["strace", "-D", "-f", "-qq", "-e", "trace=connect,sendto,bind", "-o", str(trace)]
    root = Path(__file__).parents[3]
    process = subprocess.Popen(
        [*watched, sys.executable, "-c", OUTGOING, str(data)], stdout=subprocess.PIPE, text=True, cwd=root
    )
    try:
        port = int(json.loads(process.stdout.readline())["pages"][0].rstrip("/").rpartition(":")[2])
        client = HTTPConnection("localhost", port)
        for path in ("/", "/nowhere", "/login"):
            client.request("GET", path)
            client.getresponse().read()
        client.close()
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
    calls = trace.read_text().splitlines()
    assert not [line for line in calls if "connect(" in line]
    # What goes over a socket that listens for names would be an address of the internet too.
    assert not [line for line in calls if "sendto(" in line and "sin_addr" in line]
    bound = [line for line in calls if "bind(" in line and "AF_INET" in line]
    assert bound and all("127.0.0.1" in line or "::1" in line for line in bound)
