"""Giving a story's address to another app: Android's sheet of apps, elsewhere the clipboard."""

from __future__ import annotations

import importlib
from enum import StrEnum

from android_demo.platform.device import java_class, on_android
from android_demo.platform.links import start_activity


class Shared(StrEnum):
    """What became of it, for a line on the screen."""

    OFFERED = "offered"  # Android asked the reader with which app
    COPIED = "copied"  # it is in the clipboard
    NOT = "not shared"


def share(title: str, url: str) -> Shared:
    """Share a story by its title and address."""
    if on_android():
        return _offer(title, url)
    importlib.import_module("kivy.core.clipboard").Clipboard.copy(url)
    return Shared.COPIED


def _offer(title: str, url: str) -> Shared:
    intents, strings = java_class("android.content.Intent"), java_class("java.lang.String")
    intent = intents(intents.ACTION_SEND)
    intent.setType("text/plain")
    # A Java string by name: putExtra has a form for every type, and pyjnius picks among them.
    intent.putExtra(intents.EXTRA_SUBJECT, strings(title))
    intent.putExtra(intents.EXTRA_TEXT, strings(f"{title}\n{url}" if title else url))
    return Shared.OFFERED if start_activity(intents.createChooser(intent, None)) else Shared.NOT
