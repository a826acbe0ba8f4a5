"""How the screen asks the reader's thread without waiting for it."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any, TypeVar

from rich.text import Text
from textual.app import App
from textual.reactive import reactive
from textual.worker import WorkType

from edge_runtime.errors import EdgeError, Notice
from edge_runtime.reader import Reader
from edge_runtime.tui.reader_thread import ReaderThread

T = TypeVar("T")

Answer = Callable[..., Coroutine[Any, Any, None]]


class AskingApp(App[None]):
    """An app with a reader in another thread. What the reader refuses becomes the message."""

    message: reactive[str] = reactive("")  # of what was done last, perhaps in several lines

    def __init__(self, thread: ReaderThread, told: Callable[[EdgeError | Notice], str]) -> None:
        """Ask this thread, and tell its errors so."""
        # The terminal's own colours, so that it looks like what is around it.
        super().__init__(ansi_color=True)
        self.thread = thread
        self._told = told

    def view(self, answer: Answer, *arguments: object) -> None:
        """Show something as soon as it is known, unless something else is to be shown meanwhile: the newest wins."""
        self.start(answer, *arguments, group="view")

    def drop_view(self) -> None:
        """What was asked for is not to be shown any more."""
        self.workers.cancel_group(self, "view")

    def keep(self, job: Callable[[Reader], T], then: Callable[[T], object] = lambda done: None) -> None:
        """Have something done, in order, even if the reader leaves the screen meanwhile."""
        doing = self.thread.keep(job)

        async def wait() -> None:
            then(await doing)

        self.start(wait)

    def start(self, answer: Answer, *arguments: object, group: str = "") -> None:
        """Begin something that waits; in a group it takes the place of what was begun there before."""
        work: WorkType[None] = partial(self._guarded, answer, *arguments)
        self.run_worker(work, group=group or "default", exclusive=bool(group))

    def _fatal_error(self) -> None:
        # Textual's own has the values of variables too: what somebody reads does not belong into a report.
        self.panic(Text(traceback.format_exc()))

    async def _guarded(self, answer: Answer, *arguments: object) -> None:
        try:
            await answer(*arguments)
        except EdgeError as error:
            self.message = self._told(error)
