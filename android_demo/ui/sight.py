"""Which stories of a list were looked at, and which were scrolled past; a list that moves is not looked at."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

REST_S = 1.0  # how long a list has to rest for its cards to count as seen
AT_REST_PX = 2.0  # of movement between two looks


class Sight:
    """Follows one list by looks at it, a quarter of a second apart."""

    def __init__(self) -> None:
        """Nothing was looked at."""
        self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self._seen: list[str] = []
        self._told: set[str] = set()
        self.begin()

    def begin(self) -> None:
        """The list was filled anew, and stands at its top."""
        self._told = set()
        self._passed_to = 0
        self.wake()

    def wake(self) -> None:
        """The list came in sight; it rests from now on."""
        self._rested_s, self._rested_at = 0.0, 0.0

    def look(self, passed_s: float, top: float, height: float, bottoms: Sequence[float], ids: Sequence[str]) -> None:
        """Note the cards that are at least half visible, once the list has rested.

        Args:
            passed_s: Since the last look.
            top: px of the list above what is in view.
            height: px of what is in view.
            bottoms: px of each card's lower edge from the list's top.
            ids: Of the stories.
        """
        if abs(top - self._rested_at) > AT_REST_PX:
            self._rested_at, self._rested_s = top, 0.0
            return
        self._rested_s += passed_s
        if self._rested_s < REST_S or not bottoms:
            return
        middles = [(above + below) / 2 for above, below in zip([0.0, *bottoms[:-1]], bottoms, strict=True)]
        for place in range(bisect_left(middles, top), bisect_right(middles, top + height)):
            if ids[place] not in self._told:
                self._told.add(ids[place])
                self._seen.append(ids[place])

    def take_seen(self) -> list[str]:
        """Ids that rested in sight since this was asked last, in the order of being seen."""
        seen, self._seen = self._seen, []
        return seen

    def take_passed(self, top: float, bottoms: Sequence[float]) -> range:
        """Places of the cards that went out at the top since this was asked last, while the list rests; each once."""
        if self._rested_s == 0:
            return range(0)
        begin, self._passed_to = self._passed_to, max(self._passed_to, bisect_right(bottoms, top))
        return range(begin, self._passed_to)

    def shift(self, place: int, by: int) -> None:
        """A card went out of the list at a place, or came in."""
        if place < self._passed_to:
            self._passed_to += by
