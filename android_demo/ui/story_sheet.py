"""What else can be done with a story of a list."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import ObjectProperty

from android_demo.core.title_words import words_to_mute
from android_demo.ui.sheet import Sheet
from android_demo.ui.widgets import Entry, Pill
from edge_runtime import RuleKind
from edge_runtime.screens.rows import StoryRow

__all__ = ["SheetEntry", "StorySheet"]


class SheetEntry(Entry):
    """An entry that is not there where it has no words."""


class StorySheet(Sheet):
    """Less like this, save, share, hide, mark, why, and mute what it is of."""

    row = ObjectProperty(rebind=True)

    def __init__(self, row: StoryRow) -> None:
        super().__init__(row=row)
        for word in words_to_mute(row.title):
            self.ids.words.add_widget(Pill(words=word, on_release=partial(self._mute_word, word)))

    def mute(self, kind: RuleKind, value: str) -> None:
        """Leave a source, topic or word out of the feed."""
        self.dismiss()
        App.get_running_app().commands.mute(kind, value)

    def _mute_word(self, word: str, _pill: Pill) -> None:
        self.mute(RuleKind.WORD, word)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
