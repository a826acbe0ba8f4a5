"""Score files: the scores that any model gave to a log, as one .npy; runs leave them as scores-NAME.npy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from trainer.data.dataset import Impressions
from trainer.errors import TrainerError
from trainer.measure.metrics import Floats

_NUMPY_MAGIC = b"\x93NUMPY"


def is_score_file(path: Path) -> bool:
    """Whether a file holds scores, by its first bytes; everything else is taken for a bundle.

    Raises:
        TrainerError: The file cannot be read.
    """
    try:
        with path.open("rb") as file:
            return file.read(len(_NUMPY_MAGIC)) == _NUMPY_MAGIC
    except OSError as error:
        raise TrainerError(f"{path}: cannot be read ({error}); give a bundle or a .npy file of scores") from error


def read_scores(path: Path, impressions: Impressions) -> Floats:
    """Open a score file.

    Args:
        path: A .npy of one float for each shown article, impression after impression, oldest first.
        impressions: What was scored.

    Returns:
        (num_shown,) float64.

    Raises:
        TrainerError: Unreadable, of another length, not of floats, or not finite.
    """
    ((_, scores),) = scored_parts(path, [impressions], len(impressions), len(impressions.clicked))
    return scores


def scored_parts(
    path: Path, parts: Iterable[Impressions], num_impressions: int, num_shown: int
) -> Iterator[tuple[Impressions, Floats]]:
    """Parts of a log, each with its scores in a file.

    Args:
        path: As for `read_scores`.
        parts: All of what was scored, oldest first.
        num_impressions: Of all parts.
        num_shown: Articles in the lists of all parts.

    Raises:
        TrainerError: As `read_scores`.
    """
    try:
        stored = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise TrainerError(f"{path}: not a readable .npy file ({error}); write it with numpy.save") from error
    if stored.shape != (num_shown,) or not np.issubdtype(stored.dtype, np.floating):
        raise TrainerError(
            f"{path}: holds {stored.dtype} of shape {stored.shape}, but the log's {num_impressions} impressions show "
            f"{num_shown} articles: give one float for each, in the order of the log"
        )
    is_bad = ~np.isfinite(stored)
    at, begin = int(np.argmax(is_bad)) if is_bad.any() else num_shown, 0
    for impressions in parts:
        end = begin + len(impressions.clicked)
        if at < end:
            number = int(np.searchsorted(impressions.candidates.offsets, at - begin, side="right")) - 1
            raise TrainerError(
                f"{path}: score {at} is {stored[at]} (impression {impressions.ids[number]!r}), and {is_bad.sum()} in "
                "all are not finite: the model that gave them is broken"
            )
        yield impressions, stored[begin:end].astype(np.float64)
        begin = end
