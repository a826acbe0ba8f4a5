"""Converters that talk while they work."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator


@contextlib.contextmanager
def quiet_stderr() -> Iterator[None]:
    """A converter's C++ side writes a page to file descriptor 2 for each model; an error still raises."""
    try:
        saved = os.dup(2)
    except OSError:  # closed: nobody hears it
        yield
        return
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved, 2)
        os.close(saved)
