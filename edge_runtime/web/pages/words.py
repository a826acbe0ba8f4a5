"""The words of titles that the reader picks and passes over; any can be made to count for nothing."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime.screens.words import WordRow, words_page
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.pages.bars import bar
from edge_runtime.web.visit import Visit


def words(visit: Visit) -> Answer:
    """The page."""
    tr, page = visit.tr, words_page(visit.reading, visit.now)
    dropped = [
        tag("li", tag("b", word, class_="grow", dir="auto"), _button(visit, "keep", word, tr("Let it count")))
        for word in page.dropped
    ]
    return visit.page(
        tr("Words that you pick and pass over"),
        tag(
            "p",
            tr("Learned from the titles that you opened, and from those beside them that you did not."),
            class_="soft",
        ),
        tag("h2", tr("Picked")),
        _list(visit, page.picked),
        tag("h2", tr("Passed over")),
        _list(visit, page.passed),
        html(tag("h2", tr("Count for nothing")), tag("ul", *dropped, class_="entries")) if dropped else None,
        here="/you",
    )


def change(visit: Visit) -> Answer:
    """Let a word count for nothing, or again for something."""
    reader, tr, request = visit.reading.reader, visit.tr, visit.request
    is_dropped = bool(request.one("drop"))
    try:
        said = reader.drop_word(request.one("drop")) if is_dropped else reader.keep_word(request.one("keep"))
    except ValueError:  # no word, or several
        return visit.done(tr("Type a name first."))
    if is_dropped:
        return visit.done(
            tr("Counts for nothing: {name}", name=said), lambda reading, now: reading.reader.keep_word(said)
        )
    return visit.done(tr("Counts again: {name}", name=said), lambda reading, now: reading.reader.drop_word(said))


def _list(visit: Visit, rows: Sequence[WordRow]) -> Html:
    tr = visit.tr
    if not rows:
        return tag("p", tr("None yet."), class_="empty")
    entries = [
        tag(
            "li",
            tag("div", tag("b", row.word, dir="auto"), tag("small", row.about), bar(row.bar), class_="grow"),
            _button(visit, "drop", row.word, tr("Drop")),
        )
        for row in rows
    ]
    return tag("ul", *entries, class_="entries")


def _button(visit: Visit, name: str, word: str, says: str) -> Html:
    button = tag("button", says, name=name, value=word, aria_label=f"{says}: {word}")
    return tag("form", button, method="post", action="/words")
