"""What stands round the screens: tabs, messages, the way to take a deed back, a second pane where there is room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import BooleanProperty, DictProperty, ListProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.behaviors import ButtonBehavior
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from android_demo.ui import widgets
from android_demo.ui.page import Page
from android_demo.ui.screens import TABS
from edge_runtime.screens.reading import Said

__all__ = ["Shell", "widgets"]

WIDE = 700  # dp; from here on tabs stand at the side, and a detail beside its list
BAR, RAIL, RAIL_TAB = 60, 88, 68  # dp: height of the bar of tabs, width of the rail, height of a tab of it
UNDO_S = 8.0
MOST_WAITING = 8  # messages


class Tab(ButtonBehavior, BoxLayout):
    """A way to one of the main screens."""

    screen = StringProperty()
    sign = StringProperty()
    text = StringProperty()
    number = NumericProperty(0)  # unread, 0 = not shown
    active = BooleanProperty(False)


class TabBar(BoxLayout):
    """The tabs; where there are none, what stands in their place gets the touches."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Pass touches on while there are tabs."""
        return not self.disabled and bool(super().on_touch_down(touch))


class Banner(BoxLayout):
    """A message over the screens: what went wrong, and a way to try again; it follows the language."""

    said = ObjectProperty(None, allownone=True)  # makes `text`
    offered = ObjectProperty(None, allownone=True)  # makes `action`
    text = StringProperty()
    action = StringProperty()

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._do: Callable[[], None] | None = None
        self._waiting: list[tuple[Said, Said | None, Callable[[], None] | None]] = []

    def say(self, said: Said, offered: Said | None = None, do: Callable[[], None] | None = None) -> None:
        """Show a message in the place of the one before."""
        self.said, self.offered, self._do = said, offered, do

    def say_next(self, said: Said, offered: Said | None = None, do: Callable[[], None] | None = None) -> None:
        """Show a message once those before it were put away; one that says the same as another takes its place."""
        tr = App.get_running_app().tr
        if not self.text or self.text == said(tr):
            self.say(said, offered, do)
            return
        self._waiting = [one for one in self._waiting if one[0](tr) != said(tr)][-MOST_WAITING:]
        self._waiting.append((said, offered, do))

    def act(self) -> None:
        """Do what the message offers, and take it away."""
        do = self._do
        self.dismiss()
        if do is not None:
            do()

    def dismiss(self) -> None:
        """Take the message away, and show the one that waits."""
        self.said, self.offered, self._do = None, None, None
        if self._waiting:
            self.say(*self._waiting.pop(0))


class Shell(FloatLayout):
    """The window's content."""

    is_wide = BooleanProperty(False)
    has_tabs = BooleanProperty(False)
    tab = StringProperty()
    is_private = BooleanProperty(False)  # nothing that is done is kept
    numbers = DictProperty()  # screen -> what its tab counts
    insets = ListProperty([0, 0, 0, 0])  # px that bars of the system cover: left, top, right, bottom

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._tabs = {screen: Tab(screen=screen, sign=sign) for screen, sign, _ in TABS}
        for tab in self._tabs.values():
            self.ids.tabs.add_widget(tab, index=1)  # before the filler
        self._undo_timer = Clock.create_trigger(lambda *_: self.ids.undo.dismiss(), UNDO_S)
        self.fbind("width", self._measure)
        self.fbind("has_tabs", self._measure)
        self._measure()

    def name_tabs(self, tr: Callable[[str], str]) -> None:
        """Say the tabs in a language."""
        for screen, _, text in TABS:
            self._tabs[screen].text = tr(text)

    def put(self, screens: Sequence[Page], tab: str) -> None:
        """Show one screen, or a list and its detail beside it.

        Args:
            screens: One or two.
            tab: The one that is lit; "" for none.
        """
        beside = screens[1] if len(screens) > 1 else None
        for pane, screen in ((self.ids.main, screens[0]), (self.ids.beside, beside)):
            for other in [one for one in pane.children if one is not screen]:
                other.dispatch("on_pre_leave")
                pane.remove_widget(other)
            if screen is not None and screen.parent is not pane:
                if screen.parent is not None:
                    screen.parent.remove_widget(screen)
                pane.add_widget(screen)
                screen.dispatch("on_enter")
        self.ids.beside.size_hint_x = 1.2 if beside is not None else None
        self.ids.beside.width = 0
        self.ids.beside.opacity = 1 if beside is not None else 0
        self.has_tabs = not screens[0].is_alone
        self.tab = tab
        for name, one in self._tabs.items():
            one.active = name == tab

    def count(self, screen: str, number: int) -> None:
        """Show how many are unread behind a tab."""
        self._tabs[screen].number = number

    def say(self, said: Said, offered: Said | None = None, do: Callable[[], None] | None = None) -> None:
        """Show a message until it is put away; several come one after the other.

        Args:
            said: The message.
            offered: What its button is called; None for no button.
            do: What the button does.
        """
        self.ids.banner.say_next(said, offered, do)

    def offer_again(self, said: Said, again: Callable[[], None]) -> None:
        """Say what went wrong, with the way to try again."""
        self.say(said, lambda tr: tr("Try again"), again)

    def offer_undo(self, said: Said, undo: Callable[[], None]) -> None:
        """Say what was done, with the way back, for a few seconds."""
        self.ids.undo.say(said, lambda tr: tr("Undo"), undo)
        self._undo_timer.cancel()
        self._undo_timer()

    def _measure(self, *_: object) -> None:
        """Put the tabs at the side where there is room, and under the screens where there is none."""
        self.is_wide = self.width >= dp(WIDE)
        body, tabs = self.ids.body, self.ids.tabs
        body.remove_widget(tabs)
        body.add_widget(tabs, index=1 if self.is_wide else 0)
        tabs.orientation = "vertical" if self.is_wide else "horizontal"
        tabs.size_hint = (None, 1) if self.is_wide else (1, None)
        tabs.size = (dp(RAIL), dp(BAR)) if self.has_tabs else (0, 0)
        for tab in self._tabs.values():
            tab.size_hint_y, tab.height = (None, dp(RAIL_TAB)) if self.is_wide else (1, tab.height)
        self.ids.filler.size_hint = (1, 1) if self.is_wide else (None, None)
        self.ids.filler.size = (0, 0)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
