"""The page of words that the reader picks in titles."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty

from android_demo.ui import listed
from android_demo.ui.page import Page
from edge_runtime.screens.words import WordRow, WordsPage, words_page

__all__ = ["WordsScreen", "listed"]


class WordsScreen(Page):
    """Words that are picked, passed over, and dropped."""

    ask = staticmethod(words_page)
    is_detail = True

    has_picked = BooleanProperty(False)
    has_passed = BooleanProperty(False)
    has_dropped = BooleanProperty(False)

    def show(self, page: WordsPage) -> None:
        """List what there is now."""
        app = App.get_running_app()
        self.has_picked, self.has_passed, self.has_dropped = bool(page.picked), bool(page.passed), bool(page.dropped)
        self._list("picked", page.picked)
        self._list("passed", page.passed)
        self.ids.dropped.put(
            [
                {
                    "words": word,
                    "sign": "undo",
                    "name": app.tr("Take back"),
                    "do": partial(app.commands.profile.keep_word, word),
                }
                for word in page.dropped
            ]
        )

    def _list(self, name: str, rows: Sequence[WordRow]) -> None:
        app = App.get_running_app()
        self.ids[name].put(
            [
                {
                    "words": row.word,
                    "about": row.about,
                    "bar": row.bar,
                    "has_bar": True,
                    "sign": "close",
                    "name": app.tr("Drop"),
                    "do": partial(app.commands.profile.drop_word, row.word),
                }
                for row in rows
            ]
        )


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
