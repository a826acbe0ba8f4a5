"""Lists of feeds from other readers and for them (OPML)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from android_demo.core.session import Session
from edge_runtime import Remedy, StorageError, Subscription, msgid, read_opml, write_opml
from edge_runtime.screens.feeds import known_addresses

MOST_BYTES = 8 << 20


@dataclass(frozen=True, slots=True)
class Found:
    """What a list of feeds holds."""

    feeds: tuple[Subscription, ...] = ()  # that are not subscribed to yet
    words: str = ""


def list_of_text(session: Session, now: datetime, text: str) -> Found:
    """From the text of a list.

    Raises:
        FeedError: It is none.
    """
    return _found(session, text.encode())


def list_of_file(session: Session, now: datetime, path: str) -> Found:
    """From a file.

    Raises:
        FeedError: It is no list of feeds.
        StorageError: It cannot be read.
    """
    try:
        with Path(path).expanduser().open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError, RuntimeError) as error:
        raise StorageError(msgid("There is no file of this name that can be read"), Remedy.CHECK_PATH) from error
    return _found(session, data)


def list_of_data(session: Session, now: datetime, data: bytes) -> Found:
    """From what a picker of files gave."""
    return _found(session, data)


def written_list(session: Session) -> bytes:
    """All subscriptions, with folders and topics."""
    feeds = session.reader.feeds.feeds()
    return write_opml((Subscription(feed.url, feed.title, feed.topic, feed.folder) for feed in feeds), "Edge News")


def write_list(session: Session, path: str) -> str:
    """Write the list to a file; its full name.

    Raises:
        StorageError: It cannot be written.
    """
    try:
        target = Path(path).expanduser()
        target.write_bytes(written_list(session))
    except (OSError, ValueError, RuntimeError) as error:
        raise StorageError(msgid("The list could not be written there"), Remedy.CHECK_PATH) from error
    return str(target)


def as_rows(feeds: tuple[Subscription, ...]) -> list[tuple[str, str, str, str]]:
    """As subscriptions are taken."""
    return [(one.url, one.title, one.topic, one.folder) for one in feeds]


def _found(session: Session, data: bytes) -> Found:
    subscriptions, warnings = read_opml(data)
    known, tr = known_addresses(session), session.tr
    new = tuple(one for one in subscriptions if one.url not in known)
    words = [tr.count("{number} new feed in this list.", "{number} new feeds in this list.", len(new))]
    if len(new) < len(subscriptions):
        there = len(subscriptions) - len(new)
        words.append(tr.count("{number} is here already.", "{number} are here already.", there))
    if warnings:
        words.append(tr("Some lines of it were left out, as they are no feeds."))
    return Found(new, tr.sentences(*words))
