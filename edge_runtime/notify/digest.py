"""When stories go together in one notification: after an absence, and at the times that the reader chose.

It names what is worth reading alone, fewer than it could where there is less, and nothing goes where there is nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from edge_runtime.notify.gates import Moment, Wait
from edge_runtime.notify.times import after_quiet, latest_local
from edge_runtime.notify.types import PushCandidate, PushHistory
from edge_runtime.sentences import Sentence

DIGEST_LATE = timedelta(hours=6)  # a digest that could not go by then waits for its next time
# A device that fetches by itself does so every half hour. A reader who fetches once each evening has chosen yesterday's
# news, and nothing else would go while a digest waits.
FETCH_PATIENCE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Digest:
    """A digest that is due; it may name nothing, and then its time is spent all the same."""

    named: Sequence[PushCandidate] = ()  # likeliest first
    covered: Sequence[PushCandidate] = ()  # what is not sent again after it, the named ones first
    fetch: Wait | None = None  # shut while news is still to be fetched


def due_digest(
    stories: Sequence[PushCandidate],
    likely: Sequence[PushCandidate],
    history: PushHistory,
    away: timedelta,
    moment: Moment,
) -> Digest | None:
    """The digest that is to go now, if there is one.

    Args:
        stories: One article a story, likeliest first.
        likely: Those of them above the threshold.
        history: Its `last_run` and `last_sync` are used.
        away: Real time since the last run, as far as it is known.
        moment: Of the decision.
    """
    settings = moment.settings
    if history.last_run is not None and away > timedelta(hours=settings.backlog_after_h):
        named = [one for one in likely if one.is_worth_reading][: settings.digest_size]
        rest = [one for one in likely if one not in named]
        return Digest(named, [*named, *rest], _fetch(moment.now, history, moment))
    if not settings.digest_times:
        return None
    due = latest_local(moment.now, moment.zone, settings.digest_times)
    if moment.now - due >= DIGEST_LATE or (history.last_run is not None and history.last_run >= due):
        return None
    named = [one for one in stories if one.is_worth_reading][: settings.digest_size]
    patient_until = due + FETCH_PATIENCE
    fetch = _fetch(due, history, moment, patient_until) if moment.now < patient_until else None
    return Digest(named, named, fetch)


def _fetch(at: datetime, history: PushHistory, moment: Moment, until: datetime | None = None) -> Wait | None:
    """The gate that is shut if news was fetched too long before a time; one that is not known shuts nothing.

    Half of `backlog_after_h` is too long: what came in the other half of the shortest absence would be missing.
    """
    last = history.last_sync
    if last is None or last >= at - timedelta(hours=moment.settings.backlog_after_h / 2):
        return None
    opens = after_quiet(until, moment.zone, moment.settings.quiet_hours) if until else None
    return Wait(
        opens, Sentence("news since {time} is fetched first", time=f"{last.astimezone(moment.zone):%Y-%m-%d %H:%M}")
    )
