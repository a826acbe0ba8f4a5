"""The article page: words from `core.pages.article`, buttons for what the reader thinks of it."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import ObjectProperty, StringProperty

from android_demo.core.marks import Marks
from android_demo.core.pages.article import ArticlePage, article_page
from android_demo.ui.page import Page
from android_demo.ui.text import Words


class Paragraph(Words):
    """A label of its own for each paragraph: one long text would outgrow a phone's largest texture."""


class ArticleScreen(Page):
    """One article, and what the reader says of it."""

    ask = staticmethod(article_page)
    is_detail = True
    is_refreshed = False

    article_id = StringProperty()
    title = StringProperty()
    meta = StringProperty()
    url = StringProperty()
    link = StringProperty()
    marks = ObjectProperty(Marks(), rebind=True)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._since: float | None = None  # s of Kivy's clock, when it came in sight

    def show(self, page: ArticlePage) -> None:
        """Fill the page and go to its top."""
        self._tell_dwell()
        self._since = Clock.get_time()
        self.article_id, self.title, self.meta = page.article_id, page.title, page.meta
        self.url, self.link, self.marks = page.url, page.link, page.marks
        self.ids.paragraphs.clear_widgets()
        for paragraph in page.paragraphs:
            self.ids.paragraphs.add_widget(Paragraph(words=paragraph))
        self.ids.scroller.scroll_y = 1

    def mark(self, article_id: str, marks: Marks) -> None:
        """It has new marks."""
        if article_id == self.article_id:
            self.marks = marks

    def leave(self) -> None:
        """Keep how long it was looked at."""
        self._tell_dwell()

    def _tell_dwell(self) -> None:
        if self._since is not None and self.article_id:
            App.get_running_app().commands.dwell(self.article_id, Clock.get_time() - self._since)
        self._since = None


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
