"""What went wrong, in one sentence: what, where and how to mend it. An error that nobody foresaw has none."""

from __future__ import annotations

import errno
import os
import stat
import sys
import tempfile
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

from edge_runtime import EdgeError
from trainer.errors import TrainerError

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_GO_ON = "the same command goes on from the last finished stage"


def sentence_of(error: BaseException, out: Path | None) -> str | None:
    """An error in words; None if it is a mistake of ours, whose traceback is worth more.

    Args:
        error: What ended a command.
        out: The folder that the command writes to, for errors that name no file.
    """
    if isinstance(error, BrokenProcessPool):
        return f"a process that shared the work was ended from outside, most often for lack of memory; {_GO_ON}"
    if isinstance(error, (TrainerError, EdgeError, ValueError)):
        return str(error)
    if isinstance(error, MemoryError):
        return f"not enough memory{f' ({error})' if str(error) else ''}; close other programs, or give a smaller log"
    if isinstance(error, BrokenPipeError):
        return "standard output was closed before all was written; what the command had to write to files is there"
    if isinstance(error, OSError):
        return _of_the_system(error, out)
    return _of_tensorflow(error, out)


def _of_the_system(error: OSError, out: Path | None) -> str:
    where = error.filename if error.filename is not None else _places(error.errno, out)
    said = f"{where}: {error.strerror or error}" if where else f"{error.strerror or error}"
    return f"{said}; {_remedy(error.errno)}"


def _places(number: int | None, out: Path | None) -> str:
    """Where an error came up that names no file: writing to an open one does not tell its name."""
    places = [str(out)] if out else []
    if number in _FULL:
        places += [tempfile.gettempdir(), *(["standard output"] if _output_is_a_file() else [])]
    return " or ".join(places)


def _output_is_a_file() -> bool:
    """Whether standard output goes into something that can be full: no pipe, and nobody's terminal."""
    try:
        return not sys.stdout.isatty() and not stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False


def _remedy(number: int | None) -> str:
    if number in _FULL:
        return f"free some space there, or raise the limit (ulimit -f, quota); {_GO_ON}"
    if number in _FORBIDDEN:
        return "choose a place that you may read and write, or change its rights"
    if number == errno.EMFILE:
        return "raise the number of files that may be open: ulimit -n 1024"
    return "check the path and the disk"


def _of_tensorflow(error: BaseException, out: Path | None) -> str | None:
    """TensorFlow has errors of its own for a full disk, a file that it may not write, and for lack of memory."""
    kind, text = type(error), str(error)
    if not kind.__module__.startswith("tensorflow."):
        return None
    for number, words in ((errno.ENOSPC, "No space left"), (errno.EFBIG, "File too large")):
        if words in text:
            return _of_the_system(OSError(number, words.lower()), out)
    if kind.__name__ == "PermissionDeniedError":
        return _of_the_system(PermissionError(errno.EACCES, text.partition("\n")[0]), out)
    if kind.__name__ == "ResourceExhaustedError":
        return sentence_of(MemoryError(text.partition("\n")[0]), out)
    return None
