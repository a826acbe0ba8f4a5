"""Keys by what they are for."""

from __future__ import annotations

from collections.abc import Sequence

BACK_KEYS = (27, 1000, 1001)  # Escape on a desktop, "back" on Android by name and by number
ENTER_KEYS = (13, 271)  # the second is of a number pad


def key_name(key: int, char: str | None, modifiers: Sequence[str]) -> str:
    """ "back" for Escape and Android's key, "enter", a letter for itself, "" for what is nothing to the app."""
    if key in BACK_KEYS:
        return "back"
    if set(modifiers) & {"ctrl", "alt", "meta"}:
        return ""
    if key in ENTER_KEYS:
        return "enter"
    return char or ""
