"""Fixtures that start the real app, with the real runtime, in an offscreen window."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from android_demo.core.settings import FILE_NAME, Settings, save_settings
from edge_runtime import Profile, Reader

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
PROBE = """
from android_demo.driver import prepare_offscreen
prepare_offscreen()
from kivy.core.window import Window
assert Window is not None
"""


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def window() -> None:
    """Kivy ends the whole process when it finds no window: ask in another one."""
    pytest.importorskip("kivy")
    probe = subprocess.run([sys.executable, "-c", PROBE], capture_output=True, text=True, timeout=60, check=False)
    if probe.returncode:
        pytest.skip(
            "Kivy can open no window here; on Debian: apt install libgl1 libegl1 libgles2 libgl1-mesa-dri libmtdev1"
        )
    from android_demo.driver import prepare_offscreen

    prepare_offscreen()


@pytest.fixture
def start(window: None, tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Starts the app; the one before it is stopped first, as there is one window."""
    from kivy.metrics import Metrics

    from android_demo.app import EdgeNewsApp
    from android_demo.driver import Driver

    started: list[Driver] = []

    def stop_all() -> None:
        while started:
            started.pop().stop()

    def start_app(screen: str = "feed", text_scale: float = 1.0, **arguments: Any) -> Driver:
        settings = {"data_dir": tmp_path / "data", "now": lambda: NOW, "open_link": lambda url: None, **arguments}
        stop_all()
        if screen != "start" and not (settings["data_dir"] / FILE_NAME).exists():
            save_settings(settings["data_dir"], Settings(is_started=True, fetch_after_min=0))
        Metrics.fontscale = text_scale
        driver = Driver(EdgeNewsApp(**settings))
        started.append(driver)
        driver.on_screen(screen)
        return driver

    yield start_app
    stop_all()


@pytest.fixture
def saved_profile(tmp_path: Path) -> Callable[[], Profile]:
    """What the disk would give back if the app were killed this moment."""

    def read() -> Profile:
        copy = tmp_path / "after-a-kill"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(tmp_path / "data" / "reader", copy)
        with Reader.open(copy) as reader:
            return reader.profile()

    return read
