"""Lines of plain or gzip files, in chunks that a process pool can share out."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from trainer.errors import LogError

CHUNK_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of a file, and the number of the first one."""

    path: str
    first: int  # line number, from 1
    lines: list[bytes]


def read_chunks(path: Path, chunk_lines: int = CHUNK_LINES) -> Iterator[Chunk]:
    """A file in pieces of so many lines, the last of them shorter.

    Raises:
        LogError: The file cannot be read, or its gzip data is damaged.
    """
    try:
        with path.open("rb") as file:
            is_gzip = file.read(2) == b"\x1f\x8b"
            file.seek(0)
            lines: list[bytes] = []
            first = 1
            for number, line in enumerate(gzip.GzipFile(fileobj=file) if is_gzip else file, start=1):
                lines.append(line)
                if len(lines) == chunk_lines:
                    yield Chunk(str(path), first, lines)
                    lines, first = [], number + 1
            if lines:
                yield Chunk(str(path), first, lines)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise LogError(f"{path}: damaged gzip file: {error}; get it again") from error
    except OSError as error:
        raise LogError(f"{path}: cannot be read: {error.strerror or error}; check the path") from error


def first_line(path: Path) -> bytes:
    """The first line that is not blank, to tell the format by; empty for an empty file.

    Raises:
        LogError: The file cannot be read.
    """
    for chunk in read_chunks(path):
        for line in chunk.lines:
            if line.strip():
                return line
    return b""
