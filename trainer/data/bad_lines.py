"""Lines of a log that cannot be used: counted by reason, the first ones kept with file and line number."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from trainer.errors import LogError

KEPT_PER_REASON = 20


@dataclass(slots=True)
class BadLines:
    """What went wrong in one file."""

    path: str
    total: int = 0  # lines of the file, good and bad
    by_reason: Counter[str] = field(default_factory=Counter)
    kept: list[str] = field(default_factory=list)  # "file:line: reason: detail"

    def add(self, line: int, reason: str, detail: str = "") -> None:
        """Count a line that was skipped.

        Args:
            line: From 1.
            reason: One of few, for counting.
            detail: What was found, for the reader.
        """
        self.by_reason[reason] += 1
        if self.by_reason[reason] <= KEPT_PER_REASON:
            # Ids come from the file: a newline or a lone surrogate in one must not spoil the report.
            found = "".join(letter if letter.isprintable() else "\ufffd" for letter in detail[:80])
            self.kept.append(f"{self.path}:{line}: {reason}" + (f": {found}" if found else ""))

    def merge(self, other: BadLines) -> None:
        """Take in what another part of the same file gave."""
        self.total += other.total
        for reason, count in other.by_reason.items():
            room = KEPT_PER_REASON - min(self.by_reason[reason], KEPT_PER_REASON)
            self.kept += other.first(reason, room)
            self.by_reason[reason] += count

    def first(self, reason: str, most: int) -> list[str]:
        """The first kept lines of one reason."""
        # After the path, which may hold anything, come a number and the reason.
        marked = [text for text in self.kept if text[len(self.path) + 1 :].partition(": ")[2].startswith(reason)]
        return marked[:most]

    @property
    def count(self) -> int:
        """How many lines could not be used."""
        return self.by_reason.total()

    def check(self, max_share: float) -> None:
        """Stop when too much of the file is bad: then the file is not what it was taken for.

        Raises:
            LogError: Names the file, the share and the commonest reason.
        """
        if self.total and self.count / self.total > max_share:
            reason, count = self.by_reason.most_common(1)[0]
            first = next(iter(self.first(reason, 1)), "")
            raise LogError(
                f"{self.path}: {self.count} of {self.total} lines cannot be used ({self.count / self.total:.1%}, "
                f"at most {max_share:.1%} allowed), mostly {reason} ({count}), "
                f"first {first}; mend the file or raise --max-bad"
            )


def write_rejects(rejects: list[BadLines], path: Path) -> None:
    """The kept lines and the counts, for a person to read."""
    lines = [text for bad in rejects for text in bad.kept]
    lines += [f"{bad.path}: {reason}: {count} in all" for bad in rejects for reason, count in bad.by_reason.items()]
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
