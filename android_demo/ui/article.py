"""The article page: words from `core.article`, buttons for what the reader thinks of it."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import StringProperty
from kivy.uix.screenmanager import Screen

from android_demo.core.article import ArticlePage
from android_demo.ui.text import Words


class Paragraph(Words):
    """A label of its own for each paragraph: one long text would outgrow a phone's largest texture."""


class ArticleScreen(Screen):
    """One article, and what the reader says of it."""

    article_id = StringProperty()
    title = StringProperty()
    meta = StringProperty()
    url = StringProperty()
    link = StringProperty()
    verdict = StringProperty()

    def show(self, page: ArticlePage, verdict: str) -> None:
        """Fill the page and go to its top."""
        self.article_id, self.title, self.meta = page.article_id, page.title, page.meta
        self.url, self.link, self.verdict = page.url, page.link, verdict
        self.ids.paragraphs.clear_widgets()
        for paragraph in page.paragraphs:
            self.ids.paragraphs.add_widget(Paragraph(words=paragraph))
        self.ids.scroller.scroll_y = 1


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
