"""The "why" sheet: a score as a column of named parts, and the past reads behind it, which can be taken away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from edge_runtime import Explanation, Remedy, SimilarRead, Wording, score_part
from edge_runtime import why_page as explained
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.reading import Reading
from edge_runtime.screens.rows import title_of

MOST_READS = 5
UNMARKED = Marks()
LEAST_SHARE = 0.005  # less is 0 %


@dataclass(frozen=True, slots=True)
class WhyRow:
    """One named part of a score."""

    label: str
    value: str  # signed hundredths
    bar: float  # -1 to 1, in units of the largest part
    was: str = ""  # its value before reads were taken away, where that is another


@dataclass(frozen=True, slots=True)
class ReadRow:
    """A past read that speaks for an article."""

    title: str
    share: str
    bar: float  # 0 to 1
    article_id: str = ""  # "" where it cannot be taken away: a query


@dataclass(frozen=True, slots=True)
class WhySheet:
    """The words of the sheet that explains an article's position."""

    article_id: str
    title: str
    hidden: str  # why the feed leaves it out, and how to bring it back; "" if it does not
    standing: str  # what counts for more than the score, if anything does
    about: str  # topics with how likely they are, and keywords
    rows: tuple[WhyRow, ...]  # their printed values add up to the printed `total`
    total: str
    total_was: str
    words: tuple[WhyRow, ...]  # of the title, that did it
    reads: tuple[ReadRow, ...]
    marks: Marks
    values: Mapping[str, str] = field(default_factory=dict)  # printed, by part; "" is the total


def why_page(session: Reading, now: datetime, article_id: str, before: Mapping[str, str] | None = None) -> WhySheet:
    """Why an article stands where it stands.

    Args:
        session: Open.
        now: UTC-aware.
        article_id: Of a cached article.
        before: `WhySheet.values` of the time before something was taken away, to tell what moved.

    Raises:
        UnknownArticleError: The cache does not have it any more.
    """
    found = session.reader.explain(article_id, now)
    return why_sheet(
        found, now, session.tr, session.marks([found.scored.article])[article_id], before, session.remedies
    )


def take_away(
    session: Reading, now: datetime, article_id: str, read_id: str, before: Mapping[str, str] | None = None
) -> WhySheet:
    """Forget a past read, and say what an article's score is without it.

    Raises:
        UnknownEntryError: It was not read, or is forgotten already.
    """
    session.reader.forget_article(read_id)
    return why_page(session, now, article_id, before)


def bring_back(
    session: Reading, now: datetime, article_id: str, read_id: str, before: Mapping[str, str] | None = None
) -> WhySheet:
    """Undo `take_away`: what was read is what it was.

    Raises:
        UnknownEntryError: It was not taken away, or the profile was erased since.
    """
    session.reader.bring_back(read_id)
    return why_page(session, now, article_id, before)


def why_sheet(
    found: Explanation,
    now: datetime,
    tr: Wording,
    marks: Marks = UNMARKED,
    before: Mapping[str, str] | None = None,
    remedies: Mapping[Remedy, str] | None = None,
) -> WhySheet:
    """The sheet for one article: parts that matter, largest first, then the sum."""
    page = explained(found, now)
    values = {part.name: _signed(part.value) for part in page.parts if round(100 * part.value)}
    values[""] = _signed(page.score)
    was = {name: value for name, value in (before or values).items() if values.get(name) != value}
    was |= {name: _signed(0.0) for name in values if before and name not in before}
    longest = max((abs(part.value) for part in page.parts), default=0.0) or 1.0
    rows = [
        WhyRow(_label(part.meaning, tr), values[part.name], _clipped(part.value / longest), was.get(part.name, ""))
        for part in page.parts
        if part.name in values
    ]
    gone = [
        WhyRow(_label(score_part(name).meaning, tr), _signed(0.0), 0.0, value)
        for name, value in was.items()
        if name not in values
    ]
    loudest = max((abs(word.effect) for word in page.words), default=0.0) or 1.0
    topics = [
        tr("{topic} ({share})", topic=tr.topic(name), share=f"{share:.0%}")
        for name, share in ({page.likely_topic: page.topic_probability} | dict(page.other_topics)).items()
        if name
    ]
    return WhySheet(
        article_id=page.article_id,
        title=title_of(found.scored.article, tr),
        hidden=_hidden(found, tr, marks, remedies or {}),
        standing=_label(page.standing, tr) if page.standing else "",
        about=tr.joined(*topics, *map(tr.line, page.keywords)),
        rows=tuple(rows + gone),
        total=values[""],
        total_was=was.get("", ""),
        words=tuple(
            WhyRow(tr.line(word.word), _signed(word.effect), _clipped(word.effect / loudest)) for word in page.words
        ),
        reads=_reads(found, tr),
        marks=marks,
        values=values,
    )


def _hidden(found: Explanation, tr: Wording, marks: Marks, remedies: Mapping[Remedy, str]) -> str:
    """Why the feed leaves it out, as a sentence, and what brings it back where there is no button for that."""
    if not found.hidden:
        return ""
    why = tr.sentence(found.hidden)
    how = tr(remedies.get(found.hidden_remedy, "")) if found.hidden_remedy and not marks.is_hidden else ""
    if not how:
        return tr("Left out of your feed: {reason}.", reason=why)
    return tr("Left out of your feed: {reason}. {remedy}.", reason=why, remedy=f"{how[:1].upper()}{how[1:]}")


def _reads(found: Explanation, tr: Wording) -> tuple[ReadRow, ...]:
    reads = [read for read in found.similar_reads if read.share >= LEAST_SHARE]
    rows = [
        ReadRow(
            _read_in_words(read, tr), f"{read.share:.0%}", read.share, "" if read.is_search else read.article.article_id
        )
        for read in reads[:MOST_READS]
    ]
    own = 1 - sum(read.share for read in found.similar_reads)
    if reads and own >= LEAST_SHARE:
        rows.append(ReadRow(tr("This story itself"), f"{own:.0%}", min(own, 1.0), found.scored.article.article_id))
    return tuple(rows)


def _label(said: str, tr: Wording) -> str:
    words = tr.sentence(said)
    return f"{words[:1].upper()}{words[1:]}"


def _read_in_words(read: SimilarRead, tr: Wording) -> str:
    title = title_of(read.article, tr)
    return tr("Search: {query}", query=tr.line(title)) if read.is_search else title


def _clipped(value: float) -> float:
    return max(-1.0, min(1.0, value))


def _signed(value: float) -> str:
    """A number with a real minus sign, which is as wide as the plus."""
    return f"{value:+.2f}".replace("-", "\u2212")
