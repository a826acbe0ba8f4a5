"""A sheet that slides over the bottom of a page; a tap beside it puts it away."""

from __future__ import annotations

from pathlib import Path

from kivy.input import MotionEvent
from kivy.lang import Builder
from kivy.uix.modalview import ModalView


class Sheet(ModalView):
    """Covers the window; what it holds stands at the bottom, in the widget with the id `paper`."""

    def on_touch_down(self, touch: MotionEvent) -> bool:
        """Dismiss on a tap beside the paper, and keep every touch from the page behind."""
        if not self.ids.paper.collide_point(*touch.pos):
            self.dismiss()
            return True
        super().on_touch_down(touch)
        return True


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
