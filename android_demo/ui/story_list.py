"""A list of stories that keeps still under the finger; what counts as seen is what rested in sight for a second."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataViewBehavior

from android_demo.core.marks import Marks
from android_demo.core.rows import MORE_ROWS, StoryRow, marked, rows_to_show
from android_demo.ui import widgets
from android_demo.ui.text import height_of, lines_of

__all__ = ["StoryCard", "StoryList", "card_data", "widgets"]

META_SIZE, TITLE_SIZE, REASON_SIZE = 12, 16, 13  # sp
TITLE_LINES, REASON_LINES = 3, 2
CARD_PADDING, CARD_SPACING, BUTTONS, BADGE = 8, 3, 48, 20  # dp
SIDES = 2 * 6 + 14 + 2 + BUTTONS  # dp, outside the card, inside it, and the column of buttons
LOOK_S, REST_S = 0.25, 1.0  # how often it is looked whether the list rests, and how long it has to
AT_REST_PX = 2.0  # of movement between two looks


def card_data(row: StoryRow, width: float) -> dict[str, object]:
    """What RecycleView gives to a StoryCard: lines broken to `width` px, and the height that they need."""
    text_width = width - dp(SIDES)
    meta_width = text_width - dp(BADGE + 6)
    meta = lines_of(" · ".join(filter(None, (row.source, row.meta))), meta_width, sp(META_SIZE), max_lines=2)
    title = lines_of(row.title, text_width, sp(TITLE_SIZE), bold=True, max_lines=TITLE_LINES)
    reason = lines_of(row.reason, text_width, sp(REASON_SIZE), max_lines=REASON_LINES) if row.reason else []
    text_height = (
        max(height_of(meta, sp(META_SIZE)), dp(BADGE))
        + height_of(title, sp(TITLE_SIZE), bold=True)
        + height_of(reason, sp(REASON_SIZE))
        + dp(3 * CARD_SPACING)
    )
    return {
        "row": row,
        "article_id": row.article_id,
        "title": "\n".join(title),
        "meta": "\n".join(meta),
        "reason": "\n".join(reason),
        "badge": row.badge,
        "badge_colour": row.badge_colour,
        "marks": row.marks,
        "height": max(text_height, dp(2 * BUTTONS)) + dp(2 * CARD_PADDING),
    }


class StoryCard(RecycleDataViewBehavior, ButtonBehavior, BoxLayout):
    """One story; a tap beside its buttons opens it.

    Its height is that of its row. While a card is dealt anew its labels still have their old size, and RecycleView
    would take a height that follows them for the row's own.
    """

    row = ObjectProperty(None, allownone=True, rebind=True)
    article_id = StringProperty()
    title = StringProperty()
    meta = StringProperty()
    reason = StringProperty()
    badge = StringProperty()
    badge_colour = NumericProperty(0)
    marks = ObjectProperty(Marks(), rebind=True)

    @property
    def list(self) -> StoryList:
        """The list that it is a card of."""
        found = self.parent.recycleview
        assert isinstance(found, StoryList)
        return found


class StoryList(RecycleView):
    """The cards; more are appended when the end comes near."""

    __events__ = ("on_end_near", "on_open", "on_more")

    rows = ListProperty()
    is_all = BooleanProperty(True)  # nothing comes behind the last row
    num_shown = NumericProperty(0)
    in_view = BooleanProperty(False)  # whether its screen is the one that is seen

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._bottoms: list[float] = []  # px of each card's lower edge from the list's top
        self._lay_out = Clock.create_trigger(self._cards_again)
        self.fbind("width", self._lay_out)
        self._append = Clock.create_trigger(self._more_cards)
        self._looking = Clock.create_trigger(self._look, LOOK_S, interval=True)
        self.forget_seen()

    def on_end_near(self) -> None:
        """All rows are shown, or nearly so, and there are more."""

    def on_open(self, article_id: str) -> None:
        """A card was tapped."""

    def on_more(self, row: StoryRow) -> None:
        """What else can be done with a story is asked for."""

    def on_in_view(self, *_: object) -> None:
        """Look what is seen while its screen is in sight."""
        self._rested_s = 0.0
        if self.in_view:
            self._looking()
        else:
            self._looking.cancel()

    def show(self, rows: Sequence[StoryRow], *, is_all: bool) -> None:
        """Show a list from its top."""
        self._told: set[str] = set()
        self.rows, self.is_all = rows, is_all
        self.num_shown = rows_to_show(0, len(rows), end_is_near=False)
        self._cards_again()
        self.scroll_y = 1.0
        self._rested_s = 0.0

    def update(self, rows: Sequence[StoryRow]) -> None:
        """Take over what is new about each story, and leave every card in its place."""
        newest = {row.article_id: row for row in rows}
        self.rows = [newest.get(row.article_id, row) for row in self.rows]
        self._cards_again()

    def go_on(self, rows: Sequence[StoryRow], *, is_all: bool) -> None:
        """Take in more of the list behind what is there."""
        there = {row.article_id for row in self.rows}
        self.rows = [*self.rows, *(row for row in rows if row.article_id not in there)]
        self.is_all = is_all
        self.on_scroll_y()

    def mark(self, article_id: str, marks: Marks) -> None:
        """Show the new marks of a story."""
        for place, row in enumerate(self.rows):
            if row.article_id == article_id and row.marks != marks:
                self.rows[place] = new = marked(row, marks)
                if place < self.num_shown:
                    self.data[place] = {**self.data[place], "row": new, "marks": marks}
                    self.refresh_from_data()

    def forget_seen(self) -> None:
        """Begin anew to count what is in sight."""
        self._seen: list[str] = []
        self._told = set()
        self._rested_s = 0.0
        self._rested_at = 1.0

    def take_seen(self) -> list[str]:
        """Ids of the cards that rested in sight since they were shown or asked for last, in the order of being seen."""
        seen, self._seen = self._seen, []
        return seen

    def on_scroll_y(self, *_: object) -> None:
        """Append more when less than a screen is left below."""
        if self.num_shown:
            if self._num_wanted() > self.num_shown:
                self._append()
            if not self.is_all and self._num_wanted() > len(self.rows) - MORE_ROWS:
                self.is_all = True  # asked for once
                self.dispatch("on_end_near")

    def _look(self, passed_s: float) -> None:
        """Note the cards that are at least half visible, once the list has rested."""
        if abs(self.scroll_y - self._rested_at) * self._scrollable() > AT_REST_PX:
            self._rested_at, self._rested_s = self.scroll_y, 0.0
            return
        self._rested_s += passed_s
        if self._rested_s < REST_S or not self._bottoms:
            return
        top = (1 - self.scroll_y) * self._scrollable()
        tops = [0.0, *self._bottoms[:-1]]
        middles = [(above + below) / 2 for above, below in zip(tops, self._bottoms, strict=True)]
        for place in range(bisect_left(middles, top), bisect_right(middles, top + self.height)):
            article_id = self.rows[place].article_id
            if article_id not in self._told:
                self._told.add(article_id)
                self._seen.append(article_id)

    def _num_wanted(self) -> int:
        hidden_below = self.scroll_y * self._scrollable()
        return rows_to_show(self.num_shown, len(self.rows), end_is_near=hidden_below < self.height)

    def _more_cards(self, *_: object) -> None:
        wanted = self._num_wanted()
        hidden_above = (1 - self.scroll_y) * self._scrollable()
        self.data.extend(card_data(row, self.width) for row in self.rows[self.num_shown : wanted])
        self.num_shown = wanted
        self._measure()
        # scroll_y is a fraction of the whole height, which has just grown: keep the same card in sight. The layout
        # must not wait for the next frame, as a finger that moves before it would be measured on the old height.
        self.scroll_y = 1 - hidden_above / self._scrollable()
        self.refresh_views()

    def _scrollable(self) -> float:
        """Height in px of what does not fit on the screen."""
        layout = self.layout_manager
        whole = (self._bottoms[-1] if self._bottoms else 0.0) + layout.padding[1] + layout.padding[3] - layout.spacing
        return max(whole - self.height, 1.0)

    def _cards_again(self, *_: object) -> None:
        if self.width > dp(SIDES) + dp(40):  # not while it is being laid out
            self.data = [card_data(row, self.width) for row in self.rows[: self.num_shown]]
            self._measure()

    def _measure(self) -> None:
        spacing = self.layout_manager.spacing
        self._bottoms = list(accumulate(float(str(card["height"])) + spacing for card in self.data))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
