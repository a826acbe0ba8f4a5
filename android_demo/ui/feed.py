"""The feed: ranked cards that keep still under the finger until the reader asks for the new order."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from kivy.clock import Clock
from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.recycleview import RecycleView
from kivy.uix.recycleview.views import RecycleDataViewBehavior
from kivy.uix.screenmanager import Screen

from android_demo.core.feed import MORE_ROWS, FeedRow, num_moved, rows_to_show
from android_demo.core.session import Ranking
from android_demo.ui.text import height_of, lines_of
from android_demo.ui.widgets import Card

META_SIZE, TITLE_SIZE, REASON_SIZE = 12, 17, 13  # sp
TITLE_LINES, REASON_LINES = 3, 2
CARD_PADDING, CARD_SPACING, BUTTONS_HEIGHT = 14, 4, 48  # dp
SIDES = 2 * (10 + 16)  # dp, outside and inside the card


def card_data(row: FeedRow, width: float) -> dict[str, object]:
    """What RecycleView gives to a FeedCard: lines broken to `width` px, and the height that they need."""
    text_width = width - dp(SIDES)
    title = lines_of(row.title, text_width, sp(TITLE_SIZE), bold=True, max_lines=TITLE_LINES)
    reason = lines_of(row.reason, text_width, sp(REASON_SIZE), bold=False, max_lines=REASON_LINES) if row.reason else []
    height = (
        height_of([row.meta], sp(META_SIZE))
        + height_of(title, sp(TITLE_SIZE), bold=True)
        + height_of(reason, sp(REASON_SIZE))
        + dp(BUTTONS_HEIGHT)
        + dp(CARD_PADDING + CARD_PADDING / 2 + 3 * CARD_SPACING)
    )
    return {
        "article_id": row.article_id,
        "title": "\n".join(title),
        "reason": "\n".join(reason),
        "meta": row.meta,
        "verdict": row.verdict,
        "is_read": row.is_read,
        "climbed": row.climbed,
        "height": height,
    }


class FeedCard(RecycleDataViewBehavior, ButtonBehavior, Card):
    """One story; a tap beside its buttons opens it.

    Its height is that of its row. While a card is dealt anew its labels still have their old size, and RecycleView
    would take a height that follows them for the row's own.
    """

    article_id = StringProperty()
    title = StringProperty()
    meta = StringProperty()
    reason = StringProperty()
    verdict = StringProperty()
    is_read = BooleanProperty(False)
    climbed = NumericProperty(0)


class FeedList(RecycleView):
    """The cards; more are appended when the end comes near. What counts as seen is what was drawn while in view."""

    __events__ = ("on_end_near",)

    rows = ListProperty()
    is_all = BooleanProperty(True)  # nothing is ranked behind the last row
    num_shown = NumericProperty(0)
    in_view = BooleanProperty(False)  # whether the feed's screen is the one that is seen

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._lay_out = Clock.create_trigger(self._cards_again)
        self.fbind("width", self._lay_out)
        self._append = Clock.create_trigger(self._more_cards)
        self._look = Clock.create_trigger(self._look_at)  # in the next frame, when the cards are drawn
        self.fbind("in_view", self._look)
        self.forget_seen()

    def on_end_near(self) -> None:
        """All rows are shown, or nearly so, and there are more."""

    def show(self, rows: Sequence[FeedRow], *, is_all: bool) -> None:
        """Show a ranking from its top."""
        self.forget_seen()
        self.rows, self.is_all = rows, is_all
        self.num_shown = rows_to_show(0, len(rows), end_is_near=False)
        self._cards_again()
        self.scroll_y = 1.0
        self._look()

    def go_on(self, rows: Sequence[FeedRow], *, is_all: bool) -> None:
        """Take in more of the ranking behind what is there."""
        there = {row.article_id for row in self.rows}
        self.rows = [*self.rows, *(replace(row, climbed=0) for row in rows if row.article_id not in there)]
        self.is_all = is_all
        self.on_scroll_y()

    def forget_seen(self) -> None:
        """Begin anew to count what is in sight, from when the cards are next in view."""
        self._depth = 0.0  # px of the list, from its top, that have been in sight
        self._num_told = 0

    def mark(self, rows: Sequence[FeedRow], opened: Collection[str]) -> None:
        """Take over what is new about each story, and leave every card in its place.

        In the new ranking another article may have the line of a story that was opened: its card stays, as read.
        """
        newest = {row.article_id: row for row in rows}
        self.rows = [
            newest.get(row.article_id, replace(row, is_read=row.is_read or row.article_id in opened))
            for row in self.rows
        ]
        for place, row in enumerate(self.rows[: self.num_shown]):
            card = self.data[place]
            if (card["verdict"], card["is_read"]) != (row.verdict, row.is_read):
                self.data[place] = {**card, "verdict": row.verdict, "is_read": row.is_read}

    def take_seen(self) -> list[str]:
        """Ids of the cards that have been in sight since they were shown or asked for last, from the top."""
        seen, top = [], 0.0
        for card in self.data:
            if top + float(str(card["height"])) / 2 > self._depth:
                break
            seen.append(str(card["article_id"]))
            top += float(str(card["height"])) + self.layout_manager.spacing
        new, self._num_told = seen[self._num_told :], max(len(seen), self._num_told)
        return new

    def on_scroll_y(self, *_: object) -> None:
        """Remember how deep it went, and append more when less than a screen is left below."""
        if self.num_shown:
            self._look()
            if self._num_wanted() > self.num_shown:
                self._append()
            if not self.is_all and self._num_wanted() > len(self.rows) - MORE_ROWS:
                self.is_all = True  # asked for once
                self.dispatch("on_end_near")

    def _look_at(self, *_: object) -> None:
        if self.in_view and self.num_shown:
            self._depth = max(self._depth, (1 - self.scroll_y) * self._scrollable(self.data) + self.height)

    def _num_wanted(self) -> int:
        hidden_below = self.scroll_y * self._scrollable(self.data)
        return rows_to_show(self.num_shown, len(self.rows), end_is_near=hidden_below < self.height)

    def _more_cards(self, *_: object) -> None:
        wanted = self._num_wanted()
        hidden_above = (1 - self.scroll_y) * self._scrollable(self.data)
        self.data.extend(card_data(row, self.width) for row in self.rows[self.num_shown : wanted])
        self.num_shown = wanted
        # scroll_y is a fraction of the whole height, which has just grown: keep the same card in sight. The layout
        # must not wait for the next frame, as a finger that moves before it would be measured on the old height.
        self.scroll_y = 1 - hidden_above / self._scrollable(self.data)
        self.refresh_views()

    def _scrollable(self, cards: Sequence[dict[str, object]]) -> float:
        """Height in px of what does not fit on the screen."""
        layout = self.layout_manager
        heights = sum(float(str(card["height"])) for card in cards)
        whole = heights + layout.spacing * max(len(cards) - 1, 0) + layout.padding[1] + layout.padding[3]
        return max(whole - self.height, 1.0)

    def _cards_again(self, *_: object) -> None:
        self.data = [card_data(row, self.width) for row in self.rows[: self.num_shown]]


class FeedScreen(Screen):
    """The list under its header, and a chip that offers a new order."""

    note = StringProperty()
    moved = NumericProperty(0)  # stories that would change place; the chip is there when > 0

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._offered = Ranking()

    def on_enter(self, *_: object) -> None:
        """Count the cards as seen from now on."""
        self.ids.cards.in_view = True

    def on_pre_leave(self, *_: object) -> None:
        """Count no card as seen from now on."""
        self.ids.cards.in_view = False

    def show(self, ranking: Ranking, note: str) -> None:
        """Show a ranking from its top."""
        self.note = note
        self.moved = 0
        self.ids.cards.show(ranking.rows, is_all=ranking.is_all)

    def shown_ids(self) -> list[str]:
        """Ids of what the list shows, from its top."""
        return [row.article_id for row in self.ids.cards.rows[: self.ids.cards.num_shown]]

    def go_on(self, ranking: Ranking) -> None:
        """Take in more of the ranking behind what is there."""
        self.ids.cards.go_on(ranking.rows, is_all=ranking.is_all)

    def offer(self, ranking: Ranking) -> None:
        """Mark what changed about the stories in sight, and offer their new order."""
        self._offered = ranking
        self.moved = num_moved(self.ids.cards.rows, ranking.rows)
        self.ids.cards.mark(ranking.rows, ranking.opened)

    def accept(self) -> None:
        """Show the order that was offered."""
        self.show(self._offered, self.note)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
