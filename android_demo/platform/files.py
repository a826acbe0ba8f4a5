"""Android's own picker of files, for what comes into the app and goes out of it; a desktop has none here.

Nothing of it has been run on a phone yet.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

from kivy.clock import Clock
from kivy.utils import platform

_OPEN, _CREATE = 7101, 7102  # codes of our questions, told back with the answer
MOST_BYTES = 64 << 20


def has_picker() -> bool:
    """Whether files are chosen by the device's own picker; else they are named by a path."""
    return bool(platform == "android")


def pick_document(then: Callable[[bytes], None]) -> None:
    """Let the reader choose a file; `then` gets what is in it, on Kivy's thread, if one is chosen."""

    def read(uri: Any) -> None:
        data = _read(uri)
        Clock.schedule_once(lambda _: then(data))

    _ask("ACTION_OPEN_DOCUMENT", "*/*", "", _OPEN, read, lambda: None)


def keep_document(name: str, kind: str, data: bytes, then: Callable[[bool], None]) -> None:
    """Let the reader choose where a file is kept; `then` is told, on Kivy's thread, whether it was.

    Args:
        name: That the picker proposes.
        kind: Media type.
        data: What is in it.
        then: Told the outcome.
    """

    def write(uri: Any) -> None:
        stream = _activity().getContentResolver().openOutputStream(uri, "wt")
        try:
            stream.write(data)
        finally:
            stream.close()
        Clock.schedule_once(lambda _: then(True))

    _ask("ACTION_CREATE_DOCUMENT", kind, name, _CREATE, write, lambda: Clock.schedule_once(lambda _: then(False)))


def _ask(
    action: str, kind: str, name: str, code: int, chosen: Callable[[Any], None], nothing: Callable[[], object]
) -> None:
    java = importlib.import_module("jnius")
    listeners = importlib.import_module("android.activity")
    intents = java.autoclass("android.content.Intent")
    intent = intents(getattr(intents, action))
    intent.addCategory(intents.CATEGORY_OPENABLE)
    intent.setType(kind)
    if name:
        intent.putExtra(intents.EXTRA_TITLE, java.autoclass("java.lang.String")(name))

    def answered(request: int, result: int, answer: Any) -> None:
        if request != code:
            return
        listeners.unbind(on_activity_result=answered)
        is_chosen = result == java.autoclass("android.app.Activity").RESULT_OK and answer is not None
        if is_chosen:
            chosen(answer.getData())
        else:
            nothing()

    listeners.bind(on_activity_result=answered)
    _activity().startActivityForResult(intent, code)


def _read(uri: Any) -> bytes:
    stream = _activity().getContentResolver().openInputStream(uri)
    found, piece = bytearray(), bytearray(1 << 16)
    try:
        while len(found) < MOST_BYTES and (count := stream.read(piece)) > 0:
            found += piece[:count]
    finally:
        stream.close()
    return bytes(found)


def _activity() -> Any:
    return importlib.import_module("jnius").autoclass("org.kivy.android.PythonActivity").mActivity
