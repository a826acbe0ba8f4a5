"""Pictures of numbers, drawn from plain data."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.graphics import Color, Rectangle
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

GAP = 4  # dp between columns


class WeeksChart(Widget):
    """A column for each week, of shares one above the other; a week without any is a short line."""

    weeks = ListProperty()  # oldest first, each a sequence of shares
    colours = ListProperty()  # of the shares: places in `Theme.badges`, -1 for what is not named

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._draw_soon = Clock.create_trigger(self._draw)
        for name in ("weeks", "colours", "pos", "size"):
            self.fbind(name, self._draw_soon)
        App.get_running_app().fbind("theme", self._draw_soon)

    def _draw(self, *_: object) -> None:
        theme = App.get_running_app().theme
        self.canvas.clear()
        if not self.weeks:
            return
        gap = dp(GAP)
        width = (self.width - gap * (len(self.weeks) - 1)) / len(self.weeks)
        with self.canvas:
            for place, shares in enumerate(self.weeks):
                left, bottom = self.x + place * (width + gap), self.y
                if not any(shares):
                    Color(*theme.line)
                    Rectangle(pos=(left, bottom), size=(width, dp(2)))
                for share, colour in zip(shares, self.colours, strict=True):
                    Color(*(theme.badges[int(colour)] if colour >= 0 else theme.muted))
                    height = share * self.height
                    Rectangle(pos=(left, bottom), size=(width, max(0.0, height - dp(1))))
                    bottom += height


class IntervalBar(Widget):
    """Where a share surely lies on the way from 0 to 1, with a mark at a half."""

    low = NumericProperty(0)
    high = NumericProperty(1)
    share = NumericProperty(0.5)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
