"""The times that notifications go by: quiet hours and digest times on the reader's wall, and a clock that may be wrong.

Local times follow the zone that is given now; what the reader's zone was yesterday does not matter. Everything that
comes in or goes out as a datetime is UTC-aware.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta, tzinfo

PLAUSIBLE_YEARS = 50  # a clock further ahead of the floor than this is wrong
BELIEVED_AWAY = timedelta(days=7)  # without a monotonic clock, a longer absence may be a clock that leapt
CLOCK_STEADY_S = 1.0  # less than this is the drift and the rounding of a sane clock


def is_plausible(now: datetime, floor: datetime) -> bool:
    """Whether a clock can be right, given a time that is surely past."""
    return floor <= now < floor + timedelta(days=365 * PLAUSIBLE_YEARS)


def clock_jump_s(now: datetime, last_run: datetime, elapsed_s: float | None) -> int:
    """Seconds by which the clock was set forward (negative: back) since the last run, rounded up; 0 for a sane clock.

    Args:
        now: What the clock says.
        last_run: What it said then.
        elapsed_s: Real seconds in between. None after a restart: then the clock is believed if it went forward by no
            more than BELIEVED_AWAY, and otherwise no time at all has surely passed.
    """
    by_clock = (now - last_run).total_seconds()
    if elapsed_s is None:
        elapsed_s = by_clock if 0 <= by_clock <= BELIEVED_AWAY.total_seconds() else 0.0
    jump = by_clock - elapsed_s
    return math.ceil(jump) if abs(jump) > CLOCK_STEADY_S else 0


def is_quiet(now: datetime, zone: tzinfo, quiet_hours: tuple[time, time]) -> bool:
    """Whether the wall shows a time in [start, end); start after end spans midnight, start = end is never quiet."""
    start, end = quiet_hours
    wall = now.astimezone(zone).time()
    return start <= wall < end if start <= end else wall >= start or wall < end


def after_quiet(instant: datetime, zone: tzinfo, quiet_hours: tuple[time, time]) -> datetime:
    """The instant itself, or the end of the quiet hours that it lies in."""
    while is_quiet(instant, zone, quiet_hours):  # more than once where the wall's clock goes back into them
        instant = next_local(instant, zone, quiet_hours[1:])
    return instant


def next_local(now: datetime, zone: tzinfo, times: Iterable[time]) -> datetime:
    """The first instant after now at which the wall shows one of the times.

    A time that a change of the clocks leaves out counts as if the change came after it: 02:30 is then 03:30.
    """
    today = now.astimezone(zone).date()
    return min(
        instant
        for wall in times
        for days in (0, 1, 2)
        for fold in (0, 1)
        if (instant := _instant(datetime.combine(today + timedelta(days), wall), zone, fold)) > now
    )


def latest_local(now: datetime, zone: tzinfo, times: Iterable[time]) -> datetime:
    """The last instant up to now at which the wall showed one of the times; of a doubled time the first counts."""
    today = now.astimezone(zone).date()
    return max(
        instant
        for wall in times
        for days in (0, 1, 2)
        if (instant := _instant(datetime.combine(today - timedelta(days), wall), zone, 0)) <= now
    )


def _instant(wall: datetime, zone: tzinfo, fold: int) -> datetime:
    later = wall.replace(tzinfo=zone, fold=fold).astimezone(UTC)
    if later.astimezone(zone).replace(tzinfo=None, fold=0) == wall:
        return later
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
