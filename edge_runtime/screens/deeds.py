"""What the reader did and searched for, as the profile keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from edge_runtime import Event, Rule, Search, Signal, Wording
from edge_runtime.screens.reading import Reading, Said
from edge_runtime.screens.rows import title_of

MORE_DEEDS = 20
MOST_SEARCHES = 20


@dataclass(frozen=True, slots=True)
class DeedRow:
    """One thing that the reader did."""

    number: int  # in the profile
    words: str
    about: str


@dataclass(frozen=True, slots=True)
class DeedsPage:
    """Deeds and searches, newest first."""

    deeds: tuple[DeedRow, ...]
    more: str  # a line for the deeds that are not listed, or ""
    depth: int  # to ask for, to see more
    searches: tuple[DeedRow, ...]
    about: str


def deeds_page(session: Reading, now: datetime, depth: int = MORE_DEEDS) -> DeedsPage:
    """The latest deeds.

    Args:
        session: Open.
        now: Ages are counted up to it.
        depth: How many to list.
    """
    tr, profile = session.tr, session.reader.profile()
    hidden = len(profile.events) - depth
    return DeedsPage(
        deeds=tuple(
            DeedRow(event.number, title_of(event.article, tr), tr.joined(_did(event, tr), tr.age(event.at, now)))
            for event in profile.events[:depth]
        ),
        more=tr.count("One older", "{number} older", hidden) if hidden > 0 else "",
        depth=depth + MORE_DEEDS,
        searches=tuple(
            DeedRow(search.number, tr.line(search.query), tr.age(search.at, now))
            for search in profile.searches[:MOST_SEARCHES]
        ),
        about=tr("What you take out is unlearned, and gone for good.")
        if profile.events
        else tr("Nothing yet. Open or like a story, and the feed starts to follow you."),
    )


def undo_last(session: Reading) -> Said:
    """Take back the latest thing that the reader did, and say what it was.

    Raises:
        UnknownEntryError: There is nothing to take back.
    """
    undone = session.reader.undo()

    def name(tr: Wording) -> str:
        match undone:
            case Event():
                return tr("{deed}: {title}", deed=_did(undone, tr), title=title_of(undone.article, tr))
            case Search():
                return tr("Search: {query}", query=tr.line(undone.query))
            case Rule():
                return undone.value
            case topics:
                return tr.listed([tr.topic(topic) for topic in topics])

    return lambda tr: tr("Taken back: {name}", name=name(tr))


def _did(event: Event, tr: Wording) -> str:
    if event.signal is Signal.DWELL:
        seconds = round(event.dwell_s)
        return tr("Read for {seconds} s", seconds=seconds) if seconds else tr("Left at once")
    return {
        Signal.OPEN: tr("Opened"),
        Signal.LIKE: tr("Liked"),
        Signal.DISLIKE: tr("Less like this"),
        Signal.SAVE: tr("Saved"),
        Signal.SHARE: tr("Shared"),
        Signal.HIDE: tr("Hidden"),
    }[event.signal]
