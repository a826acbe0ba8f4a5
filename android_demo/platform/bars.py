"""Android's bars over and under the app. From API 35 on an app is drawn beneath them, and Kivy 2.3.1 does not know."""

from __future__ import annotations

import importlib

from android_demo.platform.device import activity, api_level, java_class, on_android

FIRST_EDGE_TO_EDGE = 35


def keep_clear_of_bars(red: float, green: float, blue: float, *, is_light: bool) -> None:
    """Pad the app's view by the bars, and colour what is behind them; again when the theme changes.

    Args:
        red: Of the ground, 0 to 1.
        green: Likewise.
        blue: Likewise.
        is_light: The ground is light, so the clock and the battery are drawn dark.
    """
    if not on_android() or api_level() < FIRST_EDGE_TO_EDGE:
        return

    def pad() -> None:
        view = activity().getContentView()
        view.setBackgroundColor(_argb(red, green, blue))
        view.setFitsSystemWindows(True)
        view.requestApplyInsets()
        marks = java_class("android.view.WindowInsetsController").APPEARANCE_LIGHT_STATUS_BARS
        activity().getWindow().getInsetsController().setSystemBarsAppearance(marks if is_light else 0, marks)

    # Views belong to Android's own thread.
    importlib.import_module("android.runnable").run_on_ui_thread(pad)()


def _argb(red: float, green: float, blue: float) -> int:
    """An opaque colour as Java's int, which has a sign."""
    return int.from_bytes(bytes([255, *(round(255 * part) for part in (red, green, blue))]), "big", signed=True)
