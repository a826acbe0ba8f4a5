"""Files that commands write and read whole, for their owner alone unless said; "-" is standard output or input."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

from edge_runtime.cli.call import Call
from edge_runtime.cli.printing import clean_text, spelled
from edge_runtime.model.json_lines import Json


def as_json(document: Json) -> bytes:
    """A document as readable JSON in UTF-8."""
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()


def write_document(call: Call, file: str, data: bytes, contents: str, *, is_public: bool = False) -> None:
    """Write to a file and say so, or to standard output and say nothing.

    Args:
        call: Whose screen is used.
        file: One that is there is replaced once the new one is whole.
        data: What to write.
        contents: What it is, for the message.
        is_public: Whether others may read the file.

    Raises:
        OSError: It cannot be written; what was there stays.
    """
    if file == "-":
        sys.stdout.flush()
        # What replaces standard output in a program that calls `main` may have no bytes below.
        if buffer := getattr(sys.stdout, "buffer", None):
            buffer.write(data)
        else:
            sys.stdout.write(data.decode())
        return
    _replace(Path(file), data, 0o644 if is_public else 0o600)
    facts = {"file": file, "bytes": len(data)}
    call.screen.show(facts, [f"{clean_text(spelled(file))}: {contents}, {len(data):,} bytes"])


def read_bytes(file: str) -> bytes:
    """A whole file.

    Raises:
        OSError: It cannot be read.
    """
    if file != "-":
        return Path(file).read_bytes()
    # What replaces standard input in a program that calls `main` may have no bytes below.
    buffer = getattr(sys.stdin, "buffer", None)
    return bytes(buffer.read()) if buffer else sys.stdin.read().encode()


def _replace(path: Path, data: bytes, mode: int) -> None:
    if path.exists() and not path.is_file():  # a device or a pipe takes bytes, but is never replaced
        path.write_bytes(data)
        return
    target = path.resolve()
    # Without the file's own name, which may be as long as a name can be.
    partial = target.with_name(f"edge-news.{os.getpid()}.partial")
    try:
        partial.unlink(missing_ok=True)
        with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            os.fchmod(file.fileno(), mode)  # whatever the umask says
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, target)
    except BaseException as error:
        partial.unlink(missing_ok=True)
        if isinstance(error, OSError):
            error.filename, error.filename2 = str(path), None  # what was asked for, not the name on the way there
        raise
