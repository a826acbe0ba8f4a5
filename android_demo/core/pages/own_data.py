"""The reader's own data: how much there is, where it can be written to and read from, and the proof of an erasing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from android_demo.core.own_data import Proof, exported_files, held
from android_demo.core.session import Session
from edge_runtime import Wording

MOST_FILES = 5


@dataclass(frozen=True, slots=True)
class Fact:
    """Something and how much of it."""

    words: str
    value: str


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file that may be an exported profile."""

    path: Path
    words: str
    about: str


@dataclass(frozen=True, slots=True)
class OwnDataPage:
    """What is kept and what can be done with it."""

    facts: tuple[Fact, ...]
    has_any: bool  # something that erasing would take away
    files: tuple[FileRow, ...]
    folder: str


def own_data_page(session: Session, now: datetime, folder: Path) -> OwnDataPage:
    """What is kept now.

    Args:
        session: Open.
        now: UTC-aware.
        folder: Where profiles are written to, and looked for.
    """
    tr, own = session.tr, held(session)
    return OwnDataPage(
        facts=(
            Fact(tr("Things you did"), tr.number(own.events)),
            Fact(tr("Rules"), tr.number(own.rules)),
            Fact(tr("Searches"), tr.number(own.searches)),
            Fact(tr("Requests counted"), tr.number(own.requests)),
            Fact(tr("Bytes of your profile"), tr.number(own.size_bytes)),
        ),
        has_any=bool(own.events or own.rules or own.searches or own.requests or session.reader.profile().picked_topics),
        files=tuple(
            FileRow(path, path.name, tr.date(datetime.fromtimestamp(path.stat().st_mtime)))
            for path in exported_files(folder)[:MOST_FILES]
        ),
        folder=str(folder),
    )


def proof_facts(proof: Proof, tr: Wording) -> tuple[Fact, ...]:
    """An erasing in numbers, before and after."""

    def changed(words: str, number: str) -> Fact:
        before, after = (tr.number(getattr(one, number)) for one in (proof.before, proof.after))
        return Fact(words, tr("{before}, now {after}", before=before, after=after))

    facts = (
        changed(tr("Things you did"), "events"),
        changed(tr("Rules"), "rules"),
        changed(tr("Searches"), "searches"),
        changed(tr("Requests counted"), "requests"),
        changed(tr("Bytes of your profile"), "size_bytes"),
    )
    if not proof.probes:
        return facts
    looked = tr.count(
        "Titles found in these bytes, of one looked for",
        "Titles found in these bytes, of {number} looked for",
        proof.probes,
    )
    return (*facts, changed(looked, "titles"))
