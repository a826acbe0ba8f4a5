"""What a reader has said of an article, as every list and page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Verdict = Literal["", "like", "dislike"]


@dataclass(frozen=True, slots=True)
class Marks:
    """The standing of one article with its reader."""

    verdict: Verdict = ""
    is_saved: bool = False
    is_read: bool = False
    is_hidden: bool = False
