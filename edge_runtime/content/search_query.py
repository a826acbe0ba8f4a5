"""What a reader looks for: words, phrases in quotes, and what must not be there. And the texts in which it is sought.

A word is found within longer ones too, as compounds and scripts without spaces need it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from edge_runtime.content.compare_text import fold, fold_all

# A minus sign before it, a phrase in straight or curly quotes, else everything up to the next space.
_TERM = re.compile(r'(-?)(?:"([^"]+)"|“([^“”]+)”)(?=\s|$)|(-?)(\S+)')
# Arabic letters that many write for each other, at the end of a word or on a Persian keyboard.
# Only a search takes them as the same: a rule about the name علي is not one about the word على.
_ALIKE = str.maketrans({"ة": "ه", "ى": "ي", "ی": "ي", "ک": "ك", "ٱ": "ا"})
_HAS_ALIKE = re.compile("[ةهىيیكکٱا]")


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """A query as it is compared; no part of it is empty."""

    wanted: tuple[str, ...]  # all have to be there
    unwanted: tuple[str, ...]  # none may be there

    @classmethod
    def parse(cls, text: str) -> SearchQuery:
        """Read a query: `rain -cricket "new world" -"world cup"`.

        A quote that nothing closes, and a minus sign alone, are looked for themselves.
        """
        terms: dict[bool, dict[str, None]] = {False: {}, True: {}}
        for term in _TERM.finditer(text):
            minus, straight, curly, before, word = term.groups()
            phrase = straight or curly
            if phrase is None:
                is_unwanted = bool(before)
                parts = fold(word).split()
            else:
                is_unwanted = bool(minus)
                parts = [fold(phrase)]
            terms[is_unwanted].update(dict.fromkeys(part.translate(_ALIKE) for part in parts if part))
        return cls(tuple(terms[False]), tuple(terms[True]))

    def __bool__(self) -> bool:
        """Whether there is anything to look for."""
        return bool(self.wanted or self.unwanted)

    def fitting(self, texts: Iterable[tuple[int, str]]) -> Iterator[int]:
        """Numbers of those of some numbered `searched_texts` that fit."""
        wanted, unwanted = self.wanted, self.unwanted
        has_alike = any(map(_HAS_ALIKE.search, (*wanted, *unwanted)))
        for number, text in texts:
            # Most texts have none, and to look takes less time than to translate.
            is_arabic = has_alike and not text.isascii() and _HAS_ALIKE.search(text)
            spelled = text.translate(_ALIKE) if is_arabic else text
            if all(part in spelled for part in wanted) and not any(part in spelled for part in unwanted):
                yield number


def searched_texts(fields: Sequence[Sequence[str]]) -> list[str]:
    """The fields of each article folded, a line each; no word or phrase reaches over the end of a line.

    Args:
        fields: The same number of texts for each article.
    """
    folded = fold_all([text for of_one in fields for text in of_one])
    return ["\n".join(next(folded) for _ in of_one) for of_one in fields]
