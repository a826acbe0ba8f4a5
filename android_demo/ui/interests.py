"""The interests page: what the device knows, and how to make it forget."""

from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.screenmanager import Screen

from android_demo.core.interests import InterestsPage
from android_demo.ui.sheet import Sheet


class TopicShare(BoxLayout):
    """One topic's share of the reading."""

    topic = StringProperty()
    share = StringProperty()
    bar = NumericProperty(0)


class PastEvent(BoxLayout):
    """One thing the reader did."""

    title = StringProperty()
    meta = StringProperty()


class EraseQuestion(Sheet):
    """Asks before everything is forgotten."""


class InterestsScreen(Screen):
    """The screen of what the device knows of its reader, with the way to forget it."""

    summary = StringProperty()
    older = StringProperty()
    has_events = BooleanProperty(False)
    has_topics = BooleanProperty(False)

    def show(self, page: InterestsPage) -> None:
        """Put a page of the core on the screen, in the place of what was there."""
        self.summary, self.older = page.summary, page.older
        self.has_events, self.has_topics = bool(page.events), bool(page.topics)
        self.ids.topics.clear_widgets()
        for topic in page.topics:
            self.ids.topics.add_widget(TopicShare(topic=topic.topic, share=topic.share, bar=topic.bar))
        self.ids.events.clear_widgets()
        for event in page.events:
            self.ids.events.add_widget(PastEvent(title=event.title, meta=event.meta))


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
