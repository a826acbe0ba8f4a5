"""One impression as any of the forms gives it, before article ids become row numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LogRow:
    """A list that was shown to a reader, and what the reader opened."""

    impression_id: str
    user_id: str
    time_s: int  # seconds UTC
    history: list[str] | None  # oldest first; None: the reader's earlier clicks in this log
    shown: list[str]
    clicked: list[bool]


class BadRow(ValueError):
    """A row that cannot be used."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail
