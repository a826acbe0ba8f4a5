"""Whether this is a phone, and how Java is reached on it. Nothing here loads Kivy: the service has none."""

from __future__ import annotations

import importlib
import os
from typing import Any

PACKAGE = "org.edgenews.edgenews"  # package.domain and package.name of buildozer.spec


def on_android() -> bool:
    """Whether python-for-android started this process."""
    return "ANDROID_ARGUMENT" in os.environ


def java_class(name: str) -> Any:
    """A public class of Java, as pyjnius wraps it."""
    return importlib.import_module("jnius").autoclass(name, include_protected=False, include_private=False)


def activity() -> Any:
    """The app's window to Android; None in the service's process, which has no window."""
    return java_class("org.kivy.android.PythonActivity").mActivity


def context() -> Any:
    """What asks Android for its services: the activity, or the service."""
    return activity() or java_class("org.kivy.android.PythonService").mService


def java_error() -> type[Exception]:
    """What pyjnius raises for whatever Java throws."""
    error: type[Exception] = importlib.import_module("jnius").JavaException
    return error


def api_level() -> int:
    """24 is Android 7, 33 is 13, 36 is 16."""
    return int(java_class("android.os.Build$VERSION").SDK_INT)
