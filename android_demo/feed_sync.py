"""Fetching the subscribed feeds behind what the reader does: how far it is, and the way to call it off."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from kivy.clock import Clock
from kivy.event import EventDispatcher
from kivy.properties import BooleanProperty, NumericProperty, ObjectProperty, StringProperty

from android_demo.core.pages.fetching import Standing, is_fetching_due, standing
from android_demo.core.pages.notifying import due
from android_demo.core.remedies import told
from android_demo.core.session import Session
from android_demo.navigation import Navigation
from android_demo.platform.notifier import Notifier
from android_demo.platform.zone import device_zone
from android_demo.ui.shell import Shell
from android_demo.ui.worker import Worker
from edge_runtime import EdgeError, FeedOutcome, SyncOptions

if TYPE_CHECKING:
    from edge_runtime import Notification, SyncRun, Wording

LOOK_S = 0.2  # how often it is looked whether a sync was called off while a feed is taken in


class FeedSync(EventDispatcher):
    """One sync at a time; what is wanted meanwhile comes after it.

    Attributes:
        is_running: Feeds are being fetched.
        num_done: Feeds of this sync that were fetched.
        num_all: Feeds of this sync.
        line: How far it is, else how old the stories are where that is to be said.
        latest: What became of the feed that was fetched last.
    """

    is_running = BooleanProperty(False)
    num_done = NumericProperty(0)
    num_all = NumericProperty(0)
    line = StringProperty()
    latest = ObjectProperty(None, allownone=True)

    def __init__(
        self,
        session: Session,
        worker: Worker,
        shell: Shell,
        navigation: Navigation,
        now: Callable[[], datetime],
        options: SyncOptions,
        notifier: Notifier,
    ) -> None:
        """Nothing is fetched yet.

        Args:
            session: Takes in what comes.
            worker: Runs it.
            shell: Counts what is unread, and says what went wrong.
            navigation: Knows the lists that show it.
            now: The clock.
            options: How servers are asked.
            notifier: Shows what is worth it after a sync.
        """
        super().__init__()
        self._session, self._worker, self._shell, self._navigation = session, worker, shell, navigation
        self._now, self._options, self._notifier = now, options, notifier
        self._listeners: list[Callable[[], None]] = []
        self._waiting: set[str] = set()  # feeds to be fetched after this sync
        self._run: SyncRun | None = None
        self._is_called_off = False
        self._is_quiet = False  # nobody asked for this sync: what it cannot do is no message
        self._note = ""
        for name in ("is_running", "num_done", "num_all"):
            self.fbind(name, self._say)

    def refresh(self, only: Collection[str] | None = None, then: Callable[[], None] = lambda: None) -> None:
        """Fetch all feeds now, or those at some addresses.

        Args:
            only: Addresses of subscriptions.
            then: Called when the sync is over, whatever came of it.
        """
        self._listeners.append(then)
        self._is_quiet = False
        if self.is_running:
            self._waiting |= {*only} if only is not None else set()
            return
        self._start(self._options, only)

    def fetch_if_due(self, after_min: int) -> None:
        """Fetch what is due if that was not done lately; being offline is told in the line above the lists alone.

        Args:
            after_min: Minutes since a publisher was last reached; 0 = never.
        """
        now = self._now()
        if after_min:
            self._worker.run(
                lambda: is_fetching_due(self._session, now, after_min),
                lambda is_due: self._start_quietly() if is_due else None,
                lambda _: None,
            )

    def cancel(self) -> None:
        """Call the sync off; feeds that were fetched are kept, the others are as they were."""
        self._is_called_off, self._waiting = True, set()
        if self._run is not None:
            self._run.stop.set()

    def close(self) -> None:
        """Call it off as the app ends, and keep what came."""
        self.cancel()
        if self._run is not None:
            self._worker.run(self._run.close, failed=lambda _: None)

    def forget(self) -> None:
        """The app failed somewhere: a sync that goes on goes on unseen."""
        self.cancel()
        self.is_running, self._run = False, None

    def look(self) -> None:
        """Say anew how old the stories are, and count what is unread."""
        now = self._now()
        self._worker.run(lambda: standing(self._session, now), self._show, lambda _: None, key="standing")

    def _start_quietly(self) -> None:
        if not self.is_running:
            self._is_quiet = True
            self._start(replace(self._options, force=False))

    def _start(self, options: SyncOptions, only: Collection[str] | None = None) -> None:
        self.num_done, self.num_all = 0, len(only) if only is not None else 0
        self.is_running, self._run, self._is_called_off = True, None, False
        now = self._now()
        self._worker.run(lambda: self._session.begin_sync(now, options, self._advance, only), self._begun, self._failed)

    def _begun(self, run: SyncRun) -> None:
        """Fetch in a thread of its own: the worker stays free for taps, and takes in one feed at a time."""
        self._run = run
        if self._is_called_off:
            run.stop.set()
        Thread(target=self._fetch, args=(run,), name="fetch", daemon=True).start()

    def _fetch(self, run: SyncRun) -> None:
        try:
            for arrived in run.arriving():
                taken = Event()  # waiting keeps few feeds in memory
                Clock.schedule_once(lambda _, one=arrived, taken=taken: self._take(run, one, taken))
                while not (taken.wait(LOOK_S) or run.stop.is_set()):
                    pass
        finally:
            Clock.schedule_once(lambda _: self._end(run))

    def _end(self, run: SyncRun) -> None:
        self._worker.run(partial(self._session.end_sync, run), self._done, self._failed)

    def _take(self, run: SyncRun, arrived: Any, taken: Event) -> None:
        def failed(error: EdgeError) -> None:
            run.stop.set()
            self._say_failed(error)

        self._worker.run(partial(run.take, arrived), lambda _: taken.set(), failed)

    def _advance(self, outcome: FeedOutcome) -> None:
        def on_kivys_thread(_dt: float) -> None:
            self.num_done, self.num_all, self.latest = outcome.done, outcome.total, outcome

        Clock.schedule_once(on_kivys_thread)

    def _done(self, outcomes: list[FeedOutcome]) -> None:
        self._over()
        if self._session.has_lost_samples:  # they are in sight, and can be opened no more
            self._session.has_lost_samples = False
            self._navigation.screen("feed").forget()  # type: ignore[attr-defined]  # the feed's own screen
        if any(outcome.added or outcome.updated for outcome in outcomes):
            self._navigation.refresh()
        self._navigation.refresh("feed", "feeds")
        if self._session.is_offline and not self._is_quiet:
            self._shell.say(lambda tr: tr("This device is offline. What was fetched before can be read."))
        self.look()
        now = self._now()
        self._worker.run(lambda: self._notify(now), self._tell_here, lambda _: None)

    def _notify(self, now: datetime) -> list[Notification]:
        """Show what is worth a notification; what the device does not show comes back."""
        found = due(self._session, now, device_zone())
        return [one for one in found if not self._notifier.post(one.title, one.body, one.article_id)]

    def _tell_here(self, unseen: list[Notification]) -> None:
        for one in unseen:
            go = partial(self._navigation.go, "article", article_id=one.article_id)
            said = partial(_in_a_line, one)
            self._shell.say(said, *((lambda tr: tr("Open"), go) if one.article_id else ()))

    def _failed(self, error: EdgeError) -> None:
        self._over()
        self._say_failed(error)

    def _say_failed(self, error: EdgeError) -> None:
        if not self._is_quiet:
            self._shell.offer_again(partial(told, error), self.refresh)

    def _over(self) -> None:
        self.is_running, self._run = False, None
        listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()
        if self._waiting:
            waiting, self._waiting = self._waiting, set()
            self.refresh(waiting)

    def _show(self, found: Standing) -> None:
        self._note = found.note
        self._say()
        self._shell.count("feed", found.unread)
        self._shell.count("latest", found.unread)

    def _say(self, *_: object) -> None:
        tr, is_known = self._session.tr, self.is_running and self.num_all
        going = tr("Fetching feeds: {done} of {all}", done=self.num_done, all=self.num_all) if is_known else ""
        self.line = going if self.is_running else self._note


def _in_a_line(one: Notification, tr: Wording) -> str:
    return tr.joined(one.title, one.body)
