"""What a notification says. How a platform shows it is the platform's affair."""

from __future__ import annotations

from dataclasses import dataclass

from edge_runtime.model.article_text import text_of
from edge_runtime.notify.types import PushCandidate, PushDecision

TITLE_CHARACTERS = 120
BODY_CHARACTERS = 240  # what a phone shows of an opened-out notification, about


@dataclass(frozen=True, slots=True)
class Notification:
    """Plain text for the platform, each one line without control characters."""

    title: str
    body: str
    article_id: str  # what a tap opens; empty for the feed


def notifications(decision: PushDecision) -> tuple[Notification, ...]:
    """The notifications of a decision, in the order in which they are to be sent."""
    single = tuple(
        Notification(_title(one), _line(one.reason, BODY_CHARACTERS), one.article.article_id)
        for one in (decision.digest if len(decision.digest) == 1 else decision.send)
    )
    if len(decision.digest) < 2:
        return single
    titles = "; ".join(_title(one) for one in decision.digest)
    return (Notification(f"{len(decision.digest)} stories for you", _line(titles, BODY_CHARACTERS), ""),)


def _title(one: PushCandidate) -> str:
    return text_of(one.article, lambda text: _line(text, TITLE_CHARACTERS)) or "A new story"


def _line(text: str, characters: int) -> str:
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= characters else line[: characters - 1].rstrip() + "…"
