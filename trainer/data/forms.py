"""Which of the known forms a file has."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from trainer.data.lines import first_line
from trainer.errors import LogError


class Form(StrEnum):
    """In which form a log is written; docs/data.md shows each."""

    MIND = "MIND"
    JSON_LINES = "JSON Lines"
    EBNERD = "EB-NeRD parquet"


def form_of(path: Path) -> Form:
    """Told by the first bytes, not by the name.

    Raises:
        LogError: Not there, empty, not in UTF-8, or none of the forms.
    """
    if not path.is_file():
        raise LogError(f"{path}: no such file; give articles and a log in one of the forms of docs/data.md")
    if is_parquet(path):
        return Form.EBNERD
    line = first_line(path)
    if line.startswith(b"PK\x03\x04"):
        raise LogError(f"{path}: is a zip archive; unpack it and give the files in it")
    # ASCII has a NUL in each of its characters there.
    if line.startswith((b"\xff\xfe", b"\xfe\xff")) or (b"\t" in line and b"\0" in line[:2]):
        raise LogError(f"{path}: is UTF-16; save it as UTF-8")
    if line.lstrip(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        return Form.JSON_LINES
    if b"\t" in line:
        return Form.MIND
    what = "empty" if not line else "neither JSON Lines nor tab separated nor parquet"
    raise LogError(f"{path}: {what}; docs/data.md describes the forms that can be read")


def is_parquet(path: Path) -> bool:
    """Whether a file is there and is parquet, whatever its name."""
    try:
        with path.open("rb") as file:
            return file.read(4) == b"PAR1"
    except OSError:
        return False
