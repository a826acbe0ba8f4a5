"""What the app costs a processor with a full cache: `python -m benchmarks.app_speed [--articles N]`.

Figures are CPU time: wall time of a machine that others use says little. The window is offscreen, and drawn by
the processor: on a phone the GPU draws. `thread` is Kivy's own thread alone, without the threads of that drawing.
An empty window of Kivy is measured in every round too, as no app starts in less. Modules are compiled by a start that
is not counted, and there are at most 60 frames a second, as else waiting would count as work.
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
NUM_SETTLING = 30  # frames in which what is on a new screen comes
SHOWN_FIRST = ("settings", "you", "lab", "notifying", "start")  # after the lists
GOALS = {
    "an empty window of Kivy, CPU s": None,
    "first frame, wall s": 1.2,
    "first frame, CPU s": 0.8,
    "feed visible, CPU s": 1.0,
    "all of the start, CPU s": None,
    "tap to re-ranked feed, CPU ms": 50.0,
    "tap to re-ranked feed, Kivy's thread, CPU ms": 8.0,
    "a frame of scrolling, median, thread ms": 4.0,
    "a frame of scrolling, 95 %, thread ms": 4.0,
    "longest callback on Kivy's thread, ms": 8.0,
    "longest frame while the feed comes, thread ms": None,
    **{f"longest frame while {name} comes, thread ms": None for name in SHOWN_FIRST},
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
    limit_frames()
    from kivy.core.window import Window

    from android_demo.app import EdgeNewsApp
    from android_demo.ui.worker import Worker

    callbacks: list[tuple[float, str]] = []
    jobs: list[float] = []
    watch(Worker, callbacks, jobs)
    found: dict[str, float] = {}

    def drawn(_window: object) -> None:
        Window.unbind(on_flip=drawn)
        found.update({"first frame, wall s": time.time() - began, "first frame, CPU s": time.process_time()})

    Window.bind(on_flip=drawn)
    driver = Driver(EdgeNewsApp(data_dir, now=lambda: NOW))
    driver.until(lambda: driver.app.navigation.place.screen == "feed")
    feed = driver.app.navigation.screen("feed")
    found["longest frame while the feed comes, thread ms"] = longest_frame(driver, lambda: bool(feed.ids.cards.rows))
    driver.frames(1)
    found["feed visible, CPU s"] = time.process_time()
    driver.on_screen("feed")
    found["all of the start, CPU s"] = time.process_time()
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
    for name in SHOWN_FIRST:
        begin = time.thread_time()
        driver.app.navigation.go(name)
        asked_ms = (time.thread_time() - begin) * 1e3
        then_ms = longest_frame(driver, lambda name=name: driver.app.navigation.place.screen == name)
        found[f"longest frame while {name} comes, thread ms"] = max(asked_ms, then_ms)
    driver.stop()
    return found


def empty_window() -> dict[str, float]:
    """What a window with nothing in it costs until it is drawn; runs in a process of its own."""
    from android_demo.driver import prepare_offscreen

    prepare_offscreen()
    limit_frames()
    from kivy.app import App
    from kivy.base import EventLoop
    from kivy.uix.widget import Widget

    App.build = lambda _: Widget()
    App()._run_prepare()
    EventLoop.idle()
    return {"an empty window of Kivy, CPU s": time.process_time()}


def limit_frames() -> None:
    """As a screen does."""
    from kivy.config import Config

    Config.set("graphics", "maxfps", "60")


def longest_frame(driver: Any, is_there: Callable[[], bool]) -> float:
    """CPU ms of Kivy's thread for the longest frame until something is there, and all of it is."""
    frames = []

    def a_frame() -> bool:
        begin = time.thread_time()
        driver.frames(1)
        frames.append((time.thread_time() - begin) * 1e3)
        return True

    driver.until(lambda: a_frame() and is_there())
    for _ in range(NUM_SETTLING):
        a_frame()
    return max(frames)


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
    parser.add_argument("--keep", type=Path, metavar="DIR", help="where the cache is kept for the next time")
    parser.add_argument("--measure", nargs=2, metavar=("DIR", "BEGAN"), help=argparse.SUPPRESS)
    parser.add_argument("--empty", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.empty:
        print(json.dumps(empty_window()))
        return
    if options.measure:
        print(json.dumps(measure(Path(options.measure[0]), float(options.measure[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        data_dir = options.keep or Path(folder)
        if not (data_dir / "reader").exists():
            fill(data_dir, options.articles)
        rounds = [
            child(folder, "--empty") | child(folder, "--measure", str(data_dir), str(time.time()))
            for _ in range(options.rounds + 1)
        ][1:]
    print(f"{options.articles:,} articles, medians of {options.rounds} starts")
    for name, goal in GOALS.items():
        value = statistics.median(one[name] for one in rounds)
        goal_words = "" if goal is None else f"   goal {goal:g}{'' if value <= goal else '   ABOVE'}"
        print(f"{name:<52} {value:8.2f}{goal_words}")


def child(folder: str, *arguments: str) -> dict[str, float]:
    """What a process of its own found; its compiled modules are kept in a folder."""
    environment = os.environ | ONE_THREAD | {"PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "benchmarks.app_speed", *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=environment)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


if __name__ == "__main__":
    main()
