"""Drives the app without a person: frames, taps, swipes and pictures, for tests and screenshots.

`prepare_offscreen` comes before the first import of kivy. SDL's offscreen driver needs no display, only Mesa's
EGL (Debian: libgl1 libegl1 libgles2 libgl1-mesa-dri libmtdev1).
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from android_demo.collector import look_seldom

if TYPE_CHECKING:
    from kivy.tests.common import UnitTestTouch
    from kivy.uix.widget import Widget

    from android_demo.app import EdgeNewsApp

PHONE_PX = (412, 892)  # at density 1


def prepare_offscreen(text_scale: float = 1.0, size: tuple[int, int] = PHONE_PX) -> None:
    """Have Kivy open a window without a display, at density 1 and with no settings but these.

    Args:
        text_scale: Of the system.
        size: px; a width that is no multiple of 4 gives skewed pictures.
    """
    look_seldom()
    if not os.environ.get("DISPLAY"):
        os.environ.setdefault("SDL_VIDEODRIVER", "offscreen")
    os.environ.update(
        KIVY_NO_ARGS="1",
        KIVY_NO_CONFIG="1",
        KIVY_NO_FILELOG="1",
        KIVY_IMAGE="sdl2",
        KIVY_LOG_MODE="PYTHON",
        KIVY_METRICS_DENSITY="1",
        KIVY_METRICS_FONTSCALE=str(text_scale),
        KIVY_DPI="160",
        LIBGL_ALWAYS_SOFTWARE="1",
    )
    from kivy.config import Config

    # The window is opened by the first import of the app, and an offscreen frame buffer never changes its size.
    Config.set("graphics", "width", str(size[0]))
    Config.set("graphics", "height", str(size[1]))
    Config.set("graphics", "maxfps", "0")  # the loop must not wait for a screen
    Config.set("kivy", "exit_on_escape", "0")  # a window that closes takes all later apps of the process with it
    for device, _ in Config.items("input"):
        Config.remove_option("input", device)


class Driver:
    """Hands and eyes on a running app."""

    def __init__(self, app: EdgeNewsApp) -> None:
        """Start an app and let it draw its first frames."""
        from kivy.clock import Clock

        self.app = app
        self.is_strict = True  # a fault of the app is raised here, in the place of the page that tells of it
        self._kivys_own = Clock.get_events()
        app._run_prepare()  # what run() does before its endless loop; Kivy has no public way to it
        try:
            self.frames(3)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """End the app and leave the window empty for the next one, and nothing that it still wanted to do."""
        from kivy.base import EventLoop
        from kivy.clock import Clock
        from kivy.core.window import Window
        from kivy.uix.recycleview import views

        from android_demo.ui.listed import Refilled

        self.app.stop()
        for event in Clock.get_events():
            if event not in self._kivys_own:
                event.cancel()
        for child in Window.children[:]:
            Window.remove_widget(child)
        Window.canvas.clear()
        EventLoop.touches.clear()
        Refilled.waiting.clear()
        # Kivy keeps cards beyond their app, and they follow the theme of the app that made them.
        views._cached_views.clear()
        views._cache_count = 0
        EventLoop.status = "created"

    def frames(self, count: int) -> None:
        """Let the app draw so many frames."""
        from kivy.base import EventLoop

        for _ in range(count):
            EventLoop.idle()
            if self.app.last_handler.last is not None and self.is_strict:
                raise self.app.last_handler.last

    def until(self, condition: Callable[[], bool], timeout_s: float = 20.0) -> None:
        """Let frames pass until something is true.

        Raises:
            TimeoutError: It did not become true.
        """
        end = time.monotonic() + timeout_s
        while not condition():
            if time.monotonic() > end:
                raise TimeoutError(f"the app did not reach the expected state within {timeout_s} s")
            self.frames(1)

    def on_screen(self, name: str) -> Any:
        """Wait until a screen is in sight and filled, and return it."""
        self.until(lambda: any(screen.name == name for screen in self.app.navigation.in_sight()))
        self.rest()
        return self.app.navigation.screen(name)

    def go(self, name: str, **arguments: Any) -> Any:
        """Go to a screen, as by a tap on what leads there, and return it."""
        self.app.navigation.go(name, **arguments)
        return self.on_screen(name)

    def rest(self) -> None:
        """Wait until nothing that was asked for is still to be done, and rows that come over some frames are there."""
        from android_demo.ui.listed import Refilled

        app = self.app
        self.until(
            lambda: not (app.worker.num_waiting or app.network.num_waiting or app.feeds.is_running or Refilled.waiting)
        )
        self.frames(3)

    def tour(self) -> Iterator[str]:
        """Go to every screen and open every sheet, and name each while it is shown."""
        from android_demo.ui.screens import SCREENS

        article_id = self.app.navigation.screen("feed").ids.cards.rows[0].article_id
        for name in SCREENS:
            wants_article = "article_id" in getattr(self.app.navigation.screen(name).ask, "__annotations__", {})
            if wants_article:
                self.go("feed")  # it stands beside the list that it is of
            self.go(name, **({"article_id": article_id} if wants_article else {}))
            yield name
        self.go("feed")
        # Another one, which was not looked at: of a story that was read its place alone is told.
        for sheet in self.sheets(self.app.navigation.screen("feed").ids.cards.rows[5].article_id):
            self.app.open_sheet(sheet)
            self.rest()
            self.until(lambda: self.app.sheet._anim_alpha == 1)
            yield type(sheet).__name__
            self.close_sheet()

    def sheets(self, article_id: str) -> Iterator[Any]:
        """One of every kind of sheet, filled and not yet open."""
        from android_demo.ui.feeds import FeedSheet
        from android_demo.ui.reading_sheet import ReadingSheet
        from android_demo.ui.sheet import Question
        from android_demo.ui.story_sheet import StorySheet
        from android_demo.ui.why import Why
        from edge_runtime.screens.feeds import FeedRow
        from edge_runtime.screens.why import why_page

        app, now, why = self.app, self.app.now(), Why()
        yield StorySheet(app.navigation.screen("feed").ids.cards.rows[0])
        app.commands.do(lambda session: why_page(session, now, article_id), why.show)
        self.rest()
        yield why
        yield ReadingSheet()
        yield FeedSheet(
            FeedRow("https://news.example/feed", "A newspaper of some city", "news.example", "", False, 3, "World", ""),
            ("World", "Science and technology"),
        )
        yield Question(
            app.tr("Erase what the app knows of you?"),
            app.tr("This cannot be undone."),
            app.tr("Erase"),
            app.tr("Keep it"),
            lambda: None,
        )

    def close_sheet(self) -> None:
        """Put the sheet in front away."""
        if self.app.sheet is not None:
            self.app.sheet.dismiss(animation=False)
        self.frames(2)

    def touch_at(self, x: float, y: float) -> None:
        """Tap a point of the window."""
        from kivy.tests.common import UnitTestTouch

        touch = UnitTestTouch(x, y)
        touch.touch_down()
        self.frames(2)
        touch.touch_up()
        self.frames(3)

    def touch_twice(self, x: float, y: float) -> None:
        """Tap a point of the window, told by two devices as a touch screen can be on a desktop."""
        from kivy.tests.common import UnitTestTouch

        touches = [UnitTestTouch(x, y), UnitTestTouch(x, y)]
        touches[1].device = "probesysfs"
        for touch in touches:
            touch.touch_down()
        self.frames(2)
        for touch in touches:
            touch.touch_up()
            self.frames(1)

    def tap(self, widget: Widget) -> None:
        """Tap a widget's middle, once it is where it is to be and no sheet that is leaving lies over it."""
        self.frames(2)
        self.until(lambda: self.app.sheet is None or not self.app.sheet.is_leaving or self.app.sheet.parent is None)
        before = None
        while (place := widget.to_window(*widget.center)) != before:
            before = place
            self.frames(2)
        self.touch_at(*place)

    def show(self, widget: Widget) -> None:
        """Scroll until a widget is in sight."""
        scroller: Any = widget.parent
        while not hasattr(scroller, "scroll_to"):
            scroller = scroller.parent
        self.frames(2)
        scroller.scroll_to(widget, animate=False)
        self.frames(3)

    def drag(self, x: float, y: float, dy: float, steps: int = 8) -> UnitTestTouch:
        """Move a finger up (dy > 0) or down, and leave it on the glass."""
        from kivy.tests.common import UnitTestTouch

        touch = UnitTestTouch(x, y)
        touch.touch_down()
        for step in range(1, steps + 1):
            touch.touch_move(x, y + dy * step / steps)
            self.frames(1)
        return touch

    def swipe(self, x: float, y: float, dy: float) -> None:
        """Drag a finger over the screen, as one who scrolls."""
        self.drag(x, y, dy).touch_up()
        self.frames(2)

    def slide(self, widget: Widget, dx: float, dy: float = 0.0, steps: int = 8) -> UnitTestTouch:
        """Move a finger from a widget's middle, and leave it on the glass."""
        from kivy.tests.common import UnitTestTouch

        x, y = widget.to_window(*widget.center)
        touch = UnitTestTouch(x, y)
        touch.touch_down()
        for step in range(1, steps + 1):
            touch.touch_move(x + dx * step / steps, y + dy * step / steps)
            self.frames(1)
        return touch

    def find(self, kind: str, within: Widget | None = None, **values: object) -> Widget:
        """The first widget of a class whose properties have these values.

        Raises:
            LookupError: There is none.
        """
        for widget in (within or self._top()).walk(restrict=True):
            if type(widget).__name__ == kind and all(getattr(widget, name) == value for name, value in values.items()):
                return widget
        raise LookupError(f"no {kind} with {values} is on the screen")

    def all_of(self, kind: str, within: Widget | None = None) -> list[Any]:
        """All widgets of a class, topmost first."""
        found = [widget for widget in (within or self._top()).walk(restrict=True) if type(widget).__name__ == kind]
        return sorted(found, key=lambda widget: -widget.to_window(*widget.pos)[1])

    def cards(self, screen: str = "feed") -> list[Any]:
        """A list's cards in sight, from the top."""
        cards = self.app.navigation.screen(screen).ids.cards
        bottom = cards.to_window(*cards.pos)[1]
        return [card for card in self.all_of("StoryCard", cards) if card.to_window(0, card.center_y)[1] > bottom]

    def card(self, article_id: str, screen: str = "feed") -> Any:
        """The card that shows an article now; RecycleView deals its cards anew whenever a row changes.

        Raises:
            LookupError: It is not in sight.
        """
        return self.find("StoryCard", self.app.navigation.screen(screen).ids.cards, article_id=article_id)

    def judge(self, article_id: str, verdict: str) -> None:
        """Like an article by its card, or want less of it by its sheet, and wait until it is kept."""
        if verdict == "like":
            self.tap(self.find("IconButton", self.card(article_id), sign="like"))
        else:
            self.more(article_id)
            self.tap(self.app.sheet.ids.less)
        self.until(lambda: self.card(article_id).marks.verdict == verdict)
        self.rest()

    def more(self, article_id: str) -> Any:
        """Open the sheet of what else can be done with an article, and return it."""
        self.tap(self.find("IconButton", self.card(article_id), sign="more"))
        self.until(lambda: self.app.sheet is not None and self.app.sheet._anim_alpha == 1)
        return self.app.sheet

    def read(self, article_id: str) -> None:
        """Open an article by a tap on its title, and wait for its page."""
        self.rest()  # a list that got another height deals its cards anew
        card = self.card(article_id)
        self.touch_at(*card.to_window(card.x + 60, card.top - 40))
        self.on_screen("article")

    def picture(self, path: Path) -> Path:
        """Write the window as a PNG."""
        from kivy.core.window import Window

        self.frames(2)
        path.parent.mkdir(parents=True, exist_ok=True)
        os.replace(Window.screenshot(name=str(path)), path)  # Kivy puts a number into the name
        return path

    def _top(self) -> Widget:
        """The sheet in front, or else the app's whole content."""
        from kivy.core.window import Window

        sheets = [child for child in Window.children if child is not self.app.root]
        return sheets[0] if sheets else self.app.root
