"""One thread for everything slow; results come back on Kivy's thread."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import Condition, Thread
from typing import Any, TypeVar

from kivy.clock import Clock

from edge_runtime import EdgeError

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class _Job:
    call: Callable[[], Any]
    then: Callable[[Any], None]
    failed: Callable[[EdgeError], None] | None
    key: Hashable


def _nothing(_result: object) -> None:
    """No one waits for the result."""


class Worker:
    """Runs calls one after the other, in the order they were given."""

    def __init__(
        self,
        failed: Callable[[EdgeError, Callable[[], None]], None],
        mend: Callable[[EdgeError], bool] = lambda error: False,
    ) -> None:
        """Start the thread.

        Args:
            failed: Told, on Kivy's thread, of an error the runtime raises and of a way to try again. Any other error
                is raised there.
            mend: Told of such an error first, on the thread; whether the call may go well if it is made once more.
        """
        self._failed, self._mend = failed, mend
        self._jobs: deque[_Job | None] = deque()  # None ends the thread
        self._there_is_work = Condition()
        self._thread = Thread(target=self._work, name="reader", daemon=True)
        self._thread.start()
        self.num_waiting = 0  # given and not yet back

    def run(
        self,
        call: Callable[[], Result],
        then: Callable[[Result], None] = _nothing,
        failed: Callable[[EdgeError], None] | None = None,
        key: Hashable = None,
    ) -> None:
        """Run `call` on the thread, then `then` with its result on Kivy's.

        Args:
            call: Touches no widget.
            then: Touches widgets.
            failed: Told of an error of the runtime in the place of what `Worker` was made with.
            key: A call that still waits under the same key is dropped: only the newest of its kind is wanted.
        """
        job = _Job(call, then, failed, key)
        with self._there_is_work:
            if key is not None:
                waiting = [one for one in self._jobs if one is None or one.key != key]
                self.num_waiting -= len(self._jobs) - len(waiting)
                self._jobs = deque(waiting)
            self._jobs.append(job)
            self.num_waiting += 1
            self._there_is_work.notify()

    def finish(self, last: Callable[[], None]) -> None:
        """Do what waits, then `last`, and end the thread."""
        with self._there_is_work:
            self._jobs.append(_Job(last, _nothing, lambda _: None, None))
            self._jobs.append(None)
            self._there_is_work.notify()
        self._thread.join()

    def leave(self) -> None:
        """End the thread after the call at hand, and wait for neither."""
        with self._there_is_work:
            self._jobs = deque([None])
            self._there_is_work.notify()

    def _work(self) -> None:
        while True:
            with self._there_is_work:
                while not self._jobs:
                    self._there_is_work.wait()
                job = self._jobs.popleft()
            if job is None:
                return
            try:
                result = self._called(job.call)
            except BaseException as error:  # it is told where a person sees it
                self._return(self._tell, job, error)
            else:
                self._return(job.then, result)

    def _called(self, call: Callable[[], Any]) -> Any:
        try:
            return call()
        except EdgeError as error:
            if not self._mend(error):
                raise
        return call()

    def _return(self, call: Callable[..., None], *arguments: object) -> None:
        def on_kivys_thread(_dt: float) -> None:
            self.num_waiting -= 1
            call(*arguments)

        Clock.schedule_once(on_kivys_thread)

    def _tell(self, job: _Job, error: BaseException) -> None:
        if not isinstance(error, EdgeError):
            raise error
        if job.failed is not None:
            job.failed(error)
        else:
            self._failed(error, lambda: self.run(job.call, job.then, job.failed, job.key))
