"""What a reader does: shown at once, kept behind, taken back where that can be."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any

from android_demo.commands_lists import ListCommands
from android_demo.commands_profile import ProfileCommands
from android_demo.core.remedies import told
from android_demo.core.session import Session
from android_demo.feed_sync import FeedSync
from android_demo.navigation import Navigation
from android_demo.ui.shell import Shell
from android_demo.ui.worker import Worker
from edge_runtime import EdgeError, Origin, RuleKind, Signal
from edge_runtime.screens.marks import Marks, Verdict
from edge_runtime.screens.reading import Said
from edge_runtime.screens.stories import StoriesPage, for_you_page


class Commands:
    """Every deed of a reader; screens call these and hear of the result by `Page.mark` and `Page.show`."""

    def __init__(
        self,
        session: Session,
        worker: Worker,
        shell: Shell,
        navigation: Navigation,
        now: Callable[[], datetime],
        feeds: FeedSync,
    ) -> None:
        """Nothing is done yet.

        Args:
            session: Keeps what is done.
            worker: Runs it.
            shell: Offers to take it back.
            navigation: Knows the screens that show it.
            now: The clock.
            feeds: Fetches the subscribed feeds.
        """
        self.feeds = feeds
        self._session, self._worker, self._shell, self._navigation = session, worker, shell, navigation
        self._now = now
        self._marks: dict[str, Marks] = {}  # of articles that were judged here; what is shown before it is kept
        self._pending: set[Hashable] = set()
        self.profile = ProfileCommands(self, shell, navigation, now)
        self.lists = ListCommands(self, shell, navigation, now)

    def judge(self, article_id: str, verdict: Verdict, marks: Marks) -> None:
        """Want more or less like this; the same again takes it back.

        Args:
            article_id: What it is about.
            verdict: "like" or "dislike".
            marks: As the screen shows them.
        """
        wanted: Verdict = "" if marks.verdict == verdict else verdict
        said: dict[Verdict, Said] = {
            "like": lambda tr: tr("More like this"),
            "dislike": lambda tr: tr("Less like this"),
            "": lambda tr: tr("Taken back"),
        }
        self._change(
            article_id,
            marks,
            replace(marks, verdict=wanted),
            said[wanted],
            lambda session, at, to: session.judge(article_id, to.verdict, at),
        )

    def save(self, article_id: str, marks: Marks) -> None:
        """Keep an article for later; again, not any more."""
        is_saved = marks.is_saved
        self._change(
            article_id,
            marks,
            replace(marks, is_saved=not is_saved),
            lambda tr: tr("Not saved any more") if is_saved else tr("Saved for later"),
            lambda session, at, to: session.save(article_id, at, is_saved=to.is_saved),
        )

    def hide(self, article_id: str, marks: Marks) -> None:
        """Leave an article out of the feed; again, not any more."""
        is_hidden = marks.is_hidden
        self._change(
            article_id,
            marks,
            replace(marks, is_hidden=not is_hidden),
            lambda tr: tr("Shown again") if is_hidden else tr("Hidden"),
            lambda session, at, to: session.hide(article_id, at, is_hidden=to.is_hidden),
        )

    def mark_read(self, article_id: str, marks: Marks) -> None:
        """Mark an article as read, or as not read; it teaches nothing."""
        is_read = marks.is_read
        self._change(
            article_id,
            marks,
            replace(marks, is_read=not is_read),
            lambda tr: tr("Not read any more") if is_read else tr("Marked as read"),
            lambda session, at, to: session.reader.mark_read([article_id], at, is_read=to.is_read),
        )

    def mute(self, kind: RuleKind, value: str) -> None:
        """Leave a source, topic or word out of the feed."""
        self.lists.mute(kind, value)

    def open(self, article_id: str, origin: Origin, marks: Marks | None = None) -> None:
        """Keep that an article was opened, and show it.

        Args:
            article_id: Which one.
            origin: The list that it was opened from.
            marks: As that list shows them.
        """
        at = self._now()
        self.tell(article_id, replace(marks or self._marks.get(article_id, Marks()), is_read=True))
        self._worker.run(
            lambda: self._session.record(article_id, Signal.OPEN, at, origin), lambda _: self.rank(), key=None
        )
        self._navigation.go("article", article_id=article_id)

    def dwell(self, article_id: str, seconds: float) -> None:
        """Keep how long an article was looked at."""
        at = self._now()
        self._worker.run(
            lambda: self._session.reader.record(article_id, Signal.DWELL, at, dwell_s=seconds),
            failed=lambda _: None,
        )

    def shown(self, article_ids: list[str]) -> None:
        """Keep what of the feed was in sight: what is passed over teaches too."""
        at = self._now()
        if article_ids:
            self._worker.run(lambda: self._session.mark_shown(article_ids, at), failed=lambda _: None)

    def rank(self) -> None:
        """Rank anew and offer the order; only the newest wish of several is done."""
        feed, now = self._navigation.screen("feed"), self._now()
        depth = feed.depth()  # type: ignore[attr-defined]  # the feed's own screen

        def ranked(page: StoriesPage) -> None:
            feed.offer(page)  # type: ignore[attr-defined]

        self._worker.run(lambda: for_you_page(self._session, now, depth), ranked, key="rank")
        self.feeds.look()

    def do(
        self,
        call: Callable[[Session], Any],
        then: Callable[[Any], None] = lambda _: None,
        *,
        once: Hashable = None,
    ) -> None:
        """Have the session do something; a second wish under the same name while it is not done is none."""
        if once is not None and once in self._pending:
            return
        self._pending.add(once)

        def done(result: Any) -> None:
            self._pending.discard(once)
            then(result)

        def failed(error: EdgeError) -> None:
            self._pending.discard(once)
            self._shell.offer_again(partial(told, error), lambda: self.do(call, then, once=once))

        self._worker.run(lambda: call(self._session), done, failed)

    def refresh_feeds(self, then: Callable[[], None] = lambda: None) -> None:
        """Fetch all feeds now.

        Args:
            then: Called when that is over, whatever came of it.
        """
        self.feeds.refresh(then=then)

    def forget_pending(self) -> None:
        """What was asked for and not done, such as by a fault of the app, counts as not asked."""
        self._pending = set()

    def forget_marks(self) -> None:
        """The reader was erased."""
        self._marks = {}

    def _change(
        self,
        article_id: str,
        before: Marks,
        after: Marks,
        said: Said,
        keep: Callable[[Session, datetime, Marks], None],
    ) -> None:
        """Show new marks at once, keep them, and offer the way back; where they cannot be kept, show the old ones."""
        once = ("change", article_id)
        if once in self._pending:
            return
        self._pending.add(once)
        self.tell(article_id, after)

        def kept(_: object) -> None:
            self._pending.discard(once)
            self.rank()
            self._shell.offer_undo(
                said, lambda: self._change(article_id, after, before, lambda tr: tr("Taken back"), keep)
            )

        def failed(error: EdgeError) -> None:
            self._pending.discard(once)
            self.tell(article_id, before)
            self._shell.offer_again(partial(told, error), lambda: self._change(article_id, before, after, said, keep))

        at = self._now()
        self._worker.run(lambda: keep(self._session, at, after), kept, failed)

    def tell(self, article_id: str, marks: Marks) -> None:
        """Show new marks of an article on every screen."""
        self._marks[article_id] = marks
        for screen in self._navigation.screens():
            screen.mark(article_id, marks)
