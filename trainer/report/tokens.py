"""Which word pieces and hidden units a student lost, and which matter most to what is left of it.

A piece's importance is what `prune-vocabulary` goes by: the length of its vector times the root of how many times the
titles of the training days have it. A hidden unit's is how much it moves titles: the spread of its activation over
them times the length of its outgoing weights. Units have no names that outlast training, so a unit of the student
before is found again in the one whose activation over the same titles is most like its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from edge_runtime.model.tokens import CONTINUING, UNKNOWN, SubwordEncoder
from trainer.models.encoders import ArticleEncoder
from trainer.student_steps.prune_vocabulary import token_importance
from trainer.training.student import Student, token_counts

SHOWN = 40  # pieces of a list
TITLES = 2000  # that units are watched on
WORDS = 6  # that tell what a unit hears
_LEAST_COUNT = 5  # of such a word among the titles

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a vocabulary."""

    text: str
    importance: float
    count: int  # among the titles of the training days
    read_as: tuple[str, ...] = ()  # the pieces that its word is read as now; none for the rest of a word


@dataclass(frozen=True, slots=True)
class VocabularyChange:
    """Pieces by importance, the most important first."""

    before: int
    after: int
    removed: tuple[Piece, ...]  # with their importance before
    kept: tuple[Piece, ...]  # with their importance after
    weakest: tuple[Piece, ...]  # the least important that were kept
    unknown_before: float  # share of the words of the training days' titles that no pieces spell
    unknown_after: float


@dataclass(frozen=True, slots=True)
class HiddenUnit:
    """A unit of the article encoder's hidden layer before compression."""

    number: int
    importance: float
    words: tuple[str, ...]  # that alone as a title activate it most
    became: int | None  # its number after; None: it is gone
    correlation: float | None  # of its activations before and after


def vocabulary_change(before: Student, after: Student, rows: NDArray[np.int32]) -> VocabularyChange:
    """What became of the vocabulary.

    Args:
        before: The dense student.
        after: The compressed one.
        rows: Texts of the training days.
    """
    stayed = set(after.pieces)
    encoder = SubwordEncoder(after.pieces)

    def read_as(piece: str) -> tuple[str, ...]:
        return () if piece.startswith(CONTINUING) else tuple(after.pieces[token] for token in encoder.encode(piece))

    old, new = _by_importance(before, rows), _by_importance(after, rows)
    gone = [piece for piece in old if piece.text not in stayed]
    return VocabularyChange(
        before=len(before.pieces),
        after=len(after.pieces),
        removed=tuple(Piece(p.text, p.importance, p.count, read_as(p.text)) for p in gone[:SHOWN]),
        kept=tuple(new[:SHOWN]),
        weakest=tuple(new[-SHOWN:]) if gone else (),
        unknown_before=_unknown_share(before, rows),
        unknown_after=_unknown_share(after, rows),
    )


def _unknown_share(student: Student, rows: NDArray[np.int32]) -> float:
    """Share of words that are [UNK]; in each of them it stands once, and every other word begins with a whole piece."""
    counts = token_counts(student, rows)
    begins = np.array([not piece.startswith(CONTINUING) for piece in student.pieces])
    return float(counts[student.pieces.index(UNKNOWN)] / max(counts[begins].sum(), 1))


def _by_importance(student: Student, rows: NDArray[np.int32]) -> list[Piece]:
    counts = token_counts(student, rows)
    importance = token_importance(student.model.text.table.numpy(), counts)
    order = np.argsort(-importance, kind="stable")
    pieces = [Piece(student.pieces[n], float(importance[n]), int(counts[n])) for n in order]
    return [piece for piece in pieces if piece.text != UNKNOWN]


def hidden_units(before: Student, after: Student, rows: NDArray[np.int32]) -> tuple[HiddenUnit, ...]:
    """The units before compression, the most important first; none if there is no hidden layer.

    Args:
        before: The dense student.
        after: The compressed one.
        rows: Texts of the training days; some of them are watched.
    """
    encoder = before.model.article_encoder
    if not encoder.hidden:
        return ()
    watched = rows[np.unique(np.linspace(0, len(rows) - 1, min(TITLES, len(rows))).astype(np.int64))]
    old, new = (_activations(one, watched) for one in (before, after))
    became = matched_units(old, new * _is_heard(after.model.article_encoder))
    outgoing = np.linalg.norm(_kernel(encoder, "hidden_out"), axis=1)
    importance = old.std(axis=0) * outgoing
    words = _words_heard(before, rows)
    order = np.argsort(-importance, kind="stable").tolist()
    return tuple(HiddenUnit(n, float(importance[n]), words[n], *became.get(n, (None, None))) for n in order)


def matched_units(before: Floats, after: Floats) -> dict[int, tuple[int, float]]:
    """Which unit became which: the pairing with the highest sum of correlations.

    Args:
        before: (num_titles, units) activations.
        after: (num_titles, fewer or as many units), of the same titles; one that never changes is no unit.

    Returns:
        By unit before, the unit after and the correlation of the two.
    """
    living = [np.flatnonzero(one.std(axis=0) > 0) for one in (before, after)]
    old, new = (_standardised(one[:, alive]) for one, alive in zip((before, after), living, strict=True))
    correlation = old.T @ new / max(len(before), 1)
    pairs = zip(*linear_sum_assignment(correlation, maximize=True), strict=True)
    return {int(living[0][i]): (int(living[1][j]), float(correlation[i, j])) for i, j in pairs}


def _standardised(columns: Floats) -> Floats:
    scaled: Floats = (columns - columns.mean(axis=0)) / columns.std(axis=0)
    return scaled


def _activations(student: Student, rows: NDArray[np.int32]) -> Floats:
    """(len(rows), hidden) of some texts."""
    encoder = student.model.article_encoder
    if not encoder.hidden:
        return np.zeros((len(rows), 0), np.float32)
    return _active(encoder, student.model.text(tf.constant(rows)).numpy())


def _active(encoder: ArticleEncoder, pooled: Floats) -> Floats:
    active: Floats = np.maximum(pooled @ _kernel(encoder, "hidden_in") + encoder.hidden_bias.numpy(), 0)
    return active


def _is_heard(encoder: ArticleEncoder) -> NDArray[np.bool_]:
    """(hidden,) whether anything of a unit leaves it."""
    return np.abs(_kernel(encoder, "hidden_out")).sum(axis=1) > 0 if encoder.hidden else np.zeros(0, bool)


def _kernel(encoder: ArticleEncoder, name: str) -> Floats:
    """One matrix, whether it is stored as one or as two factors."""
    numbers = encoder.numbers()
    if name in encoder.ranks:
        product: Floats = numbers[f"{name}_in"] @ numbers[f"{name}_out"]
        return product
    whole: Floats = numbers[name]
    return whole


def _words_heard(student: Student, rows: NDArray[np.int32]) -> list[tuple[str, ...]]:
    """For each unit the words that, each alone, activate it most; fewer where fewer activate it at all."""
    counts = token_counts(student, rows)
    words = _whole_words(student.pieces, counts)
    table = student.model.text.table.numpy()[words]
    pooled = table / np.maximum(np.linalg.norm(table, axis=1, keepdims=True), 1e-9)
    active = _active(student.model.article_encoder, pooled)
    best = np.argsort(-active, axis=0, kind="stable")[:WORDS].T
    return [
        tuple(student.pieces[words[place]] for place in places if active[place, unit] > 0)
        for unit, places in enumerate(best)
    ]


def _whole_words(pieces: Sequence[str], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Numbers of the pieces that can stand alone and often do; a letter or mark alone says nothing."""
    chosen = [
        number
        for number, piece in enumerate(pieces)
        if piece != UNKNOWN
        and not piece.startswith(CONTINUING)
        and piece.isalpha()
        and (len(piece) > 1 or not piece.isascii())
        and counts[number] >= _LEAST_COUNT
    ]
    return np.array(chosen, np.int64)
