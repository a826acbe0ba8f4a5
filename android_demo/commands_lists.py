"""What a reader does with whole lists: what was scrolled past, what is muted, and what orders the feed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from android_demo.core.session import Session
from android_demo.navigation import Navigation
from android_demo.ui.shell import Shell
from edge_runtime import OrderChoice, RuleEffect, RuleKind
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.reading import Said
from edge_runtime.screens.rows import StoryRow

if TYPE_CHECKING:
    from android_demo.commands import Commands


class ListCommands:
    """Reached as `app.commands.lists`."""

    def __init__(self, commands: Commands, shell: Shell, navigation: Navigation, now: Callable[[], datetime]) -> None:
        """Nothing is done yet.

        Args:
            commands: Keeps what is done.
            shell: Offers to take it back.
            navigation: Knows the screens that show it.
            now: The clock.
        """
        self._commands, self._shell, self._navigation, self._now = commands, shell, navigation, now
        self._passed: dict[str, Marks] = {}  # what one Undo takes back, as it was before
        self._said: Said | None = None

    def mute(self, kind: RuleKind, value: str) -> None:
        """Leave a source, topic or word out of the feed, and take its cards away."""
        at = self._now()

        def keep(session: Session) -> frozenset[str]:
            session.reader.set_rule(kind, value, RuleEffect.MUTE, at)
            return frozenset(one.article.article_id for one in session.reader.hidden(at))

        def muted(left_out: frozenset[str]) -> None:
            feed = self._navigation.screen("feed")
            gone = feed.take_out(left_out)  # type: ignore[attr-defined]  # the feed's own screen
            self._commands.rank()

            def lift() -> None:
                self._commands.do(lambda session: session.reader.drop_rule(kind, value), lifted)

            def lifted(_: object) -> None:
                feed.bring_back(gone)  # type: ignore[attr-defined]
                self._commands.rank()

            self._shell.offer_undo(lambda tr: tr("Muted: {name}", name=value), lift)

        self._commands.do(keep, muted, once=("mute", kind, value))

    def scrolled_past(self, rows: Sequence[StoryRow]) -> None:
        """Mark what was scrolled past as read; one Undo takes back all since the last word of it went away."""
        fresh = {row.article_id: row.marks for row in rows if not row.marks.is_read}
        if not fresh:
            return
        if self._said is None or self._shell.ids.undo.said is not self._said:
            self._passed = {}
        self._passed |= fresh
        at = self._now()
        for article_id, marks in fresh.items():
            self._commands.tell(article_id, replace(marks, is_read=True))

        def kept(_: object) -> None:
            number = len(self._passed)
            self._said = lambda tr: tr.count("{number} marked as read", "{number} marked as read", number)
            self._shell.offer_undo(self._said, take_back)

        def take_back() -> None:
            passed, self._passed = self._passed, {}
            for article_id, marks in passed.items():
                self._commands.tell(article_id, marks)
            self._commands.do(lambda session: session.reader.mark_read(list(passed), self._now(), is_read=False))

        self._commands.do(lambda session: session.reader.mark_read(list(fresh), at), kept)

    def order(self, choice: OrderChoice) -> None:
        """Order the feed by rank or by time, at once, as that was asked for."""
        at, is_newest = self._now(), choice is OrderChoice.NEWEST

        def keep(session: Session) -> OrderChoice:
            before = session.reader.order
            session.reader.set_order(choice, at)
            return before

        def kept(before: OrderChoice) -> None:
            self._navigation.screen("feed").take_next()  # type: ignore[attr-defined]  # the feed's own screen
            self._commands.rank()
            self._shell.offer_undo(
                lambda tr: tr("Newest first") if is_newest else tr("Ranked for you"), lambda: self.order(before)
            )

        self._commands.do(keep, kept, once="order")
