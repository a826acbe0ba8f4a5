"""Pictures of numbers, drawn from plain data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.graphics import Color, Line, Rectangle, SmoothEllipse
from kivy.lang import Builder
from kivy.metrics import dp
from kivy.properties import ListProperty, NumericProperty
from kivy.uix.widget import Widget

GAP = 4  # dp between columns
DOT = 10  # dp, of a point
OWN_DOT = 16


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


class FrontChart(Widget):
    """Points of several sizes with their intervals, higher is better; a line joins those that no other beats."""

    points = ListProperty()  # of `core.pages.size_front.SizePoint`, smallest first

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._draw_soon = Clock.create_trigger(self._draw)
        for name in ("points", "pos", "size"):
            self.fbind(name, self._draw_soon)
        App.get_running_app().fbind("theme", self._draw_soon)

    def place(self, along: float, high: float) -> tuple[float, float]:
        """Where a point of the chart is on the screen, in px; an edge is left free for the largest dot."""
        edge = dp(OWN_DOT / 2 + 4)
        return (
            self.x + edge + along * max(0.0, self.width - 2 * edge),
            self.y + edge + high * max(0.0, self.height - 2 * edge),
        )

    def _draw(self, *_: object) -> None:
        theme = App.get_running_app().theme
        self.canvas.clear()
        if not self.points:
            return
        with self.canvas:
            Color(*theme.line)
            Rectangle(pos=self.pos, size=(self.width, dp(1)))
            unbeaten = [place for one in self.points if one.is_unbeaten for place in self.place(one.along, one.mean)]
            Color(*theme.muted)
            Line(points=unbeaten, width=dp(1), dash_offset=dp(3), dash_length=dp(4))
            for point in self.points:
                self._draw_point(point)

    def _draw_point(self, point: Any) -> None:
        theme = App.get_running_app().theme
        x, y = self.place(point.along, point.mean)
        (_, low), (_, high) = self.place(point.along, point.low), self.place(point.along, point.high)
        Color(*(theme.accent if point.is_own else theme.muted))
        # Whole pixels: else one line is drawn thicker than the next.
        thick, left = max(1, round(dp(2))), round(x - dp(1))
        Rectangle(pos=(left, round(low)), size=(thick, round(high) - round(low)))
        for end in (low, high):
            Rectangle(pos=(left - round(dp(3)), round(end)), size=(thick + 2 * round(dp(3)), thick))
        middle, across = left + thick / 2, dp(OWN_DOT if point.is_own else DOT)
        SmoothEllipse(pos=(middle - across / 2, y - across / 2), size=(across, across))
        if not point.is_unbeaten:
            Color(*theme.card)
            across -= dp(4)
            SmoothEllipse(pos=(middle - across / 2, y - across / 2), size=(across, across))


class IntervalBar(Widget):
    """Where a share surely lies on the way from 0 to 1, with a mark at a half."""

    low = NumericProperty(0)
    high = NumericProperty(1)
    share = NumericProperty(0.5)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
