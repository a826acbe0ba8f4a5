"""Opening a story at its publisher, in a program of its own."""

from __future__ import annotations

import webbrowser
from urllib.parse import urlsplit

from android_demo.platform.device import activity, java_class, java_error, on_android


def open_in_browser(url: str) -> bool:
    """Hand a web address to the device's browser.

    Returns:
        Whether there is one that took it.

    Raises:
        ValueError: Not http or https; a feed must not be able to start other apps.
    """
    if urlsplit(url).scheme not in ("http", "https"):
        raise ValueError(f"{url!r} is not a web address; only http and https links are opened")
    if not on_android():
        return webbrowser.open(url)
    intents = java_class("android.content.Intent")
    intent = intents(intents.ACTION_VIEW, java_class("android.net.Uri").parse(url))
    return start_activity(intent)


def start_activity(intent: object) -> bool:
    """Ask Android for another app; False if none answers to that."""
    try:
        activity().startActivity(intent)
    except java_error():
        return False
    return True
