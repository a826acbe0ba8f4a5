"""Joins the screens to the runtime; everything the runtime does happens on one worker thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from kivy.app import App
from kivy.core.window import Window
from kivy.properties import ObjectProperty
from kivy.uix.screenmanager import ScreenManager, SlideTransition

from android_demo.core.article import ArticlePage
from android_demo.core.interests import InterestsPage
from android_demo.core.remedies import told
from android_demo.core.session import FirstArticles, Ranking, Session
from android_demo.core.settings import Settings, load_settings, save_settings
from android_demo.core.theme import DARK, LIGHT
from android_demo.core.why import WhySheet
from android_demo.platform.links import open_in_browser
from android_demo.platform.storage import app_data_dir
from android_demo.ui.article import ArticleScreen
from android_demo.ui.feed import FeedScreen
from android_demo.ui.interests import EraseQuestion, InterestsScreen
from android_demo.ui.message import MessageScreen
from android_demo.ui.sheet import Sheet
from android_demo.ui.why import Why
from android_demo.ui.worker import Worker
from edge_runtime import EdgeError, Signal, demo_articles, prepare_engines

SAMPLE_NOTE = (
    "Samples: HuffPost headlines of 2018-2022 (News Category Dataset, CC BY 4.0) "
    "and made-up Chinese ones, with shifted dates."
)
BACK_KEY = 27  # Escape on a desktop, "back" on Android


def utc_now() -> datetime:
    """The time, from the clock."""
    return datetime.now(UTC)


class EdgeNewsApp(App):
    """Joins the session, the worker and the screens; every command of a screen ends here."""

    title = "Edge News"
    theme = ObjectProperty(LIGHT, rebind=True)  # kv follows `app.theme.ink` through it only when it may rebind

    def __init__(
        self,
        data_dir: Path | None = None,
        bundle: Path | None = None,
        first_articles: FirstArticles = demo_articles,
        now: Callable[[], datetime] = utc_now,
        open_link: Callable[[str], None] = open_in_browser,
    ) -> None:
        """Every argument has a default for a real start.

        Args:
            data_dir: Where profile, cache and settings live; `app_data_dir()` if not given.
            bundle: The model; the one that came with the runtime if not given.
            first_articles: What an empty cache is filled with.
            now: The clock, UTC-aware.
            open_link: Opens a web address outside of the app.
        """
        super().__init__()
        self.now = now
        self.open_link = open_link
        self._data_dir = data_dir or app_data_dir()
        self._session = Session(self._data_dir / "reader", bundle, first_articles)
        self._worker = Worker(self._cannot_go_on)
        self.sheet: Sheet | None = None  # the one opened last

    def build(self) -> ScreenManager:
        """Make the screens and start the first ranking."""
        if load_settings(self._data_dir).dark:
            self.theme = DARK
        self.message, self.feed = MessageScreen(name="message"), FeedScreen(name="feed")
        self.article, self.interests = ArticleScreen(name="article"), InterestsScreen(name="interests")
        manager = ScreenManager(transition=SlideTransition(duration=0.15))
        for screen in (self.message, self.feed, self.article, self.interests):
            manager.add_widget(screen)
        Window.bind(on_keyboard=self._on_key)
        return manager

    def on_start(self) -> None:
        """Rank once the window is there."""
        prepare_engines()
        self.start_reading()

    def open_settings(self, *_: object) -> bool:
        """Kivy's own settings panel, behind F1 and Android's menu key, is none of ours."""
        return False

    def on_pause(self) -> bool:
        """Keep what was in sight; all else is kept when it is done."""
        self.tell_shown()
        return True

    def on_stop(self) -> None:
        """Close the databases."""
        Window.unbind(on_keyboard=self._on_key)
        self.tell_shown()
        self._worker.finish(self._session.close)

    def start_reading(self) -> None:
        """Open the runtime and show the feed, or say why that cannot be."""
        self.message.heading, self.message.message = "Reading the news", "Your device ranks the stories by itself."
        self.message.can_retry = False
        now = self.now()

        def started(ranking: Ranking) -> None:
            self.feed.show(ranking, SAMPLE_NOTE if ranking.has_samples else "")
            self._go("feed")

        self._worker.run(lambda: self._session.start(now), started)

    def tell_shown(self) -> None:
        """Keep what has been in sight of the feed: what is passed over teaches too."""
        seen, at = self.feed.ids.cards.take_seen(), self.now()
        if seen:
            self._worker.run(lambda: self._session.mark_shown(seen, at), lambda _: None)

    def open_article(self, article_id: str) -> None:
        """Show an article; opening it is kept."""
        self.tell_shown()
        at, shown = self.now(), self.feed.shown_ids()

        def opened(result: tuple[ArticlePage, Ranking]) -> None:
            page, ranking = result
            self.article.show(page, ranking.verdicts.get(article_id, ""))
            self.feed.offer(ranking)
            self._go("article")

        self._worker.run(lambda: self._session.open_article(article_id, at, shown), opened)

    def read_on(self) -> None:
        """Rank more, as the list's end is near."""
        now, shown = self.now(), self.feed.shown_ids()
        self._worker.run(lambda: self._session.rank(now, shown), self.feed.go_on)

    def like(self, article_id: str) -> None:
        """Keep that the reader wants more like this."""
        self._judge(article_id, Signal.LIKE)

    def less_like(self, article_id: str) -> None:
        """Keep that the reader wants less like this."""
        self._judge(article_id, Signal.DISLIKE)

    def show_why(self, article_id: str) -> None:
        """Open the sheet that explains a place in the feed."""
        now = self.now()

        def explained(sheet: WhySheet) -> None:
            self.sheet = Why()
            self.sheet.show(sheet)

        self._worker.run(lambda: self._session.why(article_id, now), explained)

    def show_interests(self) -> None:
        """Show what the device knows."""
        now = self.now()

        def known(page: InterestsPage) -> None:
            self.interests.show(page)
            self._go("interests")

        self._worker.run(lambda: self._session.interests(now), known)

    def ask_to_erase(self) -> None:
        """Open the question that comes before forgetting."""
        self.sheet = EraseQuestion()
        self.sheet.open()

    def erase(self) -> None:
        """Forget the reader, and at once what was seen: it would be kept again behind the erasing."""
        self.feed.ids.cards.forget_seen()
        now = self.now()

        def erased(result: tuple[InterestsPage, Ranking]) -> None:
            page, ranking = result
            self.interests.show(page)
            self.feed.show(ranking, self.feed.note)

        self._worker.run(lambda: self._session.erase(now), erased)

    def show_feed(self) -> None:
        """Go back to the feed, where it was left."""
        self._go("feed")

    def toggle_theme(self) -> None:
        """Change between light and dark, and keep the choice where something can be kept."""
        self.theme = LIGHT if self.theme is DARK else DARK
        with suppress(OSError):
            save_settings(self._data_dir, Settings(dark=self.theme is DARK))

    def _judge(self, article_id: str, signal: Signal) -> None:
        at, shown = self.now(), self.feed.shown_ids()

        def judged(ranking: Ranking) -> None:
            if self.article.article_id == article_id:
                self.article.verdict = str(signal)
            self.feed.offer(ranking)

        self._worker.run(lambda: self._session.record(article_id, signal, at, shown), judged)

    def _cannot_go_on(self, error: EdgeError) -> None:
        self.message.heading, self.message.message = "This device cannot rank the news", told(error)
        self.message.can_retry = True
        self._go("message")

    def _go(self, screen: str) -> None:
        self.root.transition.direction = "right" if screen == "feed" else "left"
        self.root.current = screen

    def _on_key(self, _window: object, key: int, *_: object) -> bool:
        """Back closes a sheet, then returns to the feed, then leaves the app."""
        if key != BACK_KEY:
            return False
        if self.sheet is not None and self.sheet.parent is not None:
            self.sheet.dismiss()
            return True
        if self.root.current in ("article", "interests"):
            self.show_feed()
            return True
        return False
