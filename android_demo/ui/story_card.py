"""One story of a list: its words broken to the list's width, and how high that makes it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from kivy.app import App
from kivy.graphics import Color, Line
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import dp, sp
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.recycleview.views import RecycleDataViewBehavior

from android_demo.ui import widgets
from android_demo.ui.text import height_of, lines_of
from android_demo.ui.widgets import FirmButton
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.rows import StoryRow

if TYPE_CHECKING:
    from android_demo.ui.story_list import StoryList

__all__ = ["OthersLine", "StoryCard", "card_data", "widgets"]

META_SIZE, TITLE_SIZE, REASON_SIZE = 12, 16, 13  # sp
META_LINES, TITLE_LINES, REASON_LINES, OTHERS_LINES = 2, 3, 2, 2
CARD_PADDING, CARD_SPACING, BUTTONS, BADGE = 7, 2, 48, 20  # dp
PICTURE = 72  # dp, both sides
OTHERS = 48  # dp, the least height of the line that unfolds a story
FOCUS = "focus"  # instructions that draw the keyboard's place
SIDES = 2 * 6 + 14 + 2 + BUTTONS  # dp, outside the card, inside it, and the column of buttons


def card_data(row: StoryRow, width: float, picture: str = "") -> dict[str, object]:
    """What RecycleView gives to a StoryCard: lines broken to `width` px, and the height that they need.

    Args:
        row: The story.
        width: Of the list, in px.
        picture: Name of its thumbnail, "" for none.
    """
    text_width = width - dp(SIDES) - (dp(PICTURE + 8) if picture else 0)
    meta_width = text_width - dp(BADGE + 6)
    meta = lines_of(" · ".join(filter(None, (row.source, row.meta))), meta_width, sp(META_SIZE), max_lines=META_LINES)
    title = lines_of(row.title, text_width, sp(TITLE_SIZE), bold=True, max_lines=TITLE_LINES)
    # The line that unfolds a story is as high as a finger, so the reason goes into it.
    reason_said = "" if row.unfold else row.reason
    reason = lines_of(reason_said, text_width, sp(REASON_SIZE), max_lines=REASON_LINES) if reason_said else []
    unfold, others_width = " · ".join(filter(None, (row.unfold, row.reason))), text_width - dp(BADGE + 6)
    others = lines_of(unfold, others_width, sp(REASON_SIZE), max_lines=OTHERS_LINES) if row.unfold else []
    others_height = max(height_of(others, sp(REASON_SIZE)), dp(OTHERS)) if others else 0
    # With a line to unfold the card ends in that line's own room.
    paddings = dp(CARD_PADDING) + (0 if others else dp(CARD_PADDING))
    text_height = (
        max(height_of(meta, sp(META_SIZE)), dp(BADGE))
        + height_of(title, sp(TITLE_SIZE), bold=True)
        + height_of(reason, sp(REASON_SIZE))
        + others_height
        + dp(CARD_SPACING * (2 + bool(others)))
        + paddings
    )
    return {
        "row": row,
        "article_id": row.article_id,
        "title": "\n".join(title),
        "meta": "\n".join(meta),
        "reason": "\n".join(reason),
        "others": "\n".join(others),
        "others_height": others_height,
        "badge": row.badge,
        "badge_colour": row.badge_colour,
        "picture": picture,
        "marks": row.marks,
        "height": max(text_height, dp(2 * BUTTONS), dp(PICTURE + 2 * CARD_PADDING) if picture else 0),
    }


class OthersLine(FirmButton, BoxLayout):
    """Says how many more report a story, and unfolds them."""

    text = StringProperty()


class StoryCard(RecycleDataViewBehavior, FirmButton, BoxLayout):
    """One story; a tap beside its buttons opens it.

    Its height is that of its row. While a card is dealt anew its labels still have their old size, and RecycleView
    would take a height that follows them for the row's own.
    """

    row = ObjectProperty(None, allownone=True, rebind=True)
    article_id = StringProperty()
    title = StringProperty()
    meta = StringProperty()
    reason = StringProperty()
    others = StringProperty()
    others_height = NumericProperty(0)
    badge = StringProperty()
    badge_colour = NumericProperty(0)
    picture = StringProperty()  # name of its thumbnail
    texture = ObjectProperty(None, allownone=True)  # the thumbnail, once it is loaded
    marks = ObjectProperty(Marks(), rebind=True)
    is_focused = BooleanProperty(False)  # the keyboard's place

    _pressed: tuple[StoryList, StoryRow] | None = None  # under a finger; the card may be another story as it lifts

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        for name in ("is_focused", "pos", "size"):
            self.fbind(name, self._draw_focus)

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Remember which story a finger came down on."""
        if self.collide_point(*touch.pos):
            self._pressed = (self.list, touch.ud.get("story") or self.row)
        return bool(super().on_touch_down(touch))

    def tell(self, event: str) -> None:
        """Tell the list what is wanted of the story that was pressed: "on_open", "on_more", "on_unfold", "on_like"."""
        (there, row), self._pressed = self._pressed or (self.list, self.row), None
        there.dispatch(event, row)

    def _draw_focus(self, *_: object) -> None:
        """A line round the card; it is not drawn at all where it is not seen."""
        self.canvas.after.remove_group(FOCUS)
        if self.is_focused:
            edge = dp(1.5)
            with self.canvas.after:
                Color(*App.get_running_app().theme.accent, group=FOCUS)
                frame = (self.x + edge, self.y + edge, self.width - 2 * edge, self.height - 2 * edge, dp(9))
                Line(width=edge, rounded_rectangle=frame, group=FOCUS)

    @property
    def list(self) -> StoryList:
        """The list that it is a card of."""
        found: StoryList = self.parent.recycleview
        return found

    def refresh_view_attrs(self, rv: Any, index: int, data: dict[str, object]) -> None:
        """Become another story."""
        rv.end_swipe_of(self)
        self.is_focused = index == rv.focus
        super().refresh_view_attrs(rv, index, data)

    def on_picture(self, *_: object) -> None:
        """Have the thumbnail loaded; what stood here before goes at once."""
        self.texture, name = None, self.picture

        def loaded(texture: object) -> None:
            if self.picture == name:  # the card may be another story by now
                self.texture = texture

        if name:
            App.get_running_app().pictures.load(name, loaded)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
