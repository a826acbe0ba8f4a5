"""The model lab: what ranks here, how fast, how well, and what other ways of ranking would change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from android_demo.core.bundles import can_bring_back
from android_demo.core.comparing import Comparison, compare
from android_demo.core.language_names import language_name
from android_demo.core.pages.own_data import Fact, FileRow
from android_demo.core.pages.size_front import SizeFront, size_front
from android_demo.core.session import Session
from edge_runtime import Wording
from edge_runtime.screens.rows import FIRST_ROWS

MOST_FILES = 5
HIGH = 0.95  # the slow end of the timings


@dataclass(frozen=True, slots=True)
class ByteRow:
    """A part of the bundle."""

    words: str
    size: str
    bar: float  # 0 to 1, 1 for the largest


@dataclass(frozen=True, slots=True)
class LabPage:
    """What the lab shows."""

    engine: str
    why_engine: str
    facts: tuple[Fact, ...]
    parts: tuple[ByteRow, ...]  # largest first
    speed: tuple[Fact, ...]
    quality: tuple[Fact, ...]
    front: SizeFront | None  # None where the model file knows no other sizes
    comparison: tuple[Fact, ...]  # none before it is asked for
    sent: tuple[Fact, ...]  # by host
    files: tuple[FileRow, ...]
    folder: str
    can_bring_back: bool


def lab_page(session: Session, now: datetime, folder: Path, *, ranks: bool = False, compares: bool = False) -> LabPage:
    """What there is to know of the model.

    Args:
        session: Open.
        now: UTC-aware.
        folder: Where bundles are looked for.
        ranks: Rank once more, for the timings.
        compares: Rank in other ways too, which takes a second or two.
    """
    tr, info = session.tr, session.reader.info()
    why = tr.sentence(info["engine_reason"])  # type: ignore[arg-type]  # a text
    engine, _, program = str(info["engine"]).partition(" of ")
    if ranks:
        session.ranked(now, FIRST_ROWS)
    return LabPage(
        engine=tr("{engine} of {program}", engine=engine, program=program) if program else engine,
        why_engine=f"{why[:1].upper()}{why[1:]}",
        facts=_facts(info, tr),
        parts=_parts(info["member_bytes"], tr),  # type: ignore[arg-type]  # sizes by name
        speed=speed_facts(session.ranking_ms, tr),
        quality=quality_facts(info["metrics"], tr),
        front=size_front(info["front"], tr),  # type: ignore[arg-type]  # an object or None
        comparison=_comparison(session, now) if compares else (),
        sent=_sent(session),
        files=tuple(FileRow(path, path.name, tr.number(path.stat().st_size)) for path in _bundles(folder)),
        folder=str(folder),
        can_bring_back=can_bring_back(session),
    )


def speed_facts(ranking_ms: Sequence[float], tr: Wording) -> tuple[Fact, ...]:
    """Median and slow end of the last rankings, in milliseconds."""
    if not ranking_ms:
        return (Fact(tr("Rankings measured"), tr.number(0)),)
    ordered = sorted(ranking_ms)
    return (
        Fact(tr("Rankings measured"), tr.number(len(ordered))),
        Fact(tr("Median"), tr("{number} ms", number=f"{ordered[len(ordered) // 2]:.1f}")),
        Fact(tr("95 of 100 within"), tr("{number} ms", number=f"{ordered[int(HIGH * (len(ordered) - 1) + 0.5)]:.1f}")),
    )


def quality_facts(metrics: object, tr: Wording) -> tuple[Fact, ...]:
    """What the bundle's manifest says of its quality; nothing where it says nothing."""
    names = {
        ("content", "impressions"): tr("Lists it was tried on"),
        ("content", "auc"): tr("AUC: an opened story stands above another"),
        ("content", "ndcg10"): tr("nDCG of the first ten"),
        ("topic_head", "articles"): tr("Stories whose topic it was asked for"),
        ("topic_head", "accuracy"): tr("Topics told rightly"),
        ("topic_head", "log_loss"): tr("Log loss of topics"),
        ("topic_head", "calibration_error"): tr("Calibration error of topics"),
        ("topic_head", "coverage"): tr("Topics it is sure of"),
        ("topic_head", "covered_accuracy"): tr("Of these told rightly"),
    }
    return tuple(
        Fact(names.get((group, name), f"{group}: {name}"), said)
        for group, values in (metrics.items() if isinstance(metrics, Mapping) else ())
        for name, value in (values.items() if isinstance(values, Mapping) else ())
        if (said := _metric(value, tr))
    )


def _metric(value: Any, tr: Wording) -> str:
    if isinstance(value, bool):
        return ""
    if isinstance(value, int):
        return tr.number(value)
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, Mapping) and {"mean", "low", "high"} <= value.keys():
        return tr("{mean}, surely between {low} and {high}", **{n: f"{value[n]:.3f}" for n in ("mean", "low", "high")})
    return ""


def _facts(info: Mapping[str, Any], tr: Wording) -> tuple[Fact, ...]:
    return (
        Fact(tr("Version"), str(info["model_version"])),
        Fact(tr("Bytes"), tr.number(int(info["bundle_bytes"]))),
        Fact(tr("Languages it reads"), tr.listed([language_name(code, tr.language) for code in info["languages"]])),
        Fact(tr("Topics it knows"), tr.listed([tr.topic(topic) for topic in info["topics"]])),
        Fact(tr("Words and word pieces"), tr.number(int(info["num_tokens"]))),
        Fact(tr("Numbers in a story's vector"), tr.number(int(info["dim"]))),
        Fact(tr("Learned from"), tr.sentence(str(info["training_data"]))),
        Fact(tr("Licence"), tr.sentence(str(info["training_licence"]))),
        Fact(tr("Stories here"), tr.number(int(info["articles"]))),
    )


def _parts(sizes: Mapping[str, int], tr: Wording) -> tuple[ByteRow, ...]:
    names = {
        "token_table": tr("Table of words"),
        "vocabulary": tr("Spelling of words"),
        "article_encoder": tr("Reads a story"),
        "user_encoder": tr("Reads a reader"),
        "head": tr("Adds up a score"),
        "golden": tr("Proof of right results"),
        "card": tr("Description"),
        "topic_head": tr("Tells the topic"),
        "word_counts": tr("How common words are"),
        "warm_articles": tr("What readers open together"),
    }
    largest = max(sizes.values(), default=1)
    ordered = sorted(sizes.items(), key=lambda part: -part[1])
    return tuple(ByteRow(names.get(name, name), tr.number(size), size / largest) for name, size in ordered)


def _comparison(session: Session, now: datetime) -> tuple[Fact, ...]:
    tr, found = session.tr, compare(session, now)
    return (
        Fact(tr("int8 weights, rounded between layers, with counts"), tr("as it is")),
        Fact(tr("Without counts"), _moved(found.without_counts, tr)),
        Fact(
            tr("Not rounded between layers; the weights stay int8"),
            _moved(found.unrounded, tr) if found.unrounded else tr("not on this engine"),
        ),
        Fact(
            tr("Stories with counts of other readers"),
            tr("{number} of {all}", number=found.carry_counts, all=found.stories),
        ),
    )


def _moved(found: Comparison, tr: Wording) -> str:
    return tr.joined(
        tr.count(
            "{number} of the first {all} places changes",
            "{number} of the first {all} places change",
            found.moved,
            all=found.compared,
        ),
        tr("{number} stories in both", number=found.overlap),
    )


def _sent(session: Session) -> tuple[Fact, ...]:
    """Every host that was asked, with how often and the bytes that went and came."""
    tr = session.tr
    return tuple(
        Fact(
            one.host or tr("other hosts"),
            tr.joined(
                tr.count("one request", "{number} requests", one.requests),
                tr("{number} bytes sent", number=tr.number(one.sent_bytes)),
                tr("{number} bytes received", number=tr.number(one.received_bytes)),
            ),
        )
        for one in session.reader.requests_made()
    )


def _bundles(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.glob("*.bundle") if path.is_file())[:MOST_FILES]
    except OSError:
        return []
