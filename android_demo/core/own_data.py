"""The profile as a file, and its erasing with the proof of it."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from android_demo.core.session import Session
from android_demo.core.throwaway import remove_throwaway, throwaway_reader
from edge_runtime import ProfileFileError, Remedy, Sentence, StorageError, Wording, msgid

NAME = "edge-news-profile"
MOST_BYTES = 100_000_000
PROBES = 50  # titles that are looked for in the bytes


@dataclass(frozen=True, slots=True)
class Offer:
    """A file that can be taken in, and what it would replace."""

    path: Path
    words: str


@dataclass(frozen=True, slots=True)
class Held:
    """What the files of the profile hold."""

    size_bytes: int
    events: int
    rules: int
    searches: int
    requests: int  # counted of what was sent
    titles: int  # of the probes, how many stand in the bytes of these files


@dataclass(frozen=True, slots=True)
class Proof:
    """An erasing: what was there before and after."""

    before: Held
    after: Held
    probes: int  # titles that were looked for


def held(session: Session, titles: Sequence[str] = ()) -> Held:
    """Count what there is, and look for titles in the bytes.

    Raises:
        StorageError: A file cannot be read.
    """
    profile = session.reader.profile()
    try:
        found = [path.read_bytes() for path in sorted(session.data_dir.glob("profile.db*"))]
    except OSError as error:
        raise StorageError(f"the profile cannot be read: {error.strerror}", Remedy.CHECK_DISK) from error
    return Held(
        size_bytes=sum(map(len, found)),
        events=len(profile.events),
        rules=len(profile.rules),
        searches=len(profile.searches),
        requests=sum(one.requests for one in session.reader.requests_made()),
        titles=sum(any(title.encode() in one for one in found) for title in titles),
    )


def erase(session: Session, *, everything: bool = False) -> Proof:
    """Forget the reader, and look for what was known in the bytes that are left.

    Args:
        session: Open.
        everything: Feeds and stories too.

    Raises:
        StorageError: It was not erased, or not all of it.
    """
    titles = list(
        dict.fromkeys(event.article.title for event in session.reader.profile().events if event.article.title)
    )
    titles = titles[:PROBES]
    before = held(session, titles)
    session.erase()
    if everything:
        session.reader.erase_everything()
    remove_throwaway(session.data_dir)
    return Proof(before, held(session, titles), len(titles))


def export_to(session: Session, folder: Path, now: datetime) -> Path:
    """Write all that is known of the reader to a file that they alone can read.

    Raises:
        StorageError: It cannot be written.
    """
    path = folder / f"{NAME}-{now.astimezone():%Y-%m-%d-%H%M%S}.json"
    document = json.dumps(session.reader.export_profile(), ensure_ascii=False, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with open(path, "w", encoding="utf-8", opener=_private) as file:
            file.write(document)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageError(str(error), Remedy.FREE_SPACE) from error
        raise StorageError(Sentence("The file could not be written there.")) from error
    return path


def exported_files(folder: Path) -> list[Path]:
    """The files of a folder that may be exported profiles, newest first."""
    try:
        found = [path for path in folder.glob("*.json") if path.is_file()]
        return sorted(found, key=lambda path: path.stat().st_mtime, reverse=True)
    except OSError:
        return []


def offer_of(session: Session, path: Path) -> Offer:
    """Look at a file without taking it in, and say what it would replace.

    Raises:
        ProfileFileError: It cannot be read, or is no exported profile.
    """
    tr = session.tr
    with throwaway_reader(session, _read(path)) as other:
        there = other.profile()
    here = session.reader.profile()
    return Offer(
        path,
        tr(
            "{file} holds {theirs}. It takes the place of all that is here: {ours}. This cannot be undone.",
            file=path.name,
            theirs=_counted(len(there.events), len(there.rules), tr),
            ours=_counted(len(here.events), len(here.rules), tr),
        ),
    )


def import_from(session: Session, path: Path) -> None:
    """Put a file in the place of the profile, all of it or nothing.

    Raises:
        ProfileFileError: It cannot be read, or is no exported profile; nothing was taken.
        StorageError: It cannot be written.
    """
    session.reader.import_profile(_read(path))


def _counted(events: int, rules: int, tr: Wording) -> str:
    return tr.listed(
        [
            tr.count("one thing you did", "{number} things you did", events),
            tr.count("one rule", "{number} rules", rules),
        ]
    )


def _read(path: Path) -> bytes:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise ProfileFileError(f"{path.name}: too large for a profile", Remedy.EXPORTED_FILE)
        return path.read_bytes()
    except OSError as error:
        raise ProfileFileError(msgid("There is no file of this name that can be read"), Remedy.CHECK_PATH) from error


def _private(name: str, flags: int) -> int:
    return os.open(name, flags, 0o600)
