"""The time zone of a name, in which quiet hours are meant."""

from __future__ import annotations

from datetime import tzinfo
from zoneinfo import ZoneInfo, available_timezones

from edge_runtime.errors import Remedy, UnknownZoneError


def zone_named(name: str) -> tzinfo:
    """The time zone of a name such as "Europe/Berlin", with its changes of the clocks.

    It is looked for in the system's database. Where there is none, as on Android, the package tzdata is used, where it
    is installed.

    Raises:
        UnknownZoneError: No zone has the name, or there is neither database nor package.
    """
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:  # OSError: a folder of the database
        known = available_timezones()
        if not known:
            raise UnknownZoneError(f"no time zone {name!r}: this device knows none", Remedy.INSTALL_TZDATA) from error
        near = sorted(zone for zone in known if zone.rpartition("/")[2].casefold() == name.strip().casefold())
        meant = f"; did you mean {' or '.join(near)}?" if near else ""
        raise UnknownZoneError(f"no time zone {name!r}: give one such as Europe/Berlin or UTC{meant}") from error
