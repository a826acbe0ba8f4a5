"""How the device looks and speaks: dark or light, and its language."""

from __future__ import annotations

import importlib
import os

from kivy.utils import platform


def is_system_dark() -> bool:
    """Whether the device is set to dark; False where it does not say."""
    if platform != "android":
        return False
    activity = importlib.import_module("jnius").autoclass("org.kivy.android.PythonActivity").mActivity
    night_mode: int = activity.getResources().getConfiguration().uiMode & 0x30  # UI_MODE_NIGHT_MASK
    return night_mode == 0x20  # UI_MODE_NIGHT_YES


def system_language() -> str:
    """ "zh" where the device speaks Chinese, else "en"."""
    if platform == "android":
        found = str(importlib.import_module("jnius").autoclass("java.util.Locale").getDefault().getLanguage())
    else:
        found = os.environ.get("LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if found.lower().startswith("zh") else "en"
