"""The release: for manifests, user agents and `edge-news --version`, below every layer that names it."""

from __future__ import annotations

import re

__version__ = "0.1.0"

_RELEASE = re.compile(
    r"v?(?P<numbers>[0-9]{1,9}(?:\.[0-9]{1,9}){0,9})"
    r"(?:[-_.]?(?P<stage>dev|alpha|beta|preview|pre|post|rc|a|b|c)[-_.]?(?P<count>[0-9]{0,9}))?"
    r"(?:\+[a-z0-9.]+)?",
    re.IGNORECASE,
)
# Before and after the release that has the same numbers; the names are those of PEP 440.
_STAGES = {"dev": -4, "a": -3, "alpha": -3, "b": -2, "beta": -2, "c": -1, "rc": -1, "pre": -1, "preview": -1, "post": 1}


def release_order(text: str) -> tuple[tuple[int, ...], int, int]:
    """What releases are compared by: their numbers, of which zeros at the end say nothing, then their stage.

    Raises:
        ValueError: It names no release.
    """
    found = _RELEASE.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} names no release")
    numbers = [int(number) for number in found["numbers"].split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    stage = _STAGES[found["stage"].lower()] if found["stage"] else 0
    return tuple(numbers), stage, int(found["count"] or 0)
