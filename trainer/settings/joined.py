"""Several names in one text, joined by a mark that a path may hold too."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path


def parts_of(
    text: str, mark: str, is_part: Callable[[str], bool], endings: tuple[str, ...], known: Collection[str] = ()
) -> list[str]:
    """The names, in order: at each place the longest that is a file, else the shortest that could be one.

    Args:
        text: Such as `minilm+/home/c++/v.npy`.
        mark: Between the names; the path of a file may hold it.
        is_part: Whether some text is the path of a file.
        endings: Of files that are not there: for the message that says so.
        known: Names that are no files.
    """
    pieces, found = text.split(mark), []
    while pieces:
        firsts = [mark.join(pieces[:end]) for end in range(1, len(pieces) + 1)]
        there = (end for end in range(len(pieces), 0, -1) if is_part(firsts[end - 1]))
        named = (end for end, first in enumerate(firsts, 1) if first in known or first.endswith(endings))
        end = next(there, 0) or next(named, 1)
        found.append(firsts[end - 1])
        del pieces[:end]
    return found


def is_there(text: str) -> bool:
    """Whether a text is the path of a file."""
    try:
        return Path(text).is_file()
    except (OSError, ValueError):  # too long, or with a NUL
        return False
