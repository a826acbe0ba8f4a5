"""One request at work: who asks for what in which language, and how a page answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import wraps
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from edge_runtime import EdgeError, Remedy, UnknownArticleError, Wording
from edge_runtime.screens.reading import Reading
from edge_runtime.web import notes
from edge_runtime.web.desk import Desk
from edge_runtime.web.exchange import UNKNOWN, Answer, Request, see_other
from edge_runtime.web.html import Html
from edge_runtime.web.layout import Frame, framed, note_line
from edge_runtime.web.look import Look, look_of, wording
from edge_runtime.web.notes import ByToken, Note, Undo

WORDS = {remedy: remedy.value for remedy in Remedy}  # the runtime's own words fit a page
DEED_HEADER = "x-deed"  # our script tells a deed; its value is a mark of the deed
PRIVATE = {"X-Private": "1"}  # tells our worker to keep no copy of the page


@dataclass(frozen=True, slots=True)
class Visit:
    """What the handler of a page is given; it runs alone on the desk's thread."""

    reading: Reading
    request: Request
    now: datetime
    look: Look
    tr: Wording
    notes: ByToken[Note]
    note: Note | None = None  # of the deed before this page
    note_token: str = ""

    def page(self, title: str, *content: object, here: str = "", status: HTTPStatus = HTTPStatus.OK) -> Answer:
        """A whole page.

        Args:
            title: Of the page, also its heading.
            *content: Under the heading.
            here: The path of the entry of the navigation that it belongs to.
            status: Of the answer.
        """
        unread = self.reading.reader.unread_counts().total
        frame = Frame(title, self.tr, self.look, here, unread, note_line(self.note, self.note_token, self.tr))
        shown = (notes.cookie(""),) if self.note_token else ()
        headers = PRIVATE if self.reading.reader.private else {}
        return Answer(framed(frame, *content).encode(), status=status, headers=headers, cookies=shown)

    def back(self, default: str = "/") -> str:
        """The page of ours that the request comes from, else another one."""
        return self.came_from() or default

    def came_from(self) -> str:
        """Path and query of the page of ours with the link or the form; "" if it was another site's, or nobody's."""
        parts = urlsplit(self.request.headers.get("referer", ""))
        if not self.request.host or parts.netloc != self.request.host or not parts.path.startswith("/"):
            return ""
        return _local(parts.path + (f"?{parts.query}" if parts.query else ""))

    def done(
        self, words: str, undo: Undo | None = None, to: str = "", before: Mapping[str, str] | None = None
    ) -> Answer:
        """Go on to a page that tells what was done.

        Args:
            words: What was done.
            undo: Takes it back, if it can be.
            to: Path of the page; the one that the form was on if not given.
            before: As of `Note`.
        """
        token = self.notes.keep(Note(words, undo, before or {}))
        return replace(see_other(to or self.back()), cookies=(notes.cookie(token),))

    @property
    def is_quiet(self) -> bool:
        """Whether our script asks, which changes the page in place."""
        return DEED_HEADER in self.request.headers

    @property
    def page_number(self) -> int:
        """Of a list, from 1; the first if the cache is too small for the one that was asked for.

        A list is made down to its page, so a number that leads nowhere would cost as much as the whole cache.
        """
        asked = self.request.one("page")
        number = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return number if 0 <= (number - 1) * self.look.page_rows < self.reading.reader.count() else 1

    def said(self, words: str, undo: Undo | None = None) -> Html:
        """The line that tells what was done, for our script."""
        note = Note(words, undo)
        return note_line(note, self.notes.keep(note), self.tr)


PageHandler = Callable[[Visit], Answer]
Handler = Callable[[Desk, Request], Answer]


def handler(make: PageHandler, kept: ByToken[Note]) -> Handler:
    """What the router calls for a page; an error of the runtime becomes a page too."""

    @wraps(make)
    def handle(desk: Desk, request: Request) -> Answer:
        visit = begin(desk, request, kept)
        try:
            return make(visit)
        except EdgeError as error:
            return trouble(visit, error)

    return handle


def begin(desk: Desk, request: Request, kept: ByToken[Note]) -> Visit:
    """Look at what was asked; from now on the reading speaks the browser's language."""
    look = look_of(request)
    tr = wording(look.language)
    reading = desk.reading
    reading.tr, reading.remedies = tr, WORDS
    # What a worker fetches ahead is not seen by anybody.
    is_seen = request.method == "GET" and request.headers.get("sec-fetch-mode", "navigate") == "navigate"
    token = request.cookie(notes.COOKIE) if is_seen else ""
    return Visit(reading, request, desk.now(), look, tr, kept, kept.get(token) if token else None, token)


def trouble(visit: Visit, error: EdgeError) -> Answer:
    """A page that says what failed and what helps."""
    tr = visit.tr
    if isinstance(error, UnknownArticleError):
        words = tr("This story is not kept any more. Go back to the list.")
    else:
        words = tr.sentence(error.fact) + (f"; {tr(error.remedy.value)}" if error.remedy else "")
    status = HTTPStatus.NOT_FOUND if isinstance(error, UNKNOWN) else HTTPStatus.SERVICE_UNAVAILABLE
    frame = Frame(tr("That did not work"), tr, visit.look)
    return Answer(framed(frame, words, is_text=True).encode(), status=status)


def article_path(article_id: str, rest: str = "") -> str:
    """The path of an article's page."""
    return f"/a/{quote(article_id, safe='')}{rest}"


def _local(path: str) -> str:
    """The path if it stays on this site, whatever a browser makes of it: neither //host nor a backslash."""
    return "" if path.startswith("//") or "\\" in path else path
