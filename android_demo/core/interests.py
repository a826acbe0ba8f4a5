"""The interests page: what the device knows of its reader, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from android_demo.core.wording import SIGNAL_WORDS, age_in_words, drawable, meta_line, topic_in_words
from edge_runtime import Profile, Signal

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
class InterestsPage:
    """The words and rows of the page about what the device knows."""

    summary: str
    topics: tuple[TopicRow, ...]  # most read first
    events: tuple[EventRow, ...]  # newest first
    older: str  # a line for the events that are not listed, or ""


def interests_page(profile: Profile, now: datetime) -> InterestsPage:
    """The page for a profile; MOST_TOPICS topics and MOST_EVENTS events are listed, the rest is counted."""
    shares = sorted(profile.topic_shares.items(), key=lambda item: -item[1])[:MOST_TOPICS]
    hidden = len(profile.events) - MOST_EVENTS
    return InterestsPage(
        summary=_summary(profile),
        topics=tuple(
            TopicRow(topic_in_words(topic) or "No topic", f"{share:.0%}", share / shares[0][1])
            for topic, share in shares
        ),
        events=tuple(
            EventRow(
                drawable(event.article.title),
                meta_line(SIGNAL_WORDS[event.signal], age_in_words(event.at, now)),
            )
            for event in profile.events[:MOST_EVENTS]
        ),
        older=f"and {hidden} older" if hidden > 0 else "",
    )


def _summary(profile: Profile) -> str:
    """How much the device knows."""
    if not profile.events:
        return "Nothing yet. Open or like a story, and the feed starts to follow you."
    counts = {signal: sum(event.signal == signal for event in profile.events) for signal in Signal}
    return (
        f"{counts[Signal.OPEN]} opened, {counts[Signal.LIKE]} liked, {counts[Signal.DISLIKE]} turned down. "
        "That is all the app knows of you, and it stays on this device."
    )
