"""Giving a story to another app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from android_demo.core.session import Session
from android_demo.platform.sharing import Shared
from android_demo.ui.shell import Shell
from android_demo.ui.worker import Worker
from edge_runtime import Signal


class Sharing:
    """Shares a story, and keeps that the reader did: it says of a taste what a like says."""

    def __init__(
        self,
        session: Session,
        worker: Worker,
        shell: Shell,
        now: Callable[[], datetime],
        share: Callable[[str, str], Shared],
    ) -> None:
        """Args:
        session: Keeps what is shared.
        worker: Runs it.
        shell: Says what became of it.
        now: The clock.
        share: Hands a title and an address to the device.
        """
        self._session, self._worker, self._shell, self._now, self._share = session, worker, shell, now, share

    def share(self, article_id: str, title: str, url: str) -> None:
        """Hand a story to another app, or its address to the clipboard."""
        became, at = self._share(title, url), self._now()
        if became is Shared.NOT:
            self._shell.say(lambda tr: tr("No app takes it: the address could not be shared."))
            return
        if became is Shared.COPIED:
            self._shell.say(lambda tr: tr("The address is in the clipboard."))
        self._worker.run(lambda: self._session.record(article_id, Signal.SHARE, at), failed=lambda _: None)
