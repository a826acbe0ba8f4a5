"""A column of widgets in which what is not there takes no room."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from kivy.uix.boxlayout import BoxLayout


class Stacked(BoxLayout):
    """A vertical BoxLayout that leaves no gap for a child without height, such as a `Fold` that is folded away."""

    def _iterate_layout(self, sizes: Sequence[Any]) -> Iterator[tuple[int, float, float, float, float]]:
        # Of each child Kivy asks number, x, y, width and height here, and sums up the spacing between all it gives.
        there = [number for number, (size, hint, *_) in enumerate(sizes) if size[1] > 0 or hint[1] is not None]
        left, top, right, bottom = self.padding
        for number, (size, hint, *_) in enumerate(sizes):
            if size[1] <= 0 and hint[1] is None:
                width = size[0] if hint[0] is None else self.width - left - right
                yield number, self.x + left, self.y + bottom, width, 0.0
        if not there:
            self.minimum_size = left + right, top + bottom
            return
        for number, *place in super()._iterate_layout([sizes[number] for number in there]):
            yield there[number], *place
