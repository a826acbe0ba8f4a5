"""A list of stories: what is shown of it, the keyboard's place, and what was seen, which is what rested in sight."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.core.window import Window
from kivy.lang import Builder
from kivy.metrics import Metrics, dp
from kivy.properties import BooleanProperty, NumericProperty

from android_demo.ui.sight import Sight
from android_demo.ui.still_bar import StillBar
from android_demo.ui.story_card import BUTTONS, SIDES, StoryCard, card_data
from android_demo.ui.swiped_list import SwipedList
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.rows import MORE_ROWS, StoryRow, marked, rows_to_show

__all__ = ["StoryCard", "StoryList"]

LOOK_S = 0.25  # how often it is looked whether the list rests


class StoryList(StillBar, SwipedList):
    """The cards; more are appended when the end comes near."""

    __events__ = ("on_end_near", "on_open", "on_more", "on_unfold", "on_like", "on_passed")

    is_all = BooleanProperty(True)  # nothing comes behind the last row
    in_view = BooleanProperty(False)  # whether its screen is the one that is seen
    focus = NumericProperty(-1)  # the keyboard's place; -1 is none

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._taken_out: dict[str, tuple[str, StoryRow]] = {}  # by id: the one above it, and the row
        self._text_scale = Metrics.fontscale  # that the cards were made at
        self.sight = Sight()
        self._lay_out = Clock.create_trigger(self._cards_again)
        self.fbind("width", self._lay_out)
        self._append = Clock.create_trigger(self._more_cards)
        self._ahead = 0  # rows whose lines are broken
        self._break_ahead = Clock.create_trigger(self._break_next)
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

    def make_ahead(self, *_: object) -> None:
        """Make the cards of a screen, one in a frame, while there is nothing to show yet."""
        most = int(Window.height / dp(2 * BUTTONS))
        if not self.rows and self.view_adapter.make_one(StoryCard, most):
            Clock.schedule_once(self.make_ahead)

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
        self._break_ahead()

    def _break_next(self, *_: object) -> None:
        """Break the lines of one card that is to come: those of all that come at once would take a frame too long."""
        self._ahead = max(self._ahead, self.num_shown)
        if self._ahead < min(self.num_shown + MORE_ROWS, len(self.rows)):
            self._card(self.rows[self._ahead])
            self._ahead += 1
            self._break_ahead()

    def _cards_again(self, *_: object) -> None:
        if self.width > dp(SIDES) + dp(40):  # not while it is being laid out
            self.data = [self._card(row) for row in self.rows[: self.num_shown]]
            self._text_scale = Metrics.fontscale
            self._measure()
            self._ahead = 0
            self._break_ahead()

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


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
