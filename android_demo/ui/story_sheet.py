"""What else can be done with a story of a list."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import ObjectProperty

from android_demo.core.rows import StoryRow
from android_demo.ui.sheet import Sheet


class StorySheet(Sheet):
    """Less like this, save, hide, mark, mute, why."""

    row = ObjectProperty(rebind=True)

    def __init__(self, row: StoryRow) -> None:
        super().__init__(row=row)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
