"""What the app costs a processor with a full cache: `python -m benchmarks.app_speed [--articles N]`.

Figures are CPU time: wall time of a machine that others use says little. The window is offscreen, and drawn by
the processor: on a phone the GPU draws. `thread` is Kivy's own thread alone, without the threads of that drawing.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.timing import ONE_THREAD

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
NUM_OPENS = 50
NUM_TAPS = 12
NUM_FRAMES = 300
GOALS = {
    "first frame, wall s": 1.2,
    "first frame, CPU s": 0.8,
    "feed visible, CPU s": 1.0,
    "tap to re-ranked feed, CPU ms": 50.0,
    "tap to re-ranked feed, Kivy's thread, CPU ms": 8.0,
    "a frame of scrolling, median, thread ms": 4.0,
    "a frame of scrolling, 95 %, thread ms": 4.0,
    "longest callback on Kivy's thread, ms": 8.0,
}


def fill(data_dir: Path, number: int) -> None:
    """A cache of made-up articles, and a reader who opened some."""
    from android_demo.core.settings import Settings, save_settings
    from edge_runtime import Article, Reader, Signal

    rng = random.Random(7)
    words = [
        "".join(rng.choice("bcdfglmnprst") + rng.choice("aeiou") for _ in range(rng.randint(2, 4))) for _ in range(4000)
    ]
    topics = ["sports", "politics", "travel", "food", "health", "business"]

    def title() -> str:
        return " ".join(rng.choice(words) for _ in range(rng.randint(6, 14))).capitalize()

    articles = [
        Article(
            f"a{place}",
            title(),
            abstract=title(),
            category=topics[place % 6],
            source=f"Source {place % 40}",
            published=NOW - timedelta(minutes=place),
        )
        for place in range(number)
    ]
    with Reader.open(data_dir / "reader") as reader:
        reader.add(articles, NOW)
        for place in range(NUM_OPENS):
            reader.record(f"a{place * 37 % number}", Signal.OPEN, NOW - timedelta(hours=1))
    save_settings(data_dir, Settings(is_started=True))


def measure(data_dir: Path, began: float) -> dict[str, float]:
    """Start the app on a data directory and use it; runs in a process of its own."""
    from android_demo.driver import Driver, prepare_offscreen

    prepare_offscreen()
    from android_demo.app import EdgeNewsApp
    from android_demo.ui.worker import Worker

    callbacks: list[tuple[float, str]] = []
    jobs: list[float] = []
    watch(Worker, callbacks, jobs)
    driver = Driver(EdgeNewsApp(data_dir, now=lambda: NOW))
    found = {"first frame, wall s": time.time() - began, "first frame, CPU s": time.process_time()}
    feed = driver.on_screen("feed")
    found["feed visible, CPU s"] = time.process_time()
    callbacks.clear()

    taps, on_kivy = [], []
    for place in range(NUM_TAPS):
        jobs.clear()
        since = len(callbacks)
        row = feed.ids.cards.rows[place]
        begin = time.thread_time()
        driver.app.commands.judge(row.article_id, "like", row.marks)
        tap_s = time.thread_time() - begin
        driver.rest()
        kivy_ms = tap_s * 1e3 + sum(ms for ms, _ in callbacks[since:])
        on_kivy.append(kivy_ms)
        taps.append(kivy_ms + sum(jobs))
    found["tap to re-ranked feed, CPU ms"] = statistics.median(taps)
    found["tap to re-ranked feed, Kivy's thread, CPU ms"] = statistics.median(on_kivy)
    feed.accept()
    driver.rest()

    frames = scroll(driver, feed.ids.cards)
    found["a frame of scrolling, median, thread ms"] = statistics.median(frames)
    found["a frame of scrolling, 95 %, thread ms"] = statistics.quantiles(frames, n=20)[-1]
    for name in ("latest", "search", "saved", "feed"):
        driver.go(name)
    longest, name = max(callbacks)
    found["longest callback on Kivy's thread, ms"] = longest
    print(f"longest callback: {name}", file=sys.stderr)
    driver.stop()
    return found


def watch(worker: Any, callbacks: list[tuple[float, str]], jobs: list[float]) -> None:
    """Note the CPU time of every job, and of what is done with its result on Kivy's thread."""
    run = worker.run

    def timed(call: Callable[..., Any], note: Callable[[float, str], None]) -> Callable[..., Any]:
        def timed_call(*arguments: Any) -> Any:
            begin = time.thread_time()
            try:
                return call(*arguments)
            finally:
                note((time.thread_time() - begin) * 1e3, getattr(call, "__qualname__", str(call)))

        return timed_call

    def watched(self: Any, call: Any, then: Any = lambda _: None, failed: Any = None, key: Any = None) -> None:
        run(
            self,
            timed(call, lambda ms, _: jobs.append(ms)),
            timed(then, lambda ms, name: callbacks.append((ms, name))),
            failed,
            key,
        )

    worker.run = watched


def scroll(driver: Any, cards: Any) -> list[float]:
    """CPU ms of Kivy's thread for each frame of a list that moves by a third of a card."""
    frames = []
    for _ in range(NUM_FRAMES):
        begin = time.thread_time()
        cards._scroll_to(cards._hidden_above() + 36)
        driver.frames(1)
        frames.append((time.thread_time() - begin) * 1e3)
    return frames


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.app_speed", description="Measure the app.")
    parser.add_argument("--articles", type=int, default=20_000, metavar="N", help="in the cache")
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="starts of the app")
    parser.add_argument("--measure", nargs=2, metavar=("DIR", "BEGAN"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(Path(options.measure[0]), float(options.measure[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder), options.articles)
        rounds = []
        for _ in range(options.rounds):
            command = [sys.executable, "-m", "benchmarks.app_speed", "--measure", folder, str(time.time())]
            done = subprocess.run(
                command, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **ONE_THREAD}
            )
            rounds.append(json.loads(done.stdout.splitlines()[-1]))
    print(f"{options.articles:,} articles, medians of {options.rounds} starts")
    for name, goal in GOALS.items():
        value = statistics.median(one[name] for one in rounds)
        print(f"{name:<48} {value:8.2f}   goal {goal:g}{'' if value <= goal else '   ABOVE'}")


if __name__ == "__main__":
    main()
