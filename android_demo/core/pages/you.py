"""The page of what the device believes: what the device knows of its reader, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from android_demo.core.rows import title_of
from android_demo.core.session import Session
from android_demo.core.wording import signal_words, topic_in_words
from edge_runtime import Profile, Signal, Wording

MOST_TOPICS = 8
MOST_EVENTS = 40


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic's share of what was opened and liked."""

    topic: str
    share: str
    bar: float  # 0 to 1, 1 for the most read topic


@dataclass(frozen=True, slots=True)
class EventRow:
    """One thing the reader did, as a row of the page."""

    title: str
    meta: str


@dataclass(frozen=True, slots=True)
class YouPage:
    """The words and rows of the page about what the device knows."""

    summary: str
    topics: tuple[TopicRow, ...]  # most read first
    events: tuple[EventRow, ...]  # newest first
    older: str  # a line for the events that are not listed, or ""


def you_page(session: Session, now: datetime) -> YouPage:
    """What the device knows of its reader."""
    return page_of(session.reader.profile(), now, session.tr)


def page_of(profile: Profile, now: datetime, tr: Wording) -> YouPage:
    """The page for a profile; MOST_TOPICS topics and MOST_EVENTS events are listed, the rest is counted."""
    shares = sorted(profile.topic_shares.items(), key=lambda item: -item[1])[:MOST_TOPICS]
    hidden = len(profile.events) - MOST_EVENTS
    return YouPage(
        summary=_summary(profile, tr),
        topics=tuple(
            TopicRow(topic_in_words(topic, tr) or tr("No topic"), f"{share:.0%}", share / shares[0][1])
            for topic, share in shares
        ),
        events=tuple(
            EventRow(
                title_of(event.article, tr),
                tr.joined(signal_words(tr)[event.signal], tr.age(event.at, now)),
            )
            for event in profile.events[:MOST_EVENTS]
        ),
        older=tr.count("and one older", "and {number} older", hidden) if hidden > 0 else "",
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
