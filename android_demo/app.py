"""The app: makes its parts and joins them; everything the runtime does happens on one worker thread."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from errno import EDQUOT, ENOSPC
from functools import partial
from pathlib import Path
from typing import Any

from kivy.app import App
from kivy.base import ExceptionManager
from kivy.clock import Clock
from kivy.metrics import Metrics
from kivy.properties import ObjectProperty

import edge_runtime
from android_demo import collector
from android_demo.commands import Commands
from android_demo.commands_sharing import Sharing
from android_demo.core.remedies import told
from android_demo.core.session import FirstArticles, Session
from android_demo.core.settings import Settings, load_settings, save_settings
from android_demo.core.theme import LIGHT, theme_of
from android_demo.core.wording import wording_of
from android_demo.feed_sync import FeedSync
from android_demo.navigation import Navigation
from android_demo.platform.device import on_android
from android_demo.platform.links import open_in_browser
from android_demo.platform.look import is_system_dark, language_of
from android_demo.platform.notifier import Notifier, device_notifier
from android_demo.platform.sharing import Shared, share
from android_demo.platform.storage import app_data_dir
from android_demo.ui.fault import LastHandler
from android_demo.ui.keys import Keys
from android_demo.ui.pictures import Pictures
from android_demo.ui.runs import device_fonts
from android_demo.ui.sheet import Sheet
from android_demo.ui.shell import Shell
from android_demo.ui.touches import Touches
from android_demo.ui.worker import Worker
from edge_runtime import (
    EdgeError,
    Notice,
    Remedy,
    StorageError,
    SyncOptions,
    Wording,
    demo_articles,
)
from edge_runtime.screens.why import WhySheet

SETTLED_S = 3.0  # after which what a start made is there


def utc_now() -> datetime:
    """The time, from the clock."""
    return datetime.now(UTC)


class EdgeNewsApp(App):
    """Joins session, worker, screens and commands.

    Attributes:
        theme: Colours; kv follows `app.theme.ink`.
        tr: Words; kv follows `app.tr('Back')`.
        settings: What the reader set in the app itself.
        feeds: Fetches the subscribed feeds; kv follows `app.feeds.is_running`.
        commands: What a reader does.
        keys: Hears of the keyboard.
        navigation: Where the reader is.
    """

    title = "Edge News"
    theme = ObjectProperty(LIGHT, rebind=True)
    tr = ObjectProperty(Wording(), rebind=True)
    settings = ObjectProperty(Settings(), rebind=True)
    feeds = ObjectProperty(None, rebind=True, allownone=True)

    def __init__(
        self,
        data_dir: Path | None = None,
        bundle: Path | None = None,
        first_articles: FirstArticles = demo_articles,
        now: Callable[[], datetime] = utc_now,
        open_link: Callable[[str], None] = open_in_browser,
        share: Callable[[str, str], Shared] = share,
        sync_options: SyncOptions | None = None,
        notifier: Notifier | None = None,
    ) -> None:
        """Every argument has a default for a real start.

        Args:
            data_dir: Where profile, cache and settings live; `app_data_dir()` if not given.
            bundle: The model; the one that came with the runtime if not given.
            first_articles: What an empty cache is filled with.
            now: The clock, UTC-aware.
            open_link: Opens a web address outside of the app.
            share: Hands a title and an address to another app.
            sync_options: How servers of feeds are asked.
            notifier: Shows notifications; this device's own if not given.
        """
        super().__init__()
        self.last_handler = LastHandler()
        self.now = now
        self.open_link = open_link
        self._share = share
        self.sync_options = sync_options or SyncOptions(force=True, time_limit_s=20.0)
        self.data_dir = data_dir or app_data_dir()
        self.session = Session(self.data_dir / "reader", bundle, first_articles)
        self.notifier = notifier or device_notifier()
        self.worker = Worker(self._failed, self.session.mend)
        self.network = Worker(self._failed)  # what waits for a server and needs no reader
        self.pictures = Pictures(self.data_dir / "thumbnails", self.session, self.worker, now, self.sync_options)
        self.sheet: Sheet | None = None  # the one opened last

    def build(self) -> Shell:
        """Make the frame of the window."""
        self.settings = load_settings(self.data_dir)
        self._system_text_scale = Metrics.fontscale
        self._apply(self.settings)
        self.shell = Shell()
        self.shell.name_tabs(self.tr)
        self.navigation = Navigation(self.shell, self.worker, self.session, self.now)
        self.sharing = Sharing(self.session, self.worker, self.shell, self.now, self._share)
        self.feeds = FeedSync(
            self.session,
            self.worker,
            self.shell,
            self.navigation,
            self.now,
            self.sync_options,
            self.notifier,
        )
        self.feeds.bind(is_running=lambda _, is_running: None if is_running else self.pictures.fetch())
        self.commands = Commands(self.session, self.worker, self.shell, self.navigation, self.now, self.feeds)
        self.keys = Keys(self)
        self._touches = Touches()
        ExceptionManager.add_handler(self.last_handler)
        return self.shell

    def on_start(self) -> None:
        """Rank once the window is there."""
        self.start_reading()

    def start_reading(self) -> None:
        """Open the runtime and show the feed, or say why that cannot be."""
        message = self.navigation.screen("message")
        message.say(lambda tr: tr("Reading the news"), lambda tr: tr("Your device ranks the stories by itself."))
        self.navigation.go("message")
        # In the frame after the next: this one draws what was said before the runtime is loaded.
        Clock.schedule_once(lambda _: Clock.schedule_once(lambda _: self._open(message)))

    def _open(self, message: Any) -> None:
        if on_android():
            edge_runtime.prepare_engines()
        now = self.now()

        def started(notices: tuple[Notice, ...]) -> None:
            for notice in notices:
                self.shell.say(partial(told, notice))
            self.commands.profile.show_private()
            self.navigation.go("feed" if self.settings.is_started else "start")
            self.feeds.look()
            self.pictures.turn(is_on=self.settings.images)
            self._fetch_as_opened()
            Clock.schedule_once(lambda _: collector.leave_out_what_stays(), SETTLED_S)

        def cannot(error: EdgeError) -> None:
            message.say(lambda tr: tr("This device cannot rank the news"), partial(told, error), can_retry=True)

        self.worker.run(lambda: self.session.start(now), started, cannot)
        # While that runs, as all cards of a screen at once would keep the window waiting.
        Clock.schedule_once(lambda _: self.navigation.screen("feed").ids.cards.make_ahead())
        self.worker.run(device_fonts)  # else the first story in Arabic or Hindi looks for them

    def on_pause(self) -> bool:
        """Keep what was in sight; all else is kept when it is done."""
        for screen in self.navigation.in_sight():
            screen.leave()
        self.worker.run(self.session.keep_counts, failed=lambda _: None)
        return True

    def on_resume(self) -> None:
        """Time went on: ages, and perhaps the order; and there may be news."""
        self.navigation.refresh()
        self.feeds.look()
        self._fetch_as_opened()

    def on_stop(self) -> None:
        """Close the databases."""
        self.keys.stop()
        ExceptionManager.remove_handler(self.last_handler)
        self.feeds.close()
        self.pictures.stop()
        self._touches.stop()
        self.on_pause()
        Metrics.fontscale = self._system_text_scale
        self.network.leave()
        self.worker.finish(self.session.close)
        collector.look_through_all()

    def open_settings(self, *_: object) -> bool:
        """Kivy's own settings panel, behind F1 and Android's menu key, is none of ours."""
        return False

    def set(self, **changed: object) -> None:
        """Change settings of the app; where they cannot be kept they hold until it ends."""
        self.settings = Settings.of({**{name: getattr(self.settings, name) for name in Settings.__slots__}, **changed})
        language = self.tr.language
        self._apply(self.settings)
        self.pictures.turn(is_on=self.settings.images)
        if self.tr.language != language:
            self.shell.name_tabs(self.tr)
            self.navigation.say_anew()
            self.feeds.look()
        self.worker.run(partial(self._keep, self.settings), key="settings")

    def open_sheet(self, sheet: Sheet) -> None:
        """Open a sheet, in the place of one that is open."""
        if self.sheet is not None:
            self.sheet.dismiss(animation=False)
        self.sheet = sheet
        sheet.open()

    def show_why(self, article_id: str) -> None:
        """Open the sheet that explains a place in the feed."""
        from android_demo.ui.why import Why
        from edge_runtime.screens.why import why_page

        now = self.now()

        def explained(page: WhySheet) -> None:
            sheet = Why()
            sheet.show(page)
            self.open_sheet(sheet)

        self.commands.do(lambda session: why_page(session, now, article_id), explained, once="why")

    def erase(self) -> None:
        """Forget the reader."""
        self.commands.profile.erase()

    def after_fault(self) -> None:
        """Something in the app failed: what was asked for and not done counts as not asked, and the reader goes on."""
        self._touches.after_fault()
        self.commands.forget_pending()
        self.feeds.forget()
        if self.sheet is not None:
            self.sheet.dismiss(animation=False)
        self.navigation.go("fault")

    def back(self) -> bool:
        """Close a sheet, or go back; False where that leaves the app."""
        if self.sheet is not None and self.sheet.parent is not None:
            self.sheet.dismiss()
            return True
        return self.navigation.back()

    def _fetch_as_opened(self) -> None:
        if self.settings.is_started:  # the first start fetches by itself
            self.feeds.fetch_if_due(self.settings.fetch_after_min)

    def _apply(self, settings: Settings) -> None:
        self.theme = theme_of(settings.theme, is_system_dark=is_system_dark())
        language = language_of(settings)
        if language != self.tr.language:
            self.tr = self.session.tr = wording_of(language)
        Metrics.fontscale = self._system_text_scale * settings.text_scale

    def _keep(self, settings: Settings) -> None:
        try:
            save_settings(self.data_dir, settings)
        except OSError as error:
            remedy = Remedy.FREE_SPACE if error.errno in (ENOSPC, EDQUOT) else Remedy.MAKE_WRITABLE
            raise StorageError("the settings could not be kept", remedy) from error

    def _failed(self, error: EdgeError, again: Callable[[], None]) -> None:
        self.shell.offer_again(partial(told, error), again)
