"""Notifications for a reader: what `decide` is given, and what of its answer is kept in the profile."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, time, tzinfo
from typing import Any

from edge_runtime.model.head import ScoringHead
from edge_runtime.model.probability import Calibration, PlattPrior, fit
from edge_runtime.notify.steady_clock import SteadyTime
from edge_runtime.notify.types import PushCandidate, PushDecision, PushHistory, PushSettings
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import Signal

# For a bundle that does not say what its scores mean: an article of score 0 is opened once in ten times.
UNTOLD = PlattPrior(1.0, math.log(0.1 / 0.9))
_SETTINGS, _LAST_RUN, _LAST_STEADY = "push settings", "last push decision", "steady clock at the last push decision"


def push_settings(profile: ProfileStore) -> PushSettings:
    """The reader's settings, or the usual ones."""
    kept = profile.setting(_SETTINGS, None)
    if not isinstance(kept, Mapping):
        return PushSettings()
    fields: dict[str, Any] = dict(kept)
    quiet_from, quiet_to = map(time.fromisoformat, fields.pop("quiet_hours"))
    digest_times = tuple(map(time.fromisoformat, fields.pop("digest_times")))
    fields["quiet_sources"] = tuple(fields.get("quiet_sources", ()))
    return PushSettings(**fields, quiet_hours=(quiet_from, quiet_to), digest_times=digest_times)


def set_push_settings(profile: ProfileStore, settings: PushSettings) -> None:
    """Keep the reader's settings."""
    fields = asdict(settings)
    for name in ("quiet_hours", "digest_times"):
        fields[name] = [value.isoformat() for value in fields[name]]
    profile.set_setting(_SETTINGS, fields)


def calibration(profile: ProfileStore, head: ScoringHead) -> Calibration:
    """How likely this reader opens an article of a score, from the lists that were shown."""
    opened = {event.article.article_id for event in profile.events() if event.signal is Signal.OPEN}
    shown = {item.article_id: item.score for item in profile.shown()}
    return fit(list(shown.values()), [name in opened for name in shown], head.open_probability or UNTOLD)


def decide_pushes(
    profile: ProfileStore,
    candidates: Sequence[PushCandidate],
    now: datetime,
    zone: tzinfo,
    steady: SteadyTime | None,
    last_sync: datetime | None,
) -> PushDecision:
    """Ask `decide` by what the profile keeps.

    Args:
        profile: The reader's.
        candidates: As `decide` takes them.
        now: As `decide` takes it.
        zone: As `decide` takes it.
        steady: The reading now.
        last_sync: As in `PushHistory`.
    """
    from edge_runtime.notify.decide import decide  # loaded here: reading asks for no decision

    kept = profile.setting(_LAST_RUN, None)
    last_run = datetime.fromisoformat(kept) if isinstance(kept, str) else None
    history = PushHistory(profile.pushes(), last_run, _elapsed_s(profile, steady), last_sync)
    return decide(candidates, history, now, zone, push_settings(profile))


def keep_decision(profile: ProfileStore, decision: PushDecision, now: datetime, steady: SteadyTime | None) -> None:
    """Keep what was sent, as `decide` asks; `steady` is the reading at the decision."""
    if decision.settled:
        reading = None if steady is None else [steady.boot, steady.seconds]
        kept = {_LAST_RUN: now.isoformat(), _LAST_STEADY: reading}
        profile.record_pushes(decision.records, decision.clock_jump_s, kept)


def _elapsed_s(profile: ProfileStore, steady: SteadyTime | None) -> float | None:
    """Real seconds since the last decision that was kept; None after a restart."""
    match profile.setting(_LAST_STEADY, None):
        case [str(boot), float() | int() as seconds] if steady and boot == steady.boot:
            return max(steady.seconds - seconds, 0.0)
    return None
