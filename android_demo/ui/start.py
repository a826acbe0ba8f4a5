"""The first start: a few things to pick, all of which can be skipped."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import ListProperty, ObjectProperty, StringProperty

from android_demo.core.pages.start import StartPage, begin, start_page
from android_demo.ui import listed, text_field
from android_demo.ui.page import Page
from android_demo.ui.widgets import Pill, Pills

__all__ = ["StartScreen", "text_field"]


class TopicPill(Pill):
    """A topic that can be picked, or own words that can be dropped again."""

    topic = StringProperty()
    do = ObjectProperty(None, allownone=True)

    def on_release(self) -> None:
        """Pick it, or drop it."""
        if self.do is not None:
            self.do(self)


class TopicPills(listed.Refilled, Pills):
    """Topics side by side."""

    kind = "TopicPill"


class StartScreen(Page):
    """Topics, own words and feeds."""

    ask = staticmethod(start_page)
    is_alone = True
    is_refreshed = False

    topics = ListProperty()  # picked
    own_words = ListProperty()

    def show(self, page: StartPage) -> None:
        """Offer the topics; what was picked stays."""
        self.ids.topics.put(
            [
                {"topic": topic, "words": words, "active": topic in self.topics, "do": self._pick}
                for topic, words in page.topics
            ]
        )

    def add_words(self, words: str) -> None:
        """Take in words of one's own."""
        words = " ".join(words.split())
        self.ids.words.text = ""
        if words and words not in self.own_words:
            self.own_words.append(words)

    def on_own_words(self, *_: object) -> None:
        """Show them; a tap drops one."""
        self.ids.own.put(
            [
                {
                    "topic": words,
                    "words": f"{words}  ×",
                    "active": True,
                    "do": lambda pill: self.own_words.remove(pill.topic),
                }
                for words in self.own_words
            ]
        )

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

    def _pick(self, pill: TopicPill) -> None:
        topic, pill.active = pill.topic, not pill.active
        self.topics = [*self.topics, topic] if pill.active else [one for one in self.topics if one != topic]


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
