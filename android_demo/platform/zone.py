"""The reader's time zone, with its changes of the clocks where they are known."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, tzinfo

import edge_runtime
from android_demo.platform.device import java_class, on_android
from edge_runtime import UnknownZoneError


def device_zone() -> tzinfo:
    """On Android by its name from the package tzdata; elsewhere, and for a name unknown there, today's offset."""
    if on_android():
        with suppress(UnknownZoneError):  # one of Android's own making, as GMT+05:30
            return edge_runtime.zone_named(str(java_class("java.util.TimeZone").getDefault().getID()))
    return datetime.now().astimezone().tzinfo or UTC
