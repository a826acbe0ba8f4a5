"""Notifications: how much disturbance the reader wants, and what that would have meant today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, tzinfo

from android_demo.core.session import Session
from android_demo.core.wording import drawable
from edge_runtime import Notification, PushDecision, PushSettings, Wording, msgid, notifications
from edge_runtime.screens.rows import title_of

MOST_VERDICTS = 12
# Each choice is a pill: its value and its words.
THRESHOLDS = ((0.05, msgid("More")), (0.1, msgid("Some")), (0.2, msgid("Few")), (1.0, msgid("Digests alone")))
CAPS = (1, 3, 5, 10)
QUIET = (
    ((time(22), time(7)), "22:00–07:00"),
    ((time(20), time(9)), "20:00–09:00"),
    ((time(0), time(0)), msgid("None")),
)
DIGESTS = (
    ((), msgid("None")),
    ((time(8),), "08:00"),
    ((time(18),), "18:00"),
    ((time(8), time(18)), msgid("08:00, 18:00")),
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What would have become of one story, and why."""

    title: str
    why: str


@dataclass(frozen=True, slots=True)
class NotifyingPage:
    """Settings as they stand, and today by them."""

    is_on: bool
    settings: PushSettings
    sources: tuple[tuple[str, bool], ...]  # name of each feed, and whether it may send
    sent: tuple[Notification, ...]  # what would go now, word for word
    verdicts: tuple[Verdict, ...]
    left: str  # a line for those that are not listed


def notifying_page(session: Session, now: datetime, zone: tzinfo) -> NotifyingPage:
    """The settings, and what they would mean for the stories of the last day; nothing is kept of it."""
    reader, tr = session.reader, session.tr
    settings = reader.push_settings
    decision = reader.decide_pushes(now, zone)
    named = [name for name, _ in sorted(decision.verdicts.items(), key=lambda pair: _place(pair[1], decision, pair[0]))]
    titles = {name: title_of(reader.article(name), tr) for name in named[:MOST_VERDICTS]}
    left = len(named) - len(titles)
    sources = sorted({feed.title for feed in reader.feeds.feeds() if feed.title}, key=str.casefold)
    return NotifyingPage(
        is_on=reader.channels.desktop,
        settings=settings,
        sources=tuple((name, name not in settings.quiet_sources) for name in sources),
        sent=tuple(worded(one, tr) for one in notifications(decision)),
        verdicts=tuple(Verdict(title, _why(decision.verdicts[name], tr)) for name, title in titles.items()),
        left=tr.count("and one more", "and {number} more", left) if left > 0 else "",
    )


def worded(one: Notification, tr: Wording) -> Notification:
    """A notification as this device's fonts and language say it."""
    return replace(one, title=drawable(tr.sentence(one.title)), body=drawable(tr.sentence(one.body)))


def switch(session: Session, *, is_on: bool) -> None:
    """Send notifications on this device, or none."""
    session.reader.channels = replace(session.reader.channels, desktop=is_on)


def choose(session: Session, **changed: object) -> None:
    """Change settings by their names."""
    session.reader.push_settings = replace(session.reader.push_settings, **changed)  # type: ignore[arg-type]


def let_source(session: Session, name: str, *, may_send: bool) -> None:
    """Let a source send notifications, or none."""
    quiet = {*session.reader.push_settings.quiet_sources} - {name}
    choose(session, quiet_sources=tuple(sorted(quiet if may_send else {*quiet, name})))


def due(session: Session, now: datetime, zone: tzinfo) -> tuple[Notification, ...]:
    """What is worth a notification now; it counts as sent from here on. Nothing while they are off."""
    if not session.reader.channels.desktop:
        return ()
    decision = session.reader.decide_pushes(now, zone)
    # Kept first: on a full disk nothing is shown, and not the same again and again.
    session.reader.mark_sent(decision, now)
    return tuple(worded(one, session.tr) for one in notifications(decision))


def _place(verdict: str, decision: PushDecision, name: str) -> tuple[int, int]:
    order = {one.article.article_id: place for place, one in enumerate((*decision.send, *decision.digest))}
    kinds: Mapping[str, int] = {"sent": 0, "in the digest": 1, "not sent: another": 2, "not sent: older": 4}
    return next((place for start, place in kinds.items() if verdict.startswith(start)), 3), order.get(name, len(order))


def _why(verdict: str, tr: Wording) -> str:
    said = drawable(tr.sentence(verdict))
    return f"{said[:1].upper()}{said[1:]}"
