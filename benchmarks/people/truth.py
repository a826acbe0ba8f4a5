"""Whether a reason is true, judged by what the reader of the study has done, and by none of the engine's code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from edge_runtime import Article

# What a line may claim of this reader, with what it names. Lines that name nothing of the reader claim nothing.
_CLAIMS = {
    "topic": re.compile(r"^You often read (?P<names>.+)$"),
    "source": re.compile(r"^You often open (?P<names>.+)$"),
    "article": re.compile(r"“(?P<names>.+)”, which you (?:read|liked|saved|opened)"),
    "words": re.compile(r"^(?:Words|A word) (?:that )?you (?:often )?pick(?: from your lists)?: (?P<names>.+)$"),
    "follow": re.compile(r"^You follow (?P<names>.+)$"),
    "asked": re.compile(r"^You asked for (?P<names>.+)$"),
    "searched": re.compile(r"^You searched (?P<names>.+)$"),
}
_WORD = re.compile(r"[^\W_]+")


class Verdict(StrEnum):
    """Of one line."""

    TRUE = "true"
    FALSE = "false"
    SILENT = "silent"  # it names nothing of the reader


@dataclass(slots=True)
class Memory:
    """What a reader has opened or liked, as they would remember it."""

    topics: set[str] = field(default_factory=set)  # real categories, and what feeds called them
    sources: set[str] = field(default_factory=set)
    titles: list[str] = field(default_factory=list)
    words: set[str] = field(default_factory=set)  # of the titles

    def take(self, real: Article, label: str) -> None:
        """Remember an article that was opened, with what its feed called it."""
        self.topics |= {real.category.casefold(), label.casefold()} - {""}
        if label == "World":
            self.topics.add("world news")  # the same in other words
        self.sources.add(real.source)
        self.titles.append(real.title)
        self.words |= {word.casefold() for word in _WORD.findall(real.title)}

    def verdict(self, reason: str) -> Verdict:
        """Whether the line names only what the reader has opened in that sense."""
        for kind, pattern in _CLAIMS.items():
            if found := pattern.search(reason):
                return Verdict.TRUE if self._is_true(kind, found["names"]) else Verdict.FALSE
        return Verdict.SILENT

    def _is_true(self, kind: str, names: str) -> bool:
        if kind == "topic":
            return names.casefold() in self.topics
        if kind == "source":
            return names in self.sources
        if kind == "article":
            start = names.removesuffix("…")
            return any(title.startswith(start) for title in self.titles)
        if kind == "words":
            return {word.casefold() for word in _WORD.findall(names)} <= self.words
        return False  # nobody here follows, asks or searches


def count_false(memory: Memory, reasons: Sequence[str]) -> int:
    """How many lines name something that the reader did not open."""
    return sum(memory.verdict(reason) is Verdict.FALSE for reason in reasons)
