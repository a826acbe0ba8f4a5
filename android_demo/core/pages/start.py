"""The first start: topics to pick, words of one's own, and the way to feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from android_demo.core.session import Session
from edge_runtime import RuleEffect, RuleKind


@dataclass(frozen=True, slots=True)
class StartPage:
    """What can be picked."""

    topics: tuple[tuple[str, str], ...]  # name, and how it is called on the screen


def start_page(session: Session, now: datetime) -> StartPage:
    """The topics that the model knows, in the order in which the other pages have them."""
    return StartPage(tuple((topic, session.tr.topic(topic)) for topic in session.reader.known_topics()))


def begin(session: Session, now: datetime, topics: Sequence[str], words: Sequence[str]) -> None:
    """Ask for topics, and follow words of one's own."""
    session.reader.pick_topics(topics)
    for text in words:
        session.reader.set_rule(RuleKind.TEXT, text, RuleEffect.FOLLOW, now)
