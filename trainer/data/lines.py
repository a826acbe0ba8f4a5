"""Lines of plain, gzip or zstd files, in blocks of whole lines that a process pool can share out."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import pyarrow as pa

from edge_runtime.model.json_lines import MAX_LINE_BYTES
from trainer.errors import LogError

BLOCK_BYTES = 4_000_000
_HEAD_BYTES = 1_000_000
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@dataclass(frozen=True, slots=True)
class Block:
    """Some whole lines of a file, and the number of the first one."""

    path: str
    first: int  # line number, from 1
    data: bytes

    def lines(self) -> Iterator[tuple[int, bytes]]:
        """Line numbers and lines, each with its end."""
        return enumerate(io.BytesIO(self.data), start=self.first)


@dataclass(frozen=True, slots=True)
class Extent:
    """How large a log is, about."""

    size_bytes: int  # unpacked
    rows: int


def read_blocks(path: Path, block_bytes: int = BLOCK_BYTES) -> Iterator[Block]:
    """A file in pieces of about so many bytes, cut between lines.

    Of a line that is longer than any may be, the beginning is kept and then its end.

    Raises:
        LogError: The file cannot be read, or its packed data is damaged.
    """
    first, carried = 1, b""
    with _opened(path) as (_, text):
        while data := text.read(block_bytes):
            cut = data.rfind(b"\n") + 1
            if not cut:
                carried += data if len(carried) <= MAX_LINE_BYTES else b""
                continue
            block = Block(str(path), first, carried + data[:cut])
            carried = data[cut:]
            first += block.data.count(b"\n")
            yield block
    if carried:
        yield Block(str(path), first, carried)


def read_lines(path: Path) -> Iterator[tuple[int, bytes]]:
    """Line numbers and lines of a file.

    Raises:
        LogError: As `read_blocks`.
    """
    for block in read_blocks(path):
        yield from block.lines()


def first_line(path: Path) -> bytes:
    """The first line that is not blank, to tell the format by; empty for an empty file.

    Raises:
        LogError: As `read_blocks`.
    """
    for block in read_blocks(path, 1 << 16):
        for _, line in block.lines():
            if line.strip():
                return line
    return b""


def extent_of(path: Path) -> Extent:
    """How large a text file is, told by its beginning: exact for a small one.

    Raises:
        LogError: As `read_blocks`.
    """
    with _opened(path) as (file, text):
        head = text.read(_HEAD_BYTES)
        share = 1.0 if len(head) < _HEAD_BYTES else file.tell() / path.stat().st_size
    return Extent(int(len(head) / share), int((head.count(b"\n") + 1) / share))


@contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The file, and its text unpacked."""
    kind = "gzip"
    try:
        with path.open("rb") as file:
            magic = file.read(4)
            file.seek(0)
            if magic.startswith(_GZIP):
                yield file, cast(BinaryIO, gzip.GzipFile(fileobj=file))
            elif magic == _ZSTD:
                kind = "zstd"
                yield file, cast(BinaryIO, pa.CompressedInputStream(pa.PythonFile(file, "r"), kind))
            else:
                yield file, file
    except (EOFError, zlib.error, gzip.BadGzipFile, pa.ArrowException) as error:
        raise LogError(f"{path}: damaged {kind} file: {error}; get it again") from error
    except OSError as error:
        if kind == "zstd" and error.errno is None:
            raise LogError(f"{path}: damaged {kind} file: {error}; get it again") from error
        raise LogError(f"{path}: cannot be read: {error.strerror or error}; check the path") from error
