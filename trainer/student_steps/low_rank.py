"""What both low-rank steps refuse."""

from __future__ import annotations

from collections.abc import Iterable

from trainer.compression.step import check_share
from trainer.errors import CompressionError
from trainer.training.student import Student


def check_aims(method: str, rank: int, most: int, energy: float, max_bytes: int) -> None:
    """Refuse settings of a step that is told how far to go by one of three aims; 0 leaves rank or bytes out.

    Args:
        method: For the error.
        rank: To be given to everything.
        most: The largest rank there is.
        energy: Counts if the other two are 0.
        max_bytes: A budget.

    Raises:
        CompressionError: A value out of range, or both rank and bytes.
    """
    if rank and max_bytes:
        raise CompressionError(f"{method}: rank is {rank} and max_bytes is {max_bytes}; give one of them")
    if not 0 <= rank <= most:
        raise CompressionError(f"{method}: rank is {rank}; give 1 to {most}, or 0 to go by energy or max_bytes")
    if max_bytes < 0:
        raise CompressionError(f"{method}: max_bytes is {max_bytes}; give a budget above 0, or 0 for none")
    check_share(method, "energy", energy)


def refuse_pruned(method: str, student: Student, names: Iterable[str]) -> None:
    """Refuse to factor weights of which some are pruned: a product of factors keeps no zeros.

    Raises:
        CompressionError: The student has a mask of one of these names.
    """
    for name in names:
        if name in student.masks:
            raise CompressionError(
                f"{method}: weights of {name} are pruned, and factors would fill their places; put {method} before "
                "the step that pruned them"
            )
