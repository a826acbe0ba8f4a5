"""The page of what the device believes of its reader, and how to make it forget."""

from __future__ import annotations

from pathlib import Path

from kivy.app import App
from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from android_demo.core.pages.you import YouPage, you_page
from android_demo.ui.page import Page
from android_demo.ui.sheet import Question


class TopicShare(BoxLayout):
    """One topic's share of the reading."""

    topic = StringProperty()
    share = StringProperty()
    bar = NumericProperty(0)


class PastEvent(BoxLayout):
    """One thing the reader did."""

    title = StringProperty()
    meta = StringProperty()


class YouScreen(Page):
    """What the device knows of its reader, with the way to forget it."""

    ask = staticmethod(you_page)
    tab = "you"

    summary = StringProperty()
    older = StringProperty()
    has_events = BooleanProperty(False)
    has_topics = BooleanProperty(False)

    def show(self, page: YouPage) -> None:
        """Put a page of the core on the screen, in the place of what was there."""
        self.summary, self.older = page.summary, page.older
        self.has_events, self.has_topics = bool(page.events), bool(page.topics)
        self.ids.topics.clear_widgets()
        for topic in page.topics:
            self.ids.topics.add_widget(TopicShare(topic=topic.topic, share=topic.share, bar=topic.bar))
        self.ids.events.clear_widgets()
        for event in page.events:
            self.ids.events.add_widget(PastEvent(title=event.title, meta=event.meta))

    def ask_to_erase(self) -> None:
        """Open the question that comes before forgetting."""
        app = App.get_running_app()
        app.open_sheet(
            Question(
                app.tr("Erase what the app knows of you?"),
                app.tr(
                    "Every opened and liked story is forgotten, and the feed starts anew. The stories stay. This "
                    "cannot be undone."
                ),
                app.tr("Erase"),
                app.tr("Keep it"),
                app.erase,
            )
        )


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
