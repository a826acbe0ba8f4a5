"""The page of what the device believes of its reader: how much there is, and the ways to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime import Profile, Signal, Wording
from edge_runtime.screens.reading import Reading


@dataclass(frozen=True, slots=True)
class YouPage:
    """The words of the page about what the device knows."""

    summary: str
    is_private: bool
    rules: str  # how many there are
    deeds: str  # likewise


def you_page(session: Reading, now: datetime) -> YouPage:
    """What the device knows of its reader; `now` does not matter."""
    return page_of(session.reader.profile(), session.tr)


def page_of(profile: Profile, tr: Wording) -> YouPage:
    """The page for a profile."""
    return YouPage(
        summary=_summary(profile, tr),
        is_private=profile.private,
        rules=tr.count("one rule", "{number} rules", len(profile.rules)) if profile.rules else tr("None yet."),
        deeds=tr.count("one thing you did", "{number} things you did", len(profile.events))
        if profile.events
        else tr("Nothing yet."),
    )


def _summary(profile: Profile, tr: Wording) -> str:
    """How much the device knows."""
    if not profile.events:
        return tr("Nothing yet. Open or like a story, and the feed starts to follow you.")
    counts = {signal: sum(event.signal == signal for event in profile.events) for signal in Signal}
    return tr(
        "{opened} opened, {liked} liked, {disliked} turned down. That is all the app knows of you, and it stays on "
        "this device.",
        opened=counts[Signal.OPEN],
        liked=counts[Signal.LIKE],
        disliked=counts[Signal.DISLIKE],
    )
