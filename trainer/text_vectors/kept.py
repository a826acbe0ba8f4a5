"""Vectors that were computed once and are kept for later: files that are whole or do not count, in a bounded folder.

Several runs may use one folder at once, and each file may be deleted at any time. What was lost is computed again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from uuid import uuid4

import numpy as np
from numpy.typing import NDArray

from trainer.errors import TextVectorsError

KEPT_BYTES = 2_000_000_000  # of a folder; beyond it what was used longest ago goes first,
UNUSED_S = 24 * 3600  # but nothing that a run may be about to read again
WHOLE, PART, PARTIAL = (
    ".vectors",
    ".part",
    ".partial",
)  # of all texts; of some, by a run that is not through; no file yet
_DIGEST_BYTES = 32  # SHA-256 of what follows, a .npy file


def kept_vectors(path: Path, num_rows: int) -> NDArray[np.float32] | None:
    """Read a file of `keep_vectors`; None where there is none, it is damaged, or it has not so many rows."""
    try:
        with path.open("rb") as file:
            digest = file.read(_DIGEST_BYTES)
            if hashlib.file_digest(file, "sha256").digest() != digest:
                return None
            file.seek(_DIGEST_BYTES)
            vectors: NDArray[np.float32] = np.lib.format.read_array(file, allow_pickle=False)
    except OSError:
        return None
    with contextlib.suppress(OSError):
        os.utime(path)  # used just now
    return vectors if len(vectors) == num_rows else None


def keep_vectors(path: Path, vectors: NDArray[np.float32]) -> None:
    """Write a file; a run that is killed meanwhile leaves none under this name. Makes room for it if need be.

    Raises:
        TextVectorsError: It cannot be written.
    """
    partial = path.with_name(f"{path.name}.{uuid4().hex}{PARTIAL}")  # another run may be writing the same vectors
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with partial.open("x+b") as file:
            file.write(bytes(_DIGEST_BYTES))
            np.lib.format.write_array(file, np.ascontiguousarray(vectors, np.float32), allow_pickle=False)
            file.seek(_DIGEST_BYTES)
            digest = hashlib.file_digest(file, "sha256").digest()
            file.seek(0)
            file.write(digest)
        partial.replace(path)
    except OSError as error:
        reason = error.strerror or error
        raise TextVectorsError(
            f"{path}: cannot be written: {reason}; make room there, or choose another folder"
        ) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    _make_room(path)


def forget_parts(path: Path) -> None:
    """Delete the parts of a file that is whole now."""
    for part in path.parent.glob(f"{path.stem}.*{PART}"):
        with contextlib.suppress(OSError):
            part.unlink()


def _make_room(newest: Path) -> None:
    """Delete what was used longest ago until the folder is within its bound, or all that is left is in use."""
    found = []
    for path in newest.parent.iterdir():
        with contextlib.suppress(OSError):  # another run was quicker
            if path.suffix in (WHOLE, PART, PARTIAL):
                status = path.stat()
                found.append((status.st_mtime, status.st_size, path))
    latest, room = max(found, default=(0.0,))[0], KEPT_BYTES
    for used, size, path in sorted(found, reverse=True):
        room -= size
        if room < 0 and used < latest - UNUSED_S:
            with contextlib.suppress(OSError):
                path.unlink()
