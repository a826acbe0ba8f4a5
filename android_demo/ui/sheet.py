"""A sheet that slides over the bottom of a page; a tap beside it puts it away."""

from __future__ import annotations

from pathlib import Path

from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.uix.modalview import ModalView

from android_demo.ui import widgets

__all__ = ["Sheet", "widgets"]


class Sheet(ModalView):
    """Covers the window; what it holds stands at the bottom, in the widget with the id `paper`."""

    is_leaving = False  # it is put away, and still fades

    def on_pre_open(self) -> None:
        """It is wanted again."""
        self.is_leaving = False

    def on_pre_dismiss(self) -> None:
        """It fades; nothing on it can be tapped any more."""
        self.is_leaving = True

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Dismiss on a tap beside the paper, and keep every touch from the page behind."""
        if self.is_leaving:
            return True
        if not self.ids.paper.collide_point(*touch.pos):
            self.dismiss()
            return True
        super().on_touch_down(touch)
        return True


class Question(Sheet):
    """Asks before something is taken away for good."""

    def __init__(self, heading: str, words: str, yes: str, no: str, do: object) -> None:
        super().__init__()
        self.ids.heading.words, self.ids.words.words = heading, words
        self.ids.yes.words, self.ids.no.words = yes, no
        self._do = do

    def answer(self) -> None:
        """Do it."""
        self.dismiss()
        assert callable(self._do)
        self._do()


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
