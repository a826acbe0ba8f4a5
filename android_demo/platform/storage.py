"""Where the app keeps its files."""

from __future__ import annotations

import importlib
import os
from pathlib import Path

from kivy.utils import platform


def app_data_dir() -> Path:
    """A directory of the app's own; it need not exist yet.

    On Android it is private to the app and goes with it. Kivy's `App.user_data_dir` would do there, but on Linux it
    fails where ~/.config is missing, as on a fresh Raspberry Pi without a desktop.
    """
    if platform == "android":
        return Path(importlib.import_module("android.storage").app_storage_path())
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "edge-news-app"
