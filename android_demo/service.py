"""Fetches feeds every so often while the app is not looked at, and tells what is worth it: a process without a screen.

Android runs it as a foreground service of type dataSync, started by `platform/background.py` if the reader wants it. It
shares the data directory with the app, as any two programs may. Between two rounds it holds nothing open.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from android_demo.core.pages.notifying import worded
from android_demo.core.settings import load_settings
from android_demo.core.wording import wording_of
from android_demo.platform.look import language_of
from android_demo.platform.notifier import Notifier, device_notifier
from android_demo.platform.storage import app_data_dir
from android_demo.platform.zone import device_zone
from edge_runtime import EdgeError, Reader, SyncOptions, Wording, notifications

INTERVAL_S = 30 * 60
# From API 35 on Android allows such a service six hours a day, and then crashes the one that does not end by itself.
LIFE_S = 5 * 3600
# While a phone sleeps, so does a pause; so it is taken in pieces, and what counts is the clock that goes on.
PIECE_S = 60
SERVICE_LOG = logging.getLogger("edge-news-service")


@dataclass(frozen=True, slots=True)
class Round:
    """What one round brought."""

    new: int = 0  # articles
    sent: int = 0  # notifications
    error: str = ""  # why it could not be; the next one tries again


def run_round(
    data_dir: Path,
    now: datetime,
    zone: tzinfo,
    notifier: Notifier,
    options: SyncOptions | None = None,
    tr: Wording | None = None,
) -> Round:
    """Fetch what is due and notify.

    Args:
        data_dir: The reader's, as the app opens it.
        now: UTC-aware.
        zone: Where the reader is, for quiet hours.
        notifier: Nothing is decided where it may not show anything: what is not seen is not sent. The reader must
            have asked for notifications too.
        options: As of a sync.
        tr: Words the notifications; English if not given.
    """
    try:
        with Reader.open(data_dir) as reader:
            new = sum(outcome.added for outcome in reader.sync(now, options))
            is_wanted = reader.channels.desktop and notifier.is_allowed()
            return Round(new, _notify(reader, now, zone, notifier, tr or Wording()) if is_wanted else 0)
    except EdgeError as error:
        return Round(error=str(error))


def run_rounds(one_round: Callable[[], Round], clock: Callable[[], float], wait: Callable[[float], object]) -> None:
    """Rounds with pauses between their beginnings, until the service's life is over.

    Args:
        one_round: Runs one; it raises nothing.
        clock: Seconds that pass in a sleeping phone too.
        wait: Sleeps for seconds.
    """
    due = clock()
    end = due + LIFE_S
    while (now := clock()) < end:
        if now >= due:
            result = one_round()
            SERVICE_LOG.info("%d new articles, %d notifications %s", result.new, result.sent, result.error)
            due = now + INTERVAL_S
        wait(PIECE_S)


def _notify(reader: Reader, now: datetime, zone: tzinfo, notifier: Notifier, tr: Wording) -> int:
    decision = reader.decide_pushes(now, zone)
    # Kept first: with a full disk nothing is shown, and not the same again and again.
    reader.mark_sent(decision, now)
    said = [worded(one, tr) for one in notifications(decision)]
    return sum(notifier.post(one.title, one.body, one.article_id) for one in said)


def main() -> None:
    """Run until the life of the service is over."""
    logging.basicConfig(level=logging.INFO)
    data_dir, notifier = app_data_dir(), device_notifier()

    def one_round() -> Round:
        tr = wording_of(language_of(load_settings(data_dir)))
        return run_round(data_dir / "reader", datetime.now(UTC), device_zone(), notifier, tr=tr)

    run_rounds(
        one_round,
        lambda: time.clock_gettime(time.CLOCK_BOOTTIME),
        time.sleep,
    )


if __name__ == "__main__":
    main()
