"""The "why" sheet: bars that add up to the score, and past reads that can be taken away to see it move."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from android_demo.ui.sheet import Sheet
from edge_runtime.screens.why import WhySheet, bring_back, take_away


class PartRow(BoxLayout):
    """One named part of the score."""

    label = StringProperty()
    value = StringProperty()
    was = StringProperty()
    bar = NumericProperty(0)


class SimilarReadRow(BoxLayout):
    """One past read and its share."""

    title = StringProperty()
    share = StringProperty()
    bar = NumericProperty(0)
    article_id = StringProperty()  # "" where it cannot be taken away

    def __init__(self, take: Callable[[], None], **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.take = take


class Why(Sheet):
    """Why one article stands where it stands."""

    title = StringProperty()
    about = StringProperty()
    hidden = StringProperty()
    is_hidden = BooleanProperty(False)  # by the reader, story by story
    total = StringProperty()
    total_was = StringProperty()
    standing = StringProperty()
    has_words = BooleanProperty(False)
    has_reads = BooleanProperty(False)
    taken = StringProperty()  # what was taken away last

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._page: WhySheet | None = None
        self._before: dict[str, str] = {}  # values, as they were when the sheet was opened
        self._taken: list[tuple[str, str]] = []  # article id and title, oldest first

    def show(self, page: WhySheet) -> None:
        """Fill the sheet."""
        self._page = page
        self._before = self._before or dict(page.values)
        self.title, self.about, self.hidden, self.standing = page.title, page.about, page.hidden, page.standing
        self.is_hidden = page.marks.is_hidden
        self.total, self.total_was = page.total, page.total_was
        self.has_words, self.has_reads = bool(page.words), bool(page.reads)
        for column, rows in ((self.ids.parts, page.rows), (self.ids.words, page.words)):
            column.clear_widgets()
            for row in rows:
                column.add_widget(PartRow(label=row.label, value=row.value, was=row.was, bar=row.bar))
        self.ids.reads.clear_widgets()
        for read in page.reads:
            self.ids.reads.add_widget(
                SimilarReadRow(
                    partial(self.take_away, read.article_id, read.title),
                    title=read.title,
                    share=read.share,
                    bar=read.bar,
                    article_id=read.article_id,
                )
            )

    def take_away(self, read_id: str, title: str) -> None:
        """Forget a past read and show what moves."""

        def taken(page: WhySheet) -> None:
            self._taken.append((read_id, title))
            self._tell(page)

        self._do(take_away, read_id, taken)

    def bring_back(self) -> None:
        """Undo the latest taking away."""
        if not self._taken:
            return
        read_id, _ = self._taken[-1]

        def back(page: WhySheet) -> None:
            self._taken.pop()
            self._tell(page)

        self._do(bring_back, read_id, back)

    def show_again(self) -> None:
        """Bring a hidden story back into the feed."""
        assert self._page is not None
        self.dismiss()
        App.get_running_app().commands.hide(self._page.article_id, self._page.marks)

    def _do(self, deed: Callable[..., WhySheet], read_id: str, then: Callable[[WhySheet], None]) -> None:
        app, page = App.get_running_app(), self._page
        assert page is not None
        now, before = app.now(), self._before

        def call(session: Any) -> WhySheet:
            return deed(session, now, page.article_id, read_id, before)

        app.commands.do(call, then, once="take away")

    def _tell(self, page: WhySheet) -> None:
        app = App.get_running_app()
        self.taken = app.tr("“{title}” is taken away.", title=self._taken[-1][1]) if self._taken else ""
        self.show(page)
        app.commands.rank()


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
