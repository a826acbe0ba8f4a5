"""The frame of every page: head, navigation, heading, and the line that tells what was done."""

from __future__ import annotations

from dataclasses import dataclass

from edge_runtime import Wording
from edge_runtime.web.exchange import Request
from edge_runtime.web.html import Html, document, html, tag
from edge_runtime.web.look import LANGUAGE_TAGS, Look, look_of
from edge_runtime.web.notes import Note
from edge_runtime.web.static_files import address

NAME = "Edge News"
NO_NOTE = tag("div", id="note", role="status")


@dataclass(frozen=True, slots=True)
class Frame:
    """What is around the content of a page."""

    title: str
    tr: Wording
    look: Look
    here: str = ""  # path of the entry of the navigation that the page belongs to
    unread: int = 0
    note: Html = NO_NOTE


def framed(frame: Frame, *content: object, is_text: bool = False) -> Html:
    """The whole page; `is_text` puts the content into a paragraph."""
    tr = frame.tr
    shown = (tag("p", *content),) if is_text else content
    return _whole(
        frame,
        tag("a", tr("Skip to the content"), class_="skip", href="#main"),
        _navigation(frame),
        tag("main", tag("h1", frame.title, dir="auto"), frame.note, *shown, id="main", tabindex="-1"),
    )


def bare(request: Request, tr: Wording, title: str, content: Html) -> bytes:
    """A page for whoever asks, such as the login or an error: without navigation, as it shows nothing of the reader.

    Args:
        request: Says how the browser wants its pages.
        tr: Says what is around the content.
        title: Of the page.
        content: All that is on it, with its heading.
    """
    frame = Frame(title, tr, look_of(request))
    return _whole(frame, content).encode()


def note_line(note: Note | None, token: str, tr: Wording) -> Html:
    """What was done, with its undo; without one an empty place, which the script fills."""
    if note is None:
        return NO_NOTE
    undo = (
        tag("form", tag("button", tr("Undo"), name="note", value=token), method="post", action="/undo")
        if note.undo
        else None
    )
    return tag("div", tag("p", note.words), undo, id="note", role="status")


def _whole(frame: Frame, *body: object) -> Html:
    look = frame.look
    return document(
        _head(frame),
        tag(
            "body",
            *body,
            data_seen="1" if look.seen == "on" else None,
            data_queued=frame.tr("Kept on this device until there is a connection."),
            data_refused=frame.tr("That was not kept."),
        ),
        lang=LANGUAGE_TAGS[look.language],
        class_=look.classes(),
    )


def _head(frame: Frame) -> Html:
    title = f"{frame.title} · {NAME}" if frame.title != NAME else NAME
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", f"({frame.unread}) {title}" if frame.unread else title),
        tag("link", rel="stylesheet", href=address("app.css")),
        tag("link", rel="manifest", href="/manifest.webmanifest"),
        tag("link", rel="icon", href=address("icon.svg")),
        tag("link", rel="apple-touch-icon", href=address("icon.png")),
        tag("script", src=address("app.js"), defer=True),
    )


def _navigation(frame: Frame) -> Html:
    tr = frame.tr
    entries = (
        ("/", "you", tr("For you")),
        ("/latest", "latest", tr("Latest")),
        ("/saved", "saved", tr("Saved")),
        ("/search", "search", tr("Search")),
        ("/feeds", "feeds", tr("Feeds")),
        ("/you", "me", tr("You")),
    )
    links = [
        tag(
            "a",
            name,
            href=path,
            class_=f"i i-{icon}",
            aria_current="page" if path == frame.here else None,
        )
        for path, icon, name in entries
    ]
    return html(tag("nav", tag("b", NAME), *links, aria_label=tr("Main pages"), id="nav"))
