"""A list of cards that keeps still under the finger: where each card is, and stays while others change."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import accumulate
from typing import Any

from kivy.properties import ListProperty, NumericProperty
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataAdapter, _cached_views


class SameCards(RecycleDataAdapter):
    """Deals a story the card that it has.

    With each change of the data Kivy gathers all cards and deals them from the top of the pile, so that every text in
    sight is drawn anew.
    """

    def get_view(self, index: int, data_item: dict[str, Any], viewclass: Any) -> Any:
        """The card for a place of the list."""
        pile = _cached_views[viewclass]
        own = next((card for card in pile if card.article_id == data_item["article_id"]), None)
        if own is not None:
            pile.remove(own)
            pile.append(own)
        return super().get_view(index, data_item, viewclass)

    @staticmethod
    def make_one(viewclass: Any, most: int) -> bool:
        """Put a new card on the pile; whether there is room for another one.

        Args:
            viewclass: Class of the cards.
            most: How many cards are made ahead.
        """
        pile = _cached_views[viewclass]
        if len(pile) < most:
            pile.append(viewclass())
        return len(pile) < most


class StillList(RecycleView):
    """Knows how high its cards are.

    `rows` are all that are known, and the first of them are shown: `data` and `_bottoms` have one entry for each.
    """

    rows = ListProperty()
    num_shown = NumericProperty(0)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(view_adapter=SameCards(), **kwargs)
        self._bottoms: list[float] = []  # px of each card's lower edge from the list's top
        self._last_height = self.height
        self.fbind("height", self._stay)

    @contextmanager
    def _still(self) -> Iterator[None]:
        """Change cards, and leave the first one that is in sight where it is. Where it goes, the next takes its place.

        `scroll_y` is a fraction of the whole height, which changes. The layout must not wait for the next frame, as a
        finger that moves before it would be measured on the old height.
        """
        top, heights = self._hidden_above(), [card["height"] for card in self.data]
        place = bisect_right(self._bottoms, top)
        offset = top - (self._bottoms[place - 1] if place else 0.0)
        ids = [row.article_id for row in self.rows[place : self.num_shown]]
        yield
        if heights == [card["height"] for card in self.data]:
            return
        self._measure()
        tops = dict(zip((row.article_id for row in self.rows), [0.0, *self._bottoms], strict=False))
        self._scroll_to(next((tops[one] for one in ids if one in tops), self._whole()) + offset)
        self.refresh_views()

    def _stay(self, *_: object) -> None:
        """Keep the top where it is when a message takes room at the bottom: `scroll_y` tells of the whole."""
        top = (1 - self.scroll_y) * max(self._whole() - self._last_height, 1.0)
        self._last_height = self.height
        self._scroll_to(top)

    def _scroll_to(self, top: float) -> None:
        """Scroll so that so many px are above what is in view."""
        self.scroll_y = 1 - min(max(top / self._scrollable(), 0.0), 1.0)

    def _hidden_above(self) -> float:
        return float((1 - self.scroll_y) * self._scrollable())

    def _whole(self) -> float:
        layout = self.layout_manager
        return (self._bottoms[-1] if self._bottoms else 0.0) + layout.padding[1] + layout.padding[3] - layout.spacing

    def _scrollable(self) -> float:
        """Height in px of what does not fit on the screen."""
        return max(self._whole() - self.height, 1.0)

    def _measure(self) -> None:
        spacing = self.layout_manager.spacing
        self._bottoms = list(accumulate(float(str(card["height"])) + spacing for card in self.data))
