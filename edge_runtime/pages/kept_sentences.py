"""Which template a text was made from: a feed's last error is kept as text, and so are the errors that hold another."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from string import Formatter

from edge_runtime.errors import Notice
from edge_runtime.sentences import Sentence

LEAST_LETTERS = 8  # of a template beside its facts, so that it fits no text by chance
_ADDRESS = r"\S+:\S+"


class Templates:
    """The templates of a catalogue."""

    def __init__(self, texts: Iterable[str]) -> None:
        """Take those that can be told from any text.

        Args:
            texts: Templates and other texts of the catalogue.
        """
        self._texts = frozenset(texts)
        telling = [text for text in self._texts if text.startswith("{address}: ") or _letters(text) >= LEAST_LETTERS]
        # What says the most is the likeliest.
        self._patterns = [
            (_pattern(text), text) for text in sorted(telling, key=lambda text: (-_letters(text), text)) if "{" in text
        ]

    def sentence_of(self, text: str) -> Sentence | None:
        """The text as it was before it was kept, its facts too; None if no template fits."""
        notice = Notice.parse(text)
        if notice.remedy:
            fact = self.sentence_of(notice.fact) or notice.fact
            return Sentence("{fact}; {remedy}", fact=fact, remedy=Sentence(notice.remedy))
        if text in self._texts:
            return Sentence(text)
        for pattern, template in self._patterns:
            if found := pattern.fullmatch(text):
                facts = {name: self._fact(fact) for name, fact in found.groupdict().items()}
                return Sentence(template, **facts)
        return None

    def _fact(self, text: str) -> str:
        # A single word may be a name.
        return (self.sentence_of(text) or text) if " " in text else text


def texts_of_catalogue(catalogue: bytes) -> list[str]:
    """The English texts of a `messages.mo` with the byte order of `docs/make_catalogues.py`, little-endian."""
    _, _, count, start = struct.unpack_from("<4I", catalogue)
    places = [struct.unpack_from("<2I", catalogue, start + 8 * number) for number in range(count)]
    return [catalogue[at : at + size].decode() for size, at in places]


def _letters(template: str) -> int:
    return sum(char.isalpha() for literal, *_ in Formatter().parse(template) for char in literal)


def _pattern(template: str) -> re.Pattern[str]:
    pieces, seen = [], set[str]()
    for literal, name, _, _ in Formatter().parse(template):
        pieces.append(re.escape(literal))
        if name in seen:
            pieces.append(f"(?P={name})")
        elif name:
            seen.add(name)
            # What may be empty, as a reason in brackets, is found too.
            pieces.append(f"(?P<{name}>{_ADDRESS if name == 'address' else '.*?'})")
    return re.compile("".join(pieces), re.DOTALL)
