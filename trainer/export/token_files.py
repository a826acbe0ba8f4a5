"""A token table and its pieces as another framework leaves them: a NumPy file, and a text file with a piece a line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_runtime.model.tokens import UNKNOWN, pack_pieces
from trainer.errors import ExportError

Floats = NDArray[np.float32]


def read_token_files(table: Path, pieces: Path) -> tuple[Floats, list[str]]:
    """Read both, and see that they belong together.

    Args:
        table: (num_tokens, token_dim) numbers, `numpy.save`.
        pieces: UTF-8, line i the piece of row i; "[UNK]" first, "##" opens one that continues a word.

    Returns:
        (num_tokens, token_dim) float32, and the pieces.

    Raises:
        ExportError: One cannot be read, is no table or no list of pieces, or their lengths differ.
    """
    rows, names = _read_table(table), _read_pieces(pieces)
    if len(rows) != len(names):
        raise ExportError(
            f"{table} has {len(rows)} rows and {pieces} has {len(names)} pieces; give a row for each piece: "
            f"{'the last pieces have none' if len(rows) < len(names) else 'the last rows belong to none'}"
        )
    return rows, names


def read_topics(path: Path, num_topics: int) -> tuple[str, ...]:
    """The topics that an encoder knows, from a text file with a name a line; "" for unknown is put before them.

    Args:
        path: UTF-8, line i the topic of column i of the encoder's one-hot input; column 0 is "unknown".
        num_topics: Columns of that input.

    Raises:
        ExportError: It cannot be read, holds a name twice, or has not a name for each column but the first.
    """
    names = tuple(line.strip().casefold() for line in _lines(path) if line.strip())
    if len(set(names)) != len(names):
        raise ExportError(f"{path}: a topic comes twice; write each once, in the order of the encoder's columns")
    if len(names) != num_topics - 1:
        raise ExportError(
            f"{path} has {len(names)} topics, but the encoder takes {num_topics} columns: one for an unknown topic, "
            f"and {num_topics - 1} others; name each of these on a line"
        )
    return ("", *names)


def _read_table(path: Path) -> Floats:
    try:
        table = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise ExportError(f"{path}: cannot be read as a table: {error}; write it with numpy.save") from error
    if not isinstance(table, np.ndarray) or table.ndim != 2 or not table.size or table.dtype.kind != "f":
        what = f"{table.dtype} of shape {table.shape}" if isinstance(table, np.ndarray) else "an archive of arrays"
        raise ExportError(f"{path}: holds {what}; a token table is (num_tokens, token_dim) of floating point")
    if not np.isfinite(table).all():
        row = int(np.flatnonzero(~np.isfinite(table).all(axis=1))[0])
        raise ExportError(f"{path}: row {row} is not finite; train again, or set the row to zero")
    rows: Floats = np.ascontiguousarray(table, np.float32)
    return rows


def _read_pieces(path: Path) -> list[str]:
    pieces = _lines(path)
    try:
        pack_pieces(pieces)
    except ValueError as error:
        raise ExportError(f"{path}: {error} ({UNKNOWN} is line 1, a piece a line)") from error
    return pieces


def _lines(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(f"{path}: cannot be read as UTF-8 text: {error}") from error
    return text.removesuffix("\n").split("\n")
