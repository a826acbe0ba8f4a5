"""What languages are called, in the languages that the app speaks; docs/make_language_names.py writes the table."""

from __future__ import annotations

from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_suffix(".txt")


@cache
def language_names(spoken: str) -> dict[str, str]:
    """Names by code of ISO 639, of two letters or three.

    Args:
        spoken: The language that they are named in; English where the table has no column for it.
    """
    first, *rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    column = first.index(spoken) if spoken in first[1:] else 1
    return {row[0]: row[column] for row in rows}


def language_name(code: str, spoken: str) -> str:
    """The name of one language; its code where it has no name.

    Args:
        code: As an article has it, such as "de" or "de-CH".
        spoken: The language that it is named in.
    """
    base = code.replace("_", "-").partition("-")[0].lower()
    return language_names(spoken).get(base, code)
