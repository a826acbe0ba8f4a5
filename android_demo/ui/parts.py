"""What a long page is made of: its parts come one in a frame, as all of them at once would keep the window waiting."""

from __future__ import annotations

from pathlib import Path

from kivy.factory import Factory
from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty

from android_demo.ui.listed import Refilled
from android_demo.ui.stacked import Stacked


class Part(Stacked):
    """A part of a page, with the page at hand.

    Attributes:
        page: Its properties are followed as `root.page.NAME`.
    """

    page = ObjectProperty(None, rebind=True)


class Parts(Refilled, Stacked):
    """Parts one below the other; what has an id in one of them has it on the page too.

    Attributes:
        page: Whose parts they are.
        kinds: Names of rules of a `Part` each, from the top.
    """

    page = ObjectProperty(None, rebind=True)
    kinds = ListProperty()

    def on_kinds(self, *_: object) -> None:
        """Have them come, before what comes below them."""
        self.waiting.insert(0, self)
        self.put([{"kind": kind} for kind in self.kinds])

    def show_some(self) -> None:
        """Make the next one."""
        part = Factory.get(self.kinds[self._next])(page=self.page)
        self.add_widget(part)
        self.page.ids.update(part.ids)
        self._next += 1


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
