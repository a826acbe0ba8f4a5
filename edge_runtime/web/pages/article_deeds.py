"""What is done with a story: by a button of a list or of its page, by the script in place, and the way back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import quote, unquote

from edge_runtime import EdgeError, Origin, Signal
from edge_runtime.screens.marks import Marks, Verdict
from edge_runtime.screens.reading import Reading
from edge_runtime.web.exchange import Answer, see_other, text_answer
from edge_runtime.web.html import html
from edge_runtime.web.notes import Undo
from edge_runtime.web.pages.story_list import all_deeds, anchor_of, row_deeds
from edge_runtime.web.visit import Visit

MOST_IDS = 200
# A verdict that takes another's place, or none; whether it is saved, hidden or read.
VERDICTS: dict[str, Verdict] = {"like": "like", "unlike": "", "less": "dislike", "unless": ""}
ORIGINS = {"/": Origin.FEED, "/search": Origin.SEARCH}


def do(visit: Visit) -> Answer:
    """Do what a button says; done a second time, it changes nothing."""
    article_id = visit.request.path_parts["article_id"]
    deed = visit.request.one("do")
    if deed == "open":
        record_open(visit, article_id, visit.request.one("from"))
        return see_other(visit.back()) if not visit.is_quiet else text_answer("")
    reading, tr = visit.reading, visit.tr
    before = _marks(reading, article_id)
    after = _apply(visit, article_id, deed, before)
    words = {
        "like": tr("More like this"),
        "less": tr("Less like this"),
        "save": tr("Saved for later"),
        "unsave": tr("Not saved any more"),
        "hide": tr("Hidden"),
        "unhide": tr("Shown again"),
        "read": tr("Marked as read"),
        "unread": tr("Marked as unread"),
    }.get(deed, tr("Taken back"))
    if reading.reader.private:
        words = tr("Private mode: nothing is kept.")
    undo = None if after == before else _restoring(article_id, before)
    if visit.is_quiet:
        form = row_deeds if visit.request.one("row") else all_deeds
        return text_answer(html(form(article_id, after, tr), visit.said(words, undo)), content_type="text/html")
    came_from = visit.back()
    is_list = not came_from.startswith("/a/") and "#" not in came_from
    return visit.done(words, undo, f"{came_from}#{anchor_of(article_id)}" if is_list else came_from)


def mark_read(visit: Visit) -> Answer:
    """Mark stories as read: those of a page, or those that were scrolled past."""
    reader, tr = visit.reading.reader, visit.tr
    named = _named(visit)
    unread = [name for name, marks in zip(named, reader.marks(named), strict=True) if not marks.is_read]
    reader.mark_read(unread, visit.now)
    words = tr.count("{number} marked as read", "{number} marked as read", len(unread))
    undo = (lambda reading, now: reading.reader.mark_read(unread, now, is_read=False)) if unread else None
    if visit.is_quiet:
        return text_answer(visit.said(words, undo), content_type="text/html")
    return visit.done(words, undo)


def shown(visit: Visit) -> Answer:
    """The script saw that rows of the feed were in sight for a while."""
    visit.reading.mark_shown(_named(visit), visit.now)
    return text_answer("")


def undo(visit: Visit) -> Answer:
    """Take the last deed back."""
    note, tr = visit.notes.take(visit.request.one("note")), visit.tr
    if note is None or note.undo is None:
        return visit.done(tr("That was too long ago to be taken back here."))
    try:
        note.undo(visit.reading, visit.now)
    except EdgeError as error:
        return visit.done(tr.sentence(error.fact))
    return visit.done(tr("Taken back"))


def record_open(visit: Visit, article_id: str, list_path: str) -> None:
    """Keep that a story was opened from a list."""
    visit.reading.record(article_id, Signal.OPEN, visit.now, ORIGINS.get(list_path, Origin.ELSEWHERE))


def joined_ids(article_ids: Sequence[str]) -> str:
    """Ids as one field of a form."""
    return " ".join(quote(name, safe="") for name in article_ids)


def _named(visit: Visit) -> list[str]:
    """Ids of a form that the cache still has."""
    named = [unquote(name) for name in visit.request.one("ids").split()[:MOST_IDS]]
    known = []
    for name in named:
        try:
            visit.reading.reader.article(name)
        except EdgeError:
            continue
        known.append(name)
    return known


def _marks(reading: Reading, article_id: str) -> Marks:
    return reading.marks([reading.reader.article(article_id)])[article_id]


def _apply(visit: Visit, article_id: str, deed: str, before: Marks) -> Marks:
    """Do it, and give the marks that come of it."""
    if deed in VERDICTS:
        wanted = VERDICTS[deed]
        # A late "unlike" does not take back a dislike that came since.
        if wanted or before.verdict == {"unlike": "like", "unless": "dislike"}[deed]:
            visit.reading.judge(article_id, wanted, visit.now)
    elif deed in ("read", "unread"):
        visit.reading.reader.mark_read([article_id], visit.now, is_read=deed == "read")
    elif deed in ("save", "unsave") and before.is_saved != (deed == "save"):
        visit.reading.save(article_id, visit.now, is_saved=deed == "save")
    elif deed in ("hide", "unhide") and before.is_hidden != (deed == "hide"):
        visit.reading.hide(article_id, visit.now, is_hidden=deed == "hide")
    return _marks(visit.reading, article_id)


def _restoring(article_id: str, before: Marks) -> Undo:
    def restore(reading: Reading, now: datetime) -> None:
        standing = _marks(reading, article_id)
        if standing.verdict != before.verdict:
            reading.judge(article_id, before.verdict, now)
        if standing.is_saved != before.is_saved:
            reading.save(article_id, now, is_saved=before.is_saved)
        if standing.is_hidden != before.is_hidden:
            reading.hide(article_id, now, is_hidden=before.is_hidden)
        if standing.is_read != before.is_read:
            reading.reader.mark_read([article_id], now, is_read=before.is_read)

    return restore
