"""Where the app keeps its files on a desktop: by the same rule as the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.importorskip("kivy")

from android_demo.platform.storage import app_data_dir
from edge_runtime import StorageError


def test_relative_folders_of_the_environment_are_ignored(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    assert app_data_dir() == tmp_path / "edge-news-app"
    monkeypatch.setenv("XDG_DATA_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/reader")
    assert app_data_dir() == Path("/home/reader/.local/share/edge-news-app")


def test_without_any_home_the_app_says_so(monkeypatch):
    def nobody(user: int) -> None:
        raise KeyError(user)

    monkeypatch.setattr("pwd.getpwuid", nobody)
    monkeypatch.setenv("XDG_DATA_HOME", "")
    monkeypatch.setenv("HOME", "")
    with pytest.raises(StorageError, match="no home directory is known"):
        app_data_dir()
