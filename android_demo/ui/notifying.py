"""Notifications: off until asked, how many, when, of which feeds, and what today would have brought."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from android_demo.core.pages import notifying
from android_demo.core.pages.notifying import NotifyingPage, notifying_page
from android_demo.platform.zone import device_zone
from android_demo.ui import listed
from android_demo.ui.page import Page
from android_demo.ui.widgets import Switch

__all__ = ["NotifyingScreen", "SourceSwitch", "ToldStory", "listed"]


class ToldStory(BoxLayout):
    """A text and what is said of it."""

    title = StringProperty()
    about = StringProperty()


class SourceSwitch(Switch):
    """Whether a source may notify."""

    turn = ObjectProperty(None, allownone=True)

    def on_release(self) -> None:
        """Show it at once."""
        self.active = not self.active
        if self.turn is not None:
            self.turn(may_send=self.active)


class NotifyingScreen(Page):
    """How much disturbance the reader wants."""

    ask = staticmethod(lambda session, now: notifying_page(session, now, device_zone()))

    is_on = BooleanProperty(False)
    is_forbidden = BooleanProperty(False)  # by the device
    num_sent = NumericProperty(0)
    left = StringProperty()
    has_sources = BooleanProperty(False)

    def show(self, page: NotifyingPage) -> None:
        """Show the settings and what they mean."""
        self.is_on, self.left, self.num_sent = page.is_on, page.left, len(page.sent)
        settings, tr = page.settings, App.get_running_app().tr
        self._offer("thresholds", [(value, tr(name)) for value, name in notifying.THRESHOLDS], settings.threshold)
        self._offer("caps", [(cap, tr.number(cap)) for cap in notifying.CAPS], settings.daily_cap)
        self._offer("quiet", [(hours, tr(name)) for hours, name in notifying.QUIET], settings.quiet_hours)
        self._offer("digests", [(times, tr(name)) for times, name in notifying.DIGESTS], settings.digest_times)
        self.has_sources = bool(page.sources)
        self.ids.sent.put([{"title": one.title, "about": one.body} for one in page.sent])
        self.ids.verdicts.put([{"title": one.title, "about": one.why} for one in page.verdicts])
        self.ids.sources.put(
            [{"words": name, "active": may, "turn": partial(self._let, name)} for name, may in page.sources]
        )

    def switch(self) -> None:
        """Turn notifications on, for which the device may have to be asked first, or off."""
        app = App.get_running_app()
        wanted = not self.is_on
        self.is_on = wanted

        if wanted:  # the answer may come on another thread
            app.notifier.ask(lambda is_allowed: self._answered(is_forbidden=not is_allowed))
        else:
            self.is_forbidden = False
        self._do(lambda session: notifying.switch(session, is_on=wanted))

    def choose(self, field: str, value: Any, *_is_wanted: bool) -> None:
        """Set one setting."""
        self._do(lambda session: notifying.choose(session, **{field: value}))

    @staticmethod
    def _field(place: str) -> str:
        return {"thresholds": "threshold", "caps": "daily_cap", "quiet": "quiet_hours", "digests": "digest_times"}[
            place
        ]

    def _answered(self, *, is_forbidden: bool) -> None:
        Clock.schedule_once(lambda _: setattr(self, "is_forbidden", is_forbidden))

    def _offer(self, place: str, choices: list[tuple[Any, str]], standing: Any) -> None:
        do = partial(self.choose, self._field(place))
        self.ids[place].put(
            [{"words": words, "active": value == standing, "do": partial(do, value)} for value, words in choices]
        )

    def _let(self, name: str, *, may_send: bool) -> None:
        self._do(lambda session: notifying.let_source(session, name, may_send=may_send))

    def _do(self, call: Any) -> None:
        app = App.get_running_app()
        app.commands.do(call, lambda _: app.navigation.refresh(self.name))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
