"""The reader's time zone, with its changes of the clocks where they are known."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from android_demo.platform.device import java_class, on_android


def device_zone() -> tzinfo:
    """On Android by its name from the package tzdata; elsewhere, and for a name unknown there, today's offset."""
    if on_android():
        try:
            return ZoneInfo(str(java_class("java.util.TimeZone").getDefault().getID()))
        except (ZoneInfoNotFoundError, ValueError):
            pass  # of Android's own making, as GMT+05:30
    return datetime.now().astimezone().tzinfo or UTC
