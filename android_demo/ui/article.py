"""The article page: the text, what the reader thinks of it, and the way to the next one of its list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import NumericProperty, ObjectProperty, StringProperty

from android_demo.core.scripts import is_latin
from android_demo.ui import article_text
from android_demo.ui.article_text import Look, Place
from android_demo.ui.page import Page
from android_demo.ui.reading_sheet import ReadingSheet
from android_demo.ui.text import FONT, SERIF
from edge_runtime import Origin
from edge_runtime.screens.article import ArticlePage, article_page
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.rows import StoryRow

__all__ = ["ArticleScreen", "article_text"]

SWIPE_DP = 80  # a finger that goes so far to the side, and half as much up or down at most, turns the page
MOST_PLACES = 200  # that are remembered
AHEAD = 3  # so many stories before the end of its list more of that is made


class ArticleScreen(Page):
    """One article."""

    ask = staticmethod(article_page)
    is_detail = True
    is_refreshed = False

    article_id = StringProperty()
    title = StringProperty()
    title_font = StringProperty(FONT)
    meta = StringProperty()
    excerpt = StringProperty()
    url = StringProperty()
    link = StringProperty()
    marks = ObjectProperty(Marks(), rebind=True)
    title_size = NumericProperty("23sp")
    before = ObjectProperty(None, allownone=True)  # rows beside it in its list
    after = ObjectProperty(None, allownone=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._since: float | None = None  # s of Kivy's clock, when it came in sight
        self._page: ArticlePage | None = None
        self._places: dict[str, Place] = {}  # where articles were left, oldest first
        app = App.get_running_app()
        app.bind(theme=self._set_look, settings=self._set_look)
        self.ids.text.scroller = self.ids.scroller
        self._list: Any = None  # the list that it stands in
        self._look_beside = Clock.create_trigger(lambda _: self._find_neighbours())

    def show(self, page: ArticlePage) -> None:
        """Fill the page, and go to where it was left."""
        self._tell_dwell()
        self._since = Clock.get_time()
        is_same = self._page is not None and self._page.article_id == page.article_id
        if not is_same:
            self._keep_place()
        self.article_id, self.title, self.meta = page.article_id, page.title, page.meta
        self.url, self.link, self.marks, self.excerpt = page.url, page.link, page.marks, page.excerpt
        self._set_title()
        self.before = self.after = None
        self._find_neighbours()
        if not (is_same and self._page is not None and self._page.blocks == page.blocks):
            self.ids.text.show(page.blocks, self._look(), self._places.get(page.article_id, Place()))
        self._page = page

    def mark(self, article_id: str, marks: Marks) -> None:
        """It has new marks."""
        if article_id == self.article_id:
            self.marks = marks

    def on_pre_enter(self, *_: object) -> None:
        """It comes in sight again, perhaps as it was."""
        if self._since is None and self.article_id:
            self._since = Clock.get_time()

    def leave(self) -> None:
        """Keep how long it was looked at, and where."""
        self._tell_dwell()
        self._keep_place()

    def on_key(self, key: str) -> bool:
        """J and k go on and back, o opens the publisher's page, s saves, m marks, space and arrows scroll."""
        app = App.get_running_app()
        deeds = {
            "j": lambda: self.turn(1),
            "k": lambda: self.turn(-1),
            "o": self.open_link,
            "s": lambda: app.commands.save(self.article_id, self.marks),
            "m": lambda: app.commands.mark_read(self.article_id, self.marks),
            " ": lambda: self._read_on(0.85),
            "down": lambda: self._read_on(0.15),
            "up": lambda: self._read_on(-0.15),
        }
        if not self.article_id or key not in deeds:
            return False
        deeds[key]()
        return True

    def turn(self, step: int) -> None:
        """Open the next article of the list that this one was opened from, or the one before it."""
        row = self.after if step > 0 else self.before
        if row is not None:
            App.get_running_app().commands.open(row.article_id, self._origin)

    def open_link(self) -> None:
        """Open the publisher's page."""
        if self.url:
            App.get_running_app().open_link(self.url)

    def share(self) -> None:
        """Hand title and address to another app."""
        if self.url:
            App.get_running_app().sharing.share(self.article_id, self.title, self.url)

    def set_text(self) -> None:
        """Offer another size and another face."""
        App.get_running_app().open_sheet(ReadingSheet())

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Note where a finger begins."""
        if self.collide_point(*touch.pos) and not touch.is_mouse_scrolling:
            touch.ud["turns"] = self
        return bool(super().on_touch_down(touch))

    def on_touch_up(self, touch: MotionEvent) -> bool:
        """Turn the page after a swipe to the side."""
        across, along = touch.x - touch.ox, touch.y - touch.oy
        if touch.ud.pop("turns", None) is self and abs(across) > dp(SWIPE_DP) and abs(across) > 2 * abs(along):
            self.turn(1 if across < 0 else -1)
        return bool(super().on_touch_up(touch))

    _origin = Origin.ELSEWHERE

    def _read_on(self, share: float) -> None:
        """Scroll by a share of what is in sight."""
        scroller = self.ids.scroller
        room = scroller.children[0].height - scroller.height
        if room > 0:
            scroller.scroll_y = min(max(scroller.scroll_y - share * scroller.height / room, 0.0), 1.0)

    def _find_neighbours(self) -> None:
        """The rows beside it in the list below it on the stack; where it was taken out of that, those of before."""
        navigation = App.get_running_app().navigation
        for place in reversed(navigation.stack):
            screen = navigation.screen(place.screen)
            if "cards" not in screen.ids:
                continue
            self._follow(screen.ids.cards)
            rows: list[StoryRow] = screen.ids.cards.rows
            here = next((number for number, row in enumerate(rows) if row.article_id == self.article_id), None)
            if here is not None:
                self.before = rows[here - 1] if here else None
                self.after = rows[here + 1] if here + 1 < len(rows) else None
                self._origin = getattr(screen, "origin", Origin.ELSEWHERE)
                screen.ids.cards.come_near(here + AHEAD)
            return

    def _follow(self, cards: Any) -> None:
        """Look again whenever the rows of a list change, as more of them may be there."""
        if self._list is not cards:
            if self._list is not None:
                self._list.unbind(rows=self._look_beside)
            self._list = cards
            cards.bind(rows=self._look_beside)

    def _look(self) -> Look:
        app = App.get_running_app()
        return Look(app.theme, app.settings.reading_scale, app.settings.serif)

    def _set_look(self, *_: object) -> None:
        self._set_title()
        self.ids.text.set_look(self._look())

    def _set_title(self) -> None:
        settings = App.get_running_app().settings
        self.title_font = SERIF if settings.serif and is_latin(self.title) else FONT
        # Half as much as the text: a word of the title is to fit in a line.
        self.title_size = f"{round(23 * (1 + settings.reading_scale) / 2)}sp"

    def _keep_place(self) -> None:
        if self._page is not None:
            self._places.pop(self._page.article_id, None)
            self._places[self._page.article_id] = self.ids.text.place()
            if len(self._places) > MOST_PLACES:
                del self._places[next(iter(self._places))]

    def _tell_dwell(self) -> None:
        if self._since is not None and self.article_id:
            App.get_running_app().commands.dwell(self.article_id, Clock.get_time() - self._since)
        self._since = None


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
