"""The first start: a few things to pick, all of which can be skipped."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import ListProperty, StringProperty

from android_demo.core.pages.start import StartPage, begin, start_page
from android_demo.ui import text_field
from android_demo.ui.page import Page
from android_demo.ui.widgets import Pill

__all__ = ["StartScreen", "text_field"]


class TopicPill(Pill):
    """A topic that can be picked, or own words that can be dropped again."""

    topic = StringProperty()


class StartScreen(Page):
    """Topics, own words and feeds."""

    ask = staticmethod(start_page)
    is_alone = True
    is_refreshed = False

    topics = ListProperty()  # picked
    own_words = ListProperty()

    def show(self, page: StartPage) -> None:
        """Offer the topics; what was picked stays."""
        self.ids.topics.clear_widgets()
        for topic, words in page.topics:
            pill = TopicPill(topic=topic, words=words, active=topic in self.topics)
            pill.bind(on_release=partial(self._pick, topic))
            self.ids.topics.add_widget(pill)

    def add_words(self, words: str) -> None:
        """Take in words of one's own."""
        words = " ".join(words.split())
        self.ids.words.text = ""
        if words and words not in self.own_words:
            self.own_words.append(words)

    def on_own_words(self, *_: object) -> None:
        """Show them; a tap drops one."""
        self.ids.own.clear_widgets()
        for words in self.own_words:
            pill = TopicPill(topic=words, words=f"{words}  ×", active=True)
            pill.bind(on_release=lambda _, words=words: self.own_words.remove(words))
            self.ids.own.add_widget(pill)

    def begin(self) -> None:
        """Keep what was picked, and read."""
        self.add_words(self.ids.words.text)
        app = App.get_running_app()
        now, topics, words = app.now(), [*self.topics], [*self.own_words]
        if not topics and not words:
            self.skip()
            return
        app.commands.do(lambda session: begin(session, now, topics, words), lambda _: self.skip(), once="begin")

    def skip(self) -> None:
        """Read at once."""
        app = App.get_running_app()
        app.set(is_started=True)
        app.navigation.go("feed")

    def _pick(self, topic: str, pill: TopicPill) -> None:
        pill.active = not pill.active
        self.topics = [*self.topics, topic] if pill.active else [one for one in self.topics if one != topic]


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
