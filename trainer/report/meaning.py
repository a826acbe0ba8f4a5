"""The sections that say what the models hear: word pieces, hidden units, the words of one reader's titles."""

from __future__ import annotations

from collections.abc import Sequence

from trainer.report.collect import CompressionReport
from trainer.report.parts import NOT_KNOWN, Figure, Section, Table, Text, count, decimal, share
from trainer.report.tokens import Piece
from trainer.report.words import Word

UNITS_SHOWN = 12  # of each kind


def vocabulary_section(report: CompressionReport) -> Section:
    found = report.vocabulary
    gone = found.before - found.after
    parts: list[Text | Figure | Table] = [
        Text(
            f"{found.before:,} pieces before, {found.after:,} after. A piece's importance is the length of its vector "
            "times the square root of how often the titles of the training days have it; ## continues a word. Of the "
            f"words of these titles {share(found.unknown_before)} could not be read at all before, "
            f"{share(found.unknown_after)} cannot after: they are [UNK]."
        ),
        Text(
            "The words and the titles here are those of the log. If its licence keeps them from being published, so is "
            "this page."
        ),
        Text("The pieces that the compressed model hears most:"),
        Text(" ".join(piece.text for piece in found.kept), "words"),
    ]
    if gone:
        parts += [
            Text("The least important pieces that it kept:"),
            Text(" ".join(piece.text for piece in found.weakest), "words"),
            Table(
                f"The most important of the {gone:,} pieces that went, and what their word is read as now.",
                ["piece", "importance", "in titles", "read as"],
                [[p.text, decimal(p.importance), count(p.count), _read_as(p)] for p in found.removed],
                words=(3,),
            ),
        ]
    return Section("Which word pieces went", parts)


def _read_as(piece: Piece) -> str:
    return " ".join(piece.read_as) or "the rest of a word: spelled anew"


def units_section(report: CompressionReport) -> Section:
    if not report.units:
        return Section("Which hidden units went", [Text("The student has no hidden layer.")])
    stayed = [unit for unit in report.units if unit.became is not None]
    gone = [unit for unit in report.units if unit.became is None]
    weakest = min((unit.correlation or 0.0 for unit in stayed), default=float("nan"))
    parts: list[Text | Figure | Table] = [
        Text(
            f"{len(report.units)} units before, {len(stayed)} after. Importance: the spread of a unit's activation "
            "over titles times the length of its outgoing weights. A unit is told by the words that, each alone as a "
            "title, activate it most, and is found again in the one whose activation over the same titles is most "
            f"like its own; the least correlation of such a pair is {weakest:.2f}."
        )
    ]
    for title, units in (("Units that stayed, the most important first.", stayed), ("Units that went.", gone)):
        if units:
            rows = [
                [str(u.number), f"{u.importance:.4f}", ", ".join(u.words) or NOT_KNOWN, count(u.became),
                 decimal(u.correlation)]
                for u in units[:UNITS_SHOWN]
            ]  # fmt: skip
            more = f" {UNITS_SHOWN} of {len(units)}." if len(units) > UNITS_SHOWN else ""
            heads = ["unit", "importance", "hears", "became", "correlation"]
            parts.append(Table(title + more, heads, rows, words=(2,)))
    return Section("Which hidden units went", parts)


def reader_section(report: CompressionReport) -> Section:
    found = report.reader
    return Section(
        "What one reader's list hangs on",
        [
            Text(
                f"A reader of dev with {found.clicks} past clicks, whose titles have {found.num_words} different "
                f"words, and a list of {found.shown} articles. A word is left out of all clicked titles that have it, "
                "and the list is scored again; its importance is the root of the mean square of what the scores change "
                "by, the mean change taken away, because what moves a whole list alike moves no position in it."
            ),
            Text(
                f"Of the ten most important words {found.shared} are the same before and after; over all words the "
                f"importances correlate with {decimal(found.correlation)} (Spearman)."
            ),
            _words_table("The ten most important words of the clicked titles, before and after.", found.words),
            _words_table(
                "The words of the title that the dense student puts first, by what the score of the article gains by "
                "each: its own minus that without the word.",
                found.title_words,
            ),
        ],
    )


def _words_table(caption: str, words: Sequence[Word]) -> Table:
    heads = ["word", "dense", "position", "compressed", "position"]
    rows = [
        [word.text, f"{word.before:.4f}", str(word.position_before), f"{word.after:.4f}", str(word.position_after)]
        for word in words
    ]
    return Table(caption, heads, rows)
