"""Where the app keeps its files."""

from __future__ import annotations

import os
from pathlib import Path

from android_demo.platform.device import context, on_android
from edge_runtime import data_home


def app_data_dir() -> Path:
    """A directory of the app's own; it need not exist yet.

    On Android it is private to the app and goes with it; python-for-android names the same one to the app and to its
    service. Kivy's `App.user_data_dir` would do there, but on Linux it fails where ~/.config is missing, as on a fresh
    Raspberry Pi without a desktop.

    Raises:
        StorageError: No home directory is known.
    """
    return Path(os.environ["ANDROID_PRIVATE"]) if on_android() else data_home() / "edge-news-app"


def documents_dir() -> Path:
    """A directory for files that the reader takes elsewhere; it need not exist yet.

    On Android it is the app's part of the outer storage, which a file manager or a cable reaches; the app needs no
    right for it.
    """
    if on_android():
        outer = context().getExternalFilesDir(None)  # None while the outer storage is not there
        return Path(outer.getAbsolutePath()) if outer is not None else app_data_dir()
    downloads = Path.home() / "Downloads"
    return downloads if downloads.is_dir() else app_data_dir()
