"""Structured pruning of the token table: whole rows go, the rest move up, and titles are read with what is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.compression.step import check_share
from trainer.errors import CompressionError
from trainer.models.overlay import TABLE
from trainer.models.text_input import TokenTableInput, pad_tokens
from trainer.settings.ranges import Epochs, Kept
from trainer.student_steps.cutting import cut
from trainer.student_steps.step import fine_tune
from trainer.training.student import Student, token_counts, tokenize
from trainer.training.student_data import StudentData


@dataclass(frozen=True, slots=True)
class PruneVocabulary:
    """Cut a share of the tokens, then fine-tune."""

    method: ClassVar[str] = "prune-vocabulary"
    keep: Kept = 0.75  # share of the tokens
    epochs: Epochs = 4.0  # of fine-tuning

    def __call__(self, student: Student, data: StudentData) -> Student:
        """The student without the tokens that matter least, fine-tuned."""
        check_share(self.method, "keep", self.keep, most_included=True)
        keep = max(2, round(len(student.pieces) * self.keep))
        smaller = prune_vocabulary(student, data.articles, data.rows, keep)
        fine_tune(smaller, data, self.epochs, self.method)
        return smaller


def token_importance(table: NDArray[np.float32], counts: NDArray[np.int64]) -> NDArray[np.float32]:
    """Length of a token's vector times the square root of its frequency.

    The length says how far a token moves a title, the frequency how many titles it moves; the square root keeps
    common words without content from pushing out rare names.

    Args:
        table: (num_tokens, dim) float32.
        counts: (num_tokens,) how often each token is in titles.

    Returns:
        (num_tokens,) float32, never below 0.
    """
    importance: NDArray[np.float32] = (np.linalg.norm(table, axis=1) * np.sqrt(counts)).astype(np.float32)
    return importance


def prune_vocabulary(student: Student, articles: Sequence[Article], rows: NDArray[np.int32], keep: int) -> Student:
    """Keep the `keep` most important tokens.

    A removed token's words fall back to the shorter pieces that are left, or to [UNK], whose row always stays. A mask
    of the table keeps the rows of the tokens that stay.

    Args:
        student: The one given keeps its weights.
        articles: All articles of the dataset; their texts are read anew with the new pieces.
        rows: The articles whose titles count for a token's frequency: those of the training days.
        keep: Rows of the new table.

    Raises:
        CompressionError: `keep` is below 2, or there are not so many tokens.
    """
    if not 2 <= keep <= len(student.pieces):
        raise CompressionError(
            f"prune-vocabulary: cannot keep {keep} of {len(student.pieces)} tokens; choose 2 to {len(student.pieces)}"
        )
    importance = token_importance(student.model.text.table.numpy(), token_counts(student, rows))
    importance[0] = np.inf
    return keep_tokens(student, np.sort(np.argsort(-importance, kind="stable")[:keep]), articles)


def keep_tokens(student: Student, kept: NDArray[np.int64], articles: Sequence[Article]) -> Student:
    """A student with some of its tokens; all texts are read anew with them.

    Args:
        student: The one given keeps its weights.
        kept: (num_kept,) numbers of the tokens that stay, in order.
        articles: All articles of the dataset.
    """
    pieces = [student.pieces[number] for number in kept]
    text = TokenTableInput(student.model.text.table.numpy()[kept], pad_tokens(tokenize(pieces, articles)))
    return replace(student.changed(text=text), pieces=pieces, masks=cut(student.masks, kept, {TABLE: 0}))
