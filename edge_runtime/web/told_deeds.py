"""What a script tells twice counts once: it tells a deed again whose answer it did not hear."""

from __future__ import annotations

from collections import deque
from functools import wraps
from http import HTTPStatus

from edge_runtime.web.exchange import Answer
from edge_runtime.web.visit import DEED_HEADER, PageHandler, Visit

MOST = 1_000
_LONGEST_MARK = 64


class ToldDeeds:
    """The marks of the latest deeds. For handlers alone, which run one after the other."""

    def __init__(self) -> None:
        """Begin with none."""
        self._marks: deque[str] = deque(maxlen=MOST)

    def once(self, make: PageHandler) -> PageHandler:
        """The same page; no content for a deed that was done before. What raises was not done."""

        @wraps(make)
        def handle(visit: Visit) -> Answer:
            mark = visit.request.headers.get(DEED_HEADER, "")[:_LONGEST_MARK]
            if mark in self._marks:
                return Answer(status=HTTPStatus.NO_CONTENT)
            answer = make(visit)
            if mark:
                self._marks.append(mark)
            return answer

        return handle
