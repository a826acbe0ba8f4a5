"""Searching the stories of this device, as one types."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.clock import Clock
from kivy.lang import Builder
from kivy.properties import BooleanProperty, ObjectProperty, StringProperty

from android_demo.ui import text_field
from android_demo.ui.listing import ListingPage
from android_demo.ui.widgets import Pill
from edge_runtime import Origin
from edge_runtime.screens.rows import StoryRow
from edge_runtime.screens.search import SearchFilter, SearchPage, search_page, toggled, with_term

__all__ = ["SearchScreen", "text_field"]

Choice = tuple[str, bool, Callable[[], None]]  # its words, whether it is taken, what taking it does

PAUSE_S = 0.3  # after the last key, before it is searched


class SearchScreen(ListingPage):
    """A field to type in, what was searched for lately, topics, and what is found."""

    tab = "search"
    is_refreshed = False
    origin = Origin.SEARCH
    query = StringProperty()  # as it was searched for last
    where = ObjectProperty(SearchFilter(), rebind=True)
    topic_name = StringProperty()  # of the topic that is asked for, as it is called
    keeps_terms = BooleanProperty(False)
    is_idle = BooleanProperty(True)  # nothing is asked for yet
    has_terms = BooleanProperty(False)

    def __init__(self, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self._soon = Clock.create_trigger(self._search, PAUSE_S)

    @property
    def ask(self) -> Any:
        """What is typed, among what is wanted."""
        return partial(search_page, query=self.query, where=self.where)

    def on_enter(self, *_: object) -> None:
        """Ready to be typed in, where nothing is asked for yet."""
        super().on_enter()
        if not (self.query or self.where):
            self.focus_field()

    def on_pre_leave(self, *_: object) -> None:
        """The keyboard goes."""
        super().on_pre_leave()
        self.ids.field.focus = False

    def focus_field(self) -> None:
        """Type from now on; once the touch or key that led here is over."""
        Clock.schedule_once(lambda _: setattr(self.ids.field, "focus", self.ids.cards.in_view))

    def typed(self) -> None:
        """A key was pressed in the field: search when no other one follows."""
        self._soon.cancel()
        if self.ids.field.text.strip() != self.query:
            self._soon()

    def settle(self) -> None:
        """What is typed is meant: search it now, learn from it, and keep it among the terms."""
        self._soon.cancel()
        self.query = self.ids.field.text.strip()
        self._run(teach=bool(self.query))
        self._keep_term()

    def take_term(self, term: str) -> None:
        """Search for a term of before."""
        self.ids.field.text = term
        self.settle()

    def take_topic(self, topic: str, called: str) -> None:
        """List what is about a topic."""
        self.topic_name = called
        self.limit(topic=topic)

    def clear(self) -> None:
        """Begin anew."""
        self._soon.cancel()
        self.ids.field.text = self.query = ""
        self.where = SearchFilter()
        self._run()
        self.focus_field()

    def limit(self, **field: object) -> None:
        """Set one field of the filter, or take it away where it is so already."""
        ((name, value),) = field.items()
        self.where = toggled(self.where, name, value)
        self._run()

    def forget_terms(self) -> None:
        """Keep none of the terms."""
        App.get_running_app().set(recent_searches=())
        self._offer_terms()

    def show(self, page: Any) -> None:
        """Show what was found; of more than one answer only that to the newest question."""
        assert isinstance(page, SearchPage)
        if (page.query, page.where) != (self.query, self.where):
            return
        self.keeps_terms, where = page.keeps_terms, page.where
        self.is_idle = not (page.query or where.topic)
        if self.is_idle:
            topics = [(called, False, partial(self.take_topic, name, called)) for name, called in page.topics]
            self._fill("topics", topics)
            self._offer_terms()
        self._fill("filters", [] if self.is_idle else self._filters(page))
        super().show(page.found)
        self.note = page.count

    def read_on(self) -> None:
        """Find more of the same."""
        app = App.get_running_app()
        now, depth, ask, question = app.now(), len(self.ids.cards.rows), self.ask, (self.query, self.where)

        def made(page: SearchPage) -> None:
            if question == (self.query, self.where):
                self.ids.cards.go_on(page.found.rows, is_all=page.found.is_all)

        app.worker.run(lambda: ask(app.session, now, depth=depth), made, key=("more", self.name))

    def open_story(self, row: StoryRow) -> None:
        """Open what was found: the term was a good one."""
        self._keep_term()
        super().open_story(row)

    def on_key(self, key: str) -> bool:
        """As in any list; "/" goes back to the field."""
        if key == "/":
            self.focus_field()
            return True
        return super().on_key(key)

    def _search(self, *_: object) -> None:
        self.query = self.ids.field.text.strip()
        self._run()

    def _run(self, *, teach: bool = False) -> None:
        app = App.get_running_app()
        now, ask = app.now(), self.ask
        app.worker.run(lambda: ask(app.session, now, teach=teach), self.show, key="search")

    def _filters(self, page: SearchPage) -> list[Choice]:
        tr, where = App.get_running_app().tr, page.where
        choices: list[tuple[str, bool, dict[str, object]]] = [
            (tr("Not read"), where.is_unread, {"is_unread": True}),
            (tr("Saved"), where.is_saved, {"is_saved": True}),
            (tr("Last week"), where.is_recent, {"is_recent": True}),
            *((one, one == where.source, {"source": one}) for one in page.sources),
        ]
        if where.topic:
            choices.insert(0, (self.topic_name, True, {"topic": where.topic}))
        return [(words, active, partial(self.limit, **field)) for words, active, field in choices]

    def _keep_term(self) -> None:
        app = App.get_running_app()
        if self.query and self.keeps_terms:
            app.set(recent_searches=with_term(app.settings.recent_searches, self.query))

    def _offer_terms(self) -> None:
        terms = App.get_running_app().settings.recent_searches
        self.has_terms = bool(terms)
        self._fill("terms", [(term, False, partial(self.take_term, term)) for term in terms])

    def _fill(self, pills: str, choices: list[Choice]) -> None:
        """Offer choices; the same ones again stay as they are."""
        there = self.ids[pills]
        if [(pill.words, pill.active) for pill in reversed(there.children)] == [one[:2] for one in choices]:
            return
        there.clear_widgets()
        for words, active, do in choices:
            pill = Pill(words=words, active=active)
            pill.fbind("on_release", lambda _, do=do: do())
            there.add_widget(pill)


Builder.load_file(str(Path(__file__).with_suffix(".kv")))
