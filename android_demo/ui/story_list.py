"""A list of stories that keeps still under the finger; what counts as seen is what rested in sight for a second."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import Metrics, dp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty
from kivy.uix.recycleview import RecycleView

from android_demo.ui.sight import Sight
from android_demo.ui.still_bar import StillBar
from android_demo.ui.story_card import SIDES, StoryCard, card_data
from android_demo.ui.swipe import Swipe, is_sideways, pulled
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.rows import MORE_ROWS, StoryRow, marked, rows_to_show

__all__ = ["StoryCard", "StoryList"]

LOOK_S = 0.25  # how often it is looked whether the list rests


class StoryList(StillBar, RecycleView):
    """The cards; more are appended when the end comes near.

    `rows` are all that are known, and the first of them are shown: `data` and `_bottoms` have one entry for each.
    """

    __events__ = ("on_end_near", "on_open", "on_more", "on_unfold", "on_like", "on_judge", "on_pulled", "on_passed")

    rows = ListProperty()
    is_all = BooleanProperty(True)  # nothing comes behind the last row
    num_shown = NumericProperty(0)
    in_view = BooleanProperty(False)  # whether its screen is the one that is seen
    focus = NumericProperty(-1)  # the keyboard's place; -1 is none
    can_pull = BooleanProperty(False)
    pull = NumericProperty(0.0)  # 0 to 1, at which lifting the finger refreshes

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._bottoms: list[float] = []  # px of each card's lower edge from the list's top
        self._taken_out: dict[str, tuple[str, StoryRow]] = {}  # by id: the one above it, and the row
        self._swipe: Swipe | None = None
        self._text_scale = Metrics.fontscale  # that the cards were made at
        self.sight = Sight()
        self._lay_out = Clock.create_trigger(self._cards_again)
        self.fbind("width", self._lay_out)
        self._last_height = self.height
        self.fbind("height", self._stay)
        self._append = Clock.create_trigger(self._more_cards)
        self._looking = Clock.create_trigger(self._look, LOOK_S, interval=True)

    def on_end_near(self) -> None:
        """All rows are shown, or nearly so, and there are more."""

    def on_open(self, row: StoryRow) -> None:
        """A card was tapped."""

    def on_more(self, row: StoryRow) -> None:
        """What else can be done with a story is asked for."""

    def on_unfold(self, row: StoryRow) -> None:
        """Who else reports a story is asked for."""

    def on_like(self, row: StoryRow) -> None:
        """A card's heart was pressed: like the story, or take back what was said of it."""
        App.get_running_app().commands.judge(row.article_id, row.marks.verdict or "like", row.marks)

    def on_judge(self, row: StoryRow, verdict: str) -> None:
        """A card was swiped."""

    def on_pulled(self) -> None:
        """The list was pulled down at its top."""

    def on_passed(self, rows: Sequence[StoryRow]) -> None:
        """Cards went out at the top."""

    def on_in_view(self, *_: object) -> None:
        """Look what is seen while its screen is in sight."""
        self.sight.wake()
        if self.in_view:
            self._looking()
            if self._text_scale != Metrics.fontscale:  # it was changed while another screen was in sight
                self._cards_again()
        else:
            self._looking.cancel()

    def show(self, rows: Sequence[StoryRow], *, is_all: bool) -> None:
        """Show a list from its top."""
        self.rows, self.is_all, self.focus = rows, is_all, -1
        self._taken_out = {}
        self.num_shown = rows_to_show(0, len(rows), end_is_near=False)
        self._cards_again()
        self.scroll_y = 1.0
        self.sight.begin()

    def update(self, rows: Sequence[StoryRow]) -> None:
        """Take over marks and ages, and leave every card in its place.

        Why a story is where it is stays with the order it was said of.
        """
        newest = {row.article_id: row for row in rows}
        with self._still():
            for place, row in enumerate(self.rows):
                if new := newest.get(row.article_id):
                    self._put(place, replace(row, marks=new.marks, meta=new.meta, image=new.image))

    def go_on(self, rows: Sequence[StoryRow], *, is_all: bool) -> None:
        """Take in more of the list behind what is there."""
        there = {row.article_id for row in self.rows} | set(self._taken_out)
        self.rows = [*self.rows, *(row for row in rows if row.article_id not in there)]
        self.is_all = is_all
        self.on_scroll_y()

    def mark(self, article_id: str, marks: Marks) -> None:
        """Show the new marks of a story."""
        for place, row in enumerate(self.rows):
            if row.article_id == article_id:
                self._put(place, marked(row, marks))

    def take_out(self, article_ids: Collection[str]) -> None:
        """Take stories away at once; the cards below close up."""
        with self._still():
            for place in reversed(range(len(self.rows))):
                row = self.rows[place]
                if row.article_id in article_ids:
                    self._taken_out[row.article_id] = (self.rows[place - 1].article_id if place else "", row)
                    del self.rows[place]
                    self.sight.shift(place, -1)
                    if place < len(self.data):
                        self.num_shown -= 1
                        del self.data[place]
        self.on_scroll_y()

    def bring_back(self, article_ids: Collection[str]) -> None:
        """Put stories that were taken out back in their places, and the last of them in sight."""
        place = -1
        with self._still():
            for article_id in [one for one in reversed(self._taken_out) if one in article_ids]:
                above, row = self._taken_out.pop(article_id)
                places = {one.article_id: place for place, one in enumerate(self.rows)}
                place = min(places.get(above, -1) + 1, self.num_shown)
                self.rows.insert(place, row)
                self.sight.shift(place, 1)
                self.num_shown += 1
                self.data.insert(place, self._card(row))
        above_it = self._bottoms[place - 1] if place > 0 else 0.0
        if place >= 0 and above_it < self._hidden_above():
            self._scroll_to(above_it)

    def is_out(self, article_id: str) -> bool:
        """Whether a story was taken out, and not put back."""
        return article_id in self._taken_out

    def move_focus(self, by: int) -> None:
        """Move the keyboard's place, and show it."""
        if not self.num_shown:
            return
        top = self._hidden_above()
        first = bisect_right(self._bottoms, top)
        new = first if self.focus < 0 else min(max(self.focus + by, 0), self.num_shown - 1)
        self.focus = new
        for place, view in self.view_adapter.views.items():
            view.is_focused = place == new
        above = self._bottoms[new - 1] if new else 0.0
        if above < top:
            self._scroll_to(above)
        elif self._bottoms[new] > top + self.height:
            self._scroll_to(self._bottoms[new] - self.height + dp(4))

    def drop_focus(self) -> None:
        """The keyboard's place is elsewhere."""
        self.focus = -1
        for view in self.view_adapter.views.values():
            view.is_focused = False

    def focused_row(self) -> StoryRow | None:
        """The row at the keyboard's place."""
        return self.rows[self.focus] if 0 <= self.focus < self.num_shown else None

    def forget_seen(self) -> None:
        """Begin anew to count what is in sight."""
        self.sight.forget()

    def take_seen(self) -> list[str]:
        """Ids of the cards that rested in sight since they were shown or asked for last, in the order of being seen."""
        return self.sight.take_seen()

    def on_scroll_y(self, *_: object) -> None:
        """Append more when less than a screen is left below."""
        if self.num_shown:
            if self._num_wanted() > self.num_shown:
                self._append()
            self.come_near(self._num_wanted() + MORE_ROWS - 1)

    def come_near(self, place: int) -> None:
        """Have more of the list made if it is known to go on, and not known as far as a place."""
        if not self.is_all and place >= len(self.rows):
            self.is_all = True  # asked for once
            self.dispatch("on_end_near")

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

    def _look(self, passed_s: float) -> None:
        top = self._hidden_above()
        self.sight.look(passed_s, top, self.height, self._bottoms, [row.article_id for row in self.rows])
        if passed := [self.rows[place] for place in self.sight.take_passed(top, self._bottoms)]:
            self.dispatch("on_passed", passed)

    def _num_wanted(self) -> int:
        hidden_below = self.scroll_y * self._scrollable()
        return rows_to_show(self.num_shown, len(self.rows), end_is_near=hidden_below < self.height)

    def _more_cards(self, *_: object) -> None:
        wanted = self._num_wanted()
        with self._still():
            self.data.extend(self._card(row) for row in self.rows[self.num_shown : wanted])
            self.num_shown = wanted

    def _cards_again(self, *_: object) -> None:
        if self.width > dp(SIDES) + dp(40):  # not while it is being laid out
            self.data = [self._card(row) for row in self.rows[: self.num_shown]]
            self._text_scale = Metrics.fontscale
            self._measure()

    def _card(self, row: StoryRow) -> dict[str, object]:
        return card_data(row, self.width, App.get_running_app().pictures.name_of(row.image))

    def _put(self, place: int, row: StoryRow) -> None:
        """Let a place say something new about its story. The list is laid out anew only where a height changes."""
        if row == self.rows[place]:
            return
        self.rows[place] = row
        if place >= min(self.num_shown, len(self.data)):
            return
        old = self.data[place]
        if replace(old["row"], marks=row.marks) == row:
            new = {**old, "row": row, "marks": row.marks}
        else:
            new = card_data(row, self.width, str(old["picture"]))
        if new["height"] != old["height"]:
            self.data[place] = new
            return
        old.update(new)
        kept = self.view_adapter.dirty_views.get(StoryCard, {}).get(place)
        for view in filter(None, (self.view_adapter.get_visible_view(place), kept)):
            for name in new.keys() - {"height"}:
                setattr(view, name, new[name])  # a property that has the value already tells nobody

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


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
