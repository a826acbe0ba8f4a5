"""Opening a story at its publisher: the app itself never touches the network."""

from __future__ import annotations

import importlib
import webbrowser
from urllib.parse import urlsplit

from kivy.utils import platform


def open_in_browser(url: str) -> None:
    """Hand a web address to the device's browser.

    Raises:
        ValueError: Not http or https; a feed must not be able to start other apps.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url!r} is not a web address; only http and https links are opened")
    if platform == "android":
        importlib.import_module("android")  # python-for-android's: it registers the phone's browser with webbrowser
    webbrowser.open(url)
