"""Why an article stands where it stands, as lines of text."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime.pages.lines import Line, Look, Span, joined, paragraph, wrapped
from edge_runtime.pages.why import WhyPage, WhyPart, WhyRead

MEANING_COLUMN = 24  # where the meanings of parts begin
LEAST_COLUMNS = 16  # for a meaning beside its part


def why_lines(page: WhyPage, width: int, hidden: str) -> list[Line]:
    """Everything that a page says.

    Args:
        page: From `why_page`.
        width: In columns.
        hidden: Why the feed leaves the article out and what to do about it, in the program's words; "" if it does not.
    """
    heading = [*paragraph(page.heading, width, Look.STRONG), *paragraph(page.facts, width, Look.FAINT)]
    heading += paragraph(f"about: {', '.join(page.about)}", width, Look.FAINT) if page.about else []
    reads = paragraph("share of your past reads in its interest:", width) if page.reads else []
    for read in page.reads:
        reads += _beside(f"{read.share:6.0%}  ", _named(read), width)
    words = paragraph("what the words of its title do to the score:", width) if page.words else []
    for word in page.words:
        words += _beside(f"{word.effect:+8.2f}  ", word.word, width)
    left_out = paragraph(f"The feed leaves it out: {hidden}", width) if hidden else []
    standing = paragraph(page.standing, width) if page.standing else []
    return joined([heading, left_out, standing, table_lines(page.parts, page.score, width), reads, words])


def table_lines(parts: Sequence[WhyPart], score: float, width: int) -> list[Line]:
    """The parts over their sum."""
    lines: list[Line] = []
    for part in parts:
        name = f"{part.value:+8.2f}  {part.name:14}"
        if width - MEANING_COLUMN >= LEAST_COLUMNS:
            lines += _beside(name, part.meaning, width, Look.FAINT)
        else:
            lines += [(Span(name.rstrip()),), *paragraph(part.meaning, width, Look.FAINT, indent=2)]
    total = f"{round(100 * score) / 100:+8.2f}"
    return [*lines, (Span("--------"),), (Span(total, Look.STRONG), Span("  score"))]


def _beside(label: str, text: str, width: int, look: Look = Look.PLAIN) -> list[Line]:
    """A text in lines beside a label of ASCII."""
    first, *rest = wrapped(text, width - len(label))
    return [(Span(label), Span(first, look)), *((Span(" " * len(label)), Span(line, look)) for line in rest)]


def _named(read: WhyRead) -> str:
    if read.is_itself:
        return "the article itself"
    return f"the search “{read.title}”" if read.is_search else read.title
