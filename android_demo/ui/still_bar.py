"""The bar of what scrolls, which goes without being faded."""

from __future__ import annotations

from kivy.uix.scrollview import ScrollView


class StillBar(ScrollView):
    """Kivy fades the bar: thirty frames of the whole window after each page that comes and each finger that goes."""

    def _bind_inactive_bar_color(self, *_: object) -> None:
        """Do as Kivy's own method, in one frame."""
        self.funbind("bar_color", self._change_bar_color)
        self.fbind("bar_inactive_color", self._change_bar_color)
        self._bar_color = self.bar_inactive_color
