"""How the device looks and speaks: dark or light, and its language."""

from __future__ import annotations

import os

from android_demo.core.settings import Settings
from android_demo.platform.device import activity, java_class, on_android


def is_system_dark() -> bool:
    """Whether the device is set to dark; False where it does not say."""
    if not on_android():
        return False
    night_mode: int = activity().getResources().getConfiguration().uiMode & 0x30  # UI_MODE_NIGHT_MASK
    return night_mode == 0x20  # UI_MODE_NIGHT_YES


def system_language() -> str:
    """ "zh" where the device speaks Chinese, else "en"."""
    if on_android():
        found = str(java_class("java.util.Locale").getDefault().getLanguage())
    else:
        found = os.environ.get("LANGUAGE") or os.environ.get("LC_ALL") or os.environ.get("LANG") or ""
    return "zh" if found.lower().startswith("zh") else "en"


def language_of(settings: Settings) -> str:
    """The language that the app speaks."""
    return system_language() if settings.language == "system" else settings.language
