"""The pages and a sync at once, on the same files: no tap is lost, and nobody who reads waits for the sync."""

from __future__ import annotations

import random
import signal
import statistics
import subprocess
import sys
import time
from http.client import HTTPConnection
from pathlib import Path

import pytest

from edge_runtime import Reader, Signal

pytestmark = pytest.mark.server
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("seconds", "kills"),
    [pytest.param(4, 0, marks=pytest.mark.slow), pytest.param(60, 12, marks=pytest.mark.long)],
)
def test_no_tap_is_lost_while_another_program_writes(served, data, seconds, kills):
    rng = random.Random(1)
    client = HTTPConnection("localhost", served, timeout=30)
    waits, taps, added = [], [], 0
    with Reader.open(data) as reader:
        ids = [article.article_id for article in reader.latest()]

    ends = time.monotonic() + seconds

    def begin():
        left_s = str(ends - time.monotonic())
        command = [sys.executable, "-m", "tests.edge_runtime.web.other_program", str(data), left_s]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        process.stdout.readline()
        return process

    other = begin()
    killed_at = time.monotonic() + seconds / (kills + 1)
    while time.monotonic() < ends:
        if kills and time.monotonic() > killed_at:
            other.send_signal(signal.SIGKILL)
            said = other.communicate()[0].split()
            added += int(said[-1]) if said else 0
            other, killed_at = begin(), time.monotonic() + seconds / (kills + 1)
        began = time.perf_counter()
        client.request("GET", "/")
        assert client.getresponse().read()
        waits.append(time.perf_counter() - began)
        article_id = rng.choice(ids)
        headers = {"Origin": f"http://localhost:{served}", "Content-Type": "application/x-www-form-urlencoded"}
        client.request("POST", "/tap", f"article={article_id}", headers)
        answer = client.getresponse()
        assert answer.read() == b"" and answer.status == 303
        taps.append(article_id)
    said = other.communicate(timeout=60)[0].split()
    added += int(said[-1]) if said else 0
    client.close()
    with Reader.open(data) as reader:
        kept = [event.article.article_id for event in reader.profile().events if event.signal is Signal.OPEN]
        assert kept[::-1] == taps
        # What a killed program had begun may be there too, but never less than it said.
        assert added and reader.count() >= len(ids) + added
    assert statistics.median(waits) < 1 and max(waits) < 5
