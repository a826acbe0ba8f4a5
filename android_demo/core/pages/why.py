"""The "why" sheet: a score as a column of named parts, and the past reads behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor

from android_demo.core.rows import title_of
from android_demo.core.session import Session
from android_demo.core.wording import drawable
from edge_runtime import Explanation, SimilarRead, Wording, score_part

DECIMALS = 2
MOST_READS = 3


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One named part of a score."""

    label: str
    value: str  # signed, DECIMALS places
    bar: float  # -1 to 1, in units of the largest part


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A past read that speaks for an article."""

    title: str
    share: str
    bar: float  # 0 to 1


@dataclass(frozen=True, slots=True)
class WhySheet:
    """The words of the sheet that explains an article's position."""

    title: str
    standing: str  # what counts for more than the score, if anything does
    rows: tuple[WhyRow, ...]  # their printed values add up to the printed `total`
    total: str
    reads: tuple[ReadRow, ...]


def why_page(session: Session, now: datetime, article_id: str) -> WhySheet:
    """Why an article stands where it stands."""
    return why_sheet(session.reader.explain(article_id, now), session.tr)


def why_sheet(explanation: Explanation, tr: Wording) -> WhySheet:
    """The sheet for one article: parts that matter, largest first, then the sum."""
    # A part that overrules the others is said in words: beside it they could not be seen.
    standing = [score_part(name).standing for name, value in explanation.scored.parts.items() if value < 0]
    parts = {name: value for name, value in explanation.scored.parts.items() if not score_part(name).overrules}
    total = round(sum(parts.values()), DECIMALS)
    printed = dict(zip(parts, rounded_to_sum(list(parts.values()), total), strict=True))
    longest = max(map(abs, parts.values()), default=0.0) or 1.0
    names = sorted((name for name in parts if printed[name]), key=lambda name: -abs(parts[name]))
    return WhySheet(
        title=title_of(explanation.scored.article, tr),
        standing=tr(next(filter(None, standing), "")),
        rows=tuple(
            WhyRow(_label(name, explanation, tr), _signed(printed[name]), max(-1.0, min(1.0, parts[name] / longest)))
            for name in names
        ),
        total=_signed(total),
        reads=tuple(
            ReadRow(_read_in_words(read, tr), f"{read.share:.0%}", max(0.0, min(1.0, read.share)))
            for read in explanation.similar_reads[:MOST_READS]
        ),
    )


def rounded_to_sum(values: Sequence[float], total: float) -> list[float]:
    """Round to DECIMALS places so that the results add up to `total`, by the largest remainder.

    Plain rounding can leave a column that does not add up: 0.004 + 0.004 is 0.01, not 0.00 + 0.00. Each result
    is less than one unit of the last place from its value when `total` is the rounded sum of the values.
    """
    unit = 10**DECIMALS
    floors = [floor(value * unit) for value in values]
    missing = round(total * unit) - sum(floors)
    by_remainder = sorted(range(len(values)), key=lambda place: floors[place] - values[place] * unit)
    for place in by_remainder[:missing]:
        floors[place] += 1
    return [whole / unit for whole in floors]


def _label(name: str, explanation: Explanation, tr: Wording) -> str:
    """What a part says of this article."""
    own = explanation.meanings.get(name, "")
    said = tr.sentence(own) if own else tr(score_part(name).label)
    return f"{said[:1].upper()}{said[1:]}"


def _read_in_words(read: SimilarRead, tr: Wording) -> str:
    title = title_of(read.article, tr)
    return tr("Search: {query}", query=drawable(title)) if read.is_search else title


def _signed(value: float) -> str:
    """A number with a real minus sign, which is as wide as the plus."""
    return f"{value:+.{DECIMALS}f}".replace("-", "\u2212")
