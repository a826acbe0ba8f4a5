"""The text of an article as a column of labels, made while it is scrolled.

No more is broken and drawn than is soon in sight, a few milliseconds at a time, however long the text is.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kivy.clock import Clock
from kivy.input import MotionEvent
from kivy.metrics import dp
from kivy.properties import ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from android_demo.ui.article_pieces import FINGER, LEAST_WIDTH, Look, Piece, pieces_of
from edge_runtime.screens.article import TextBlock

__all__ = ["ArticleText", "Look", "Piece", "Place"]

PAGE = 24  # labels of one inner column, as a column lays out all its children whenever one is added
BUDGET_S = 0.004  # of one callback
AHEAD = 1.5  # screens below the one in sight


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a text a reader is, whatever its size: at a character of a block."""

    block: int = 0
    start: int = 0
    below: float = 0.0  # how much of that label is above the screen's upper edge, 0 to 1


class ArticleText(BoxLayout):
    """The blocks of an article, as far as they are made."""

    __events__ = ("on_link",)

    scroller = ObjectProperty(None)  # what it is read in

    def __init__(self, **kwargs: object) -> None:
        super().__init__(orientation="vertical", size_hint_y=None, **kwargs)
        self.bind(minimum_height=self.setter("height"))
        self._blocks: Sequence[TextBlock] = ()
        self._look: Look | None = None
        self._coming: Iterator[Piece] | None = None  # what is not made yet
        self._wanted: Place | None = None  # to be scrolled to once it is made
        self._made_px = self._made_width = self._content_px = 0.0
        self._place_before = Place()
        self._make = Clock.create_trigger(self._make_some)
        self._again = Clock.create_trigger(lambda *_: self._begin(self._place_before))
        self.bind(width=self._width_changed)

    def on_scroller(self, *_: object) -> None:
        """Follow what it is read in."""
        self.scroller.children[0].bind(height=self._keep_still)
        self.scroller.bind(scroll_y=lambda *_: self.go_on(), height=lambda *_: self.go_on())

    def on_link(self, url: str) -> None:
        """A link was tapped."""

    def show(self, blocks: Sequence[TextBlock], look: Look, place: Place) -> None:
        """Show a text at a place of it."""
        self._blocks, self._look = blocks, look
        self._begin(place)

    def set_look(self, look: Look) -> None:
        """Set the text otherwise; the same words stay in sight."""
        if look != self._look:
            self._look = look
            self._begin(self.place())

    def place(self) -> Place:
        """Where the screen's upper edge is."""
        if self._wanted is not None:
            return self._wanted
        edge = self._edge_px()
        passed = 0.0
        for piece in self.pieces():
            if passed + piece.height > edge:
                return Place(piece.block, piece.start, max(0.0, (edge - passed) / piece.height))
            passed += piece.height
        return Place()

    def pieces(self) -> list[Piece]:
        """What is made, from the top."""
        return [piece for page in reversed(self.children) for piece in reversed(page.children)]

    def go_on(self) -> None:
        """Make more where the end of what is made is near."""
        if self._is_wanting():
            self._make()

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Note the link under a finger."""
        url = self._link_at(touch)
        if url:
            touch.ud[self] = url
            touch.grab(self)
            return True
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Follow the link where the finger did not move away."""
        if touch.grab_current is not self:
            return bool(super().on_touch_up(touch))
        touch.ungrab(self)
        moved = abs(touch.x - touch.ox) + abs(touch.y - touch.oy)
        if moved < dp(FINGER):
            self.dispatch("on_link", touch.ud[self])
        return True

    def _width_changed(self, *_: object) -> None:
        if self._look is not None and self.width != self._made_width:
            self._place_before = self.place()
            self._again()

    def _begin(self, place: Place) -> None:
        self.clear_widgets()
        self._coming, self._wanted = None, place
        if self._look is None or self.width <= dp(LEAST_WIDTH):  # not while it is being laid out
            return
        self._made_px, self._made_width = 0.0, self.width
        look, width = self._look, self.width
        self._coming = (
            piece for number, block in enumerate(self._blocks) for piece in pieces_of(number, block, look, width)
        )
        self._make_some()

    def _make_some(self, *_: object) -> None:
        """Make labels for a few milliseconds, and go on with the next frame where that is not enough."""
        end = time.perf_counter() + BUDGET_S
        while self._coming is not None and self._is_wanting() and time.perf_counter() < end:
            piece = next(self._coming, None)
            if piece is None:
                self._coming = None
                break
            if not self.children or len(self.children[0].children) >= PAGE:
                page = BoxLayout(orientation="vertical", size_hint_y=None, height=0)
                page.bind(minimum_height=page.setter("height"))
                self.add_widget(page)
            self.children[0].add_widget(piece)
            self._made_px += piece.height
        if self._wanted is not None and not self._is_awaited():
            Clock.schedule_once(self._go_to_wanted)  # once what was made is laid out
        if self._is_wanting():
            self._make()

    def _keep_still(self, content: BoxLayout, height: float) -> None:
        """Keep the same words in sight while the text grows: `scroll_y` is a fraction of the whole."""
        hidden_above = (1 - self.scroller.scroll_y) * max(self._content_px - self.scroller.height, 0)
        room = height - self.scroller.height
        if self._wanted is None and room > 0:
            self.scroller.scroll_y = 1 - min(hidden_above / room, 1.0)
            self.scroller._update_effect_bounds()  # else a fling goes on from the fraction that was
        self._content_px = height

    def _is_wanting(self) -> bool:
        if self._coming is None or self.scroller is None:
            return False
        if self._is_awaited():
            return True
        return self._made_px - max(self._edge_px(), 0) < (1 + AHEAD) * self.scroller.height

    def _is_awaited(self) -> bool:
        """Whether the label that is to be scrolled to, and a screen from there on, is not made yet."""
        if self._wanted in (None, Place()) or self._coming is None:
            return False
        last = self.children[0].children[0] if self.children else None
        if last is None or (last.block, last.start) < (self._wanted.block, self._wanted.start):
            return True
        return self._made_px - self._wanted_px() < self.scroller.height

    def _wanted_px(self) -> float:
        """From the text's upper edge to the place that is to be scrolled to."""
        passed = target = 0.0
        assert self._wanted is not None
        for piece in self.pieces():
            if (piece.block, piece.start) > (self._wanted.block, self._wanted.start):
                break
            target = passed + self._wanted.below * piece.height
            passed += piece.height
        return target

    def _edge_px(self) -> float:
        """From the text's upper edge to that of the screen, as the scroller says."""
        content = self.scroller.children[0] if self.scroller and self.scroller.children else None
        if content is None:
            return 0.0
        hidden_above = (1 - self.scroller.scroll_y) * max(content.height - self.scroller.height, 0)
        return float(hidden_above - self._head_px())

    def _head_px(self) -> float:
        """What stands above the text in the scroller."""
        content = self.scroller.children[0]
        return float(content.to_window(0, content.top)[1] - self.to_window(0, self.top)[1])

    def _go_to_wanted(self, *_: object) -> None:
        if self._wanted is None:
            return
        top = 0.0 if self._wanted == Place() else self._wanted_px() + self._head_px()
        self._wanted = None
        room = self.scroller.children[0].height - self.scroller.height
        self.scroller.scroll_y = 1 - min(max(top / room, 0.0), 1.0) if room > 0 else 1.0
        self.go_on()

    def _link_at(self, touch: MotionEvent) -> str:
        for page in self.children:
            if page.collide_point(*touch.pos):
                for piece in page.children:
                    if piece.collide_point(*touch.pos):
                        return str(piece.link_at(touch.x - piece.x, touch.y - piece.y))
        return ""
