"""A list under fingers: a card follows one that goes sideways, and the list one that pulls it down at its top."""

from __future__ import annotations

from kivy.input import MotionEvent
from kivy.properties import BooleanProperty, NumericProperty

from android_demo.ui.still_list import StillList
from android_demo.ui.story_card import StoryCard
from android_demo.ui.swipe import Swipe, is_sideways, pulled
from edge_runtime.screens.rows import StoryRow


class SwipedList(StillList):
    """Tells which card was swiped, and that the list was pulled."""

    __events__ = ("on_judge", "on_pulled")

    can_pull = BooleanProperty(False)
    pull = NumericProperty(0.0)  # 0 to 1, at which lifting the finger refreshes

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._swipe: Swipe | None = None

    def on_judge(self, row: StoryRow, verdict: str) -> None:
        """A card was swiped."""

    def on_pulled(self) -> None:
        """The list was pulled down at its top."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Remember where a touch began; the list or a card takes it."""
        if self.collide_point(*touch.pos) and not getattr(touch, "is_mouse_scrolling", False):
            touch.ud[self] = self.scroll_y >= 1 or self._whole() <= self.height  # whether it can pull
            # A card is told a little later, and may be another story by then.
            card = self._card_at(touch.x, touch.y)
            touch.ud["story"] = card.row if card is not None else None
        return bool(super().on_touch_down(touch))

    def on_touch_move(self, touch: MotionEvent) -> bool:
        """Take a card up where a touch goes sideways; else scroll."""
        if touch.grab_current is None and touch.ud.get(self) is not None:
            swipe = self._swipe
            if swipe is None and is_sideways(touch) and not self._is_scrolling(touch):
                self._begin_swipe(touch)
            elif swipe is not None and swipe.touch is touch:
                swipe.follow()
            elif swipe is None and self.can_pull and touch.ud[self]:
                self.pull = pulled(touch)
        if self._swipe is not None and self._swipe.touch is touch:
            return True
        return bool(super().on_touch_move(touch))

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Do what a swipe or a pull that went far enough is for."""
        swipe = self._swipe
        if swipe is not None and swipe.touch is touch:
            if touch.grab_current is self:
                touch.ungrab(self)
                row, verdict = swipe.card.row, swipe.verdict
                self._end_swipe()
                if verdict:
                    self.dispatch("on_judge", row, verdict)
            return True
        if touch.grab_current is None and touch.ud.get(self) and self.pull:
            if self.pull >= 1:
                self.dispatch("on_pulled")
            self.pull = 0.0
        return bool(super().on_touch_up(touch))

    def end_swipe_of(self, card: StoryCard) -> None:
        """A card becomes another story: a finger on it holds nothing any more."""
        if self._swipe is not None and self._swipe.card is card:
            self._end_swipe()

    def _begin_swipe(self, touch: MotionEvent) -> None:
        """Take the touch from whatever holds it, and take up the card below."""
        card = self._card_at(touch.ox, touch.oy)
        if card is None:
            return
        for holder in list(touch.grab_list):
            widget = holder()
            if widget is not None:
                touch.ungrab(widget)
                if hasattr(widget, "on_release"):
                    widget.state = "normal"
        self._touch = None  # ScrollView's own
        self.effect_y.cancel()
        touch.grab(self)
        self._swipe = Swipe(card, touch)

    def _card_at(self, x: float, y: float) -> StoryCard | None:
        x, y = self.to_local(x, y)
        return next((view for view in self.view_adapter.views.values() if view.collide_point(x, y)), None)

    def _end_swipe(self) -> None:
        if self._swipe is not None:
            self._swipe.end()
            self._swipe = None

    def _is_scrolling(self, touch: MotionEvent) -> bool:
        return bool(touch.ud.get(self._get_uid(), {}).get("mode") == "scroll")
