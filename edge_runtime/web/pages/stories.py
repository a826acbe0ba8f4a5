"""The pages that are a list of stories: for you, latest, saved and left out."""

from __future__ import annotations

from edge_runtime import ListFilter
from edge_runtime.screens.rows import StoryRow
from edge_runtime.screens.stories import StoriesPage, for_you_page, hidden_page, latest_page, saved_page
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.pages.article_deeds import joined_ids
from edge_runtime.web.pages.story_list import row_deeds, shown_rows, story_list
from edge_runtime.web.visit import Visit

IN_SIGHT = 8  # without the script nobody tells how far a page was read: these are on the screen at first


def for_you(visit: Visit) -> Answer:
    """The ranked feed."""
    tr, kept = visit.tr, []

    def make(depth: int) -> StoriesPage:
        kept.append(for_you_page(visit.reading, visit.now, depth))
        return kept[-1]

    listed = story_list(visit, make, lambda page: _paged("/", page), empty=_first_steps(visit))
    if visit.page_number == 1 and not visit.request.cookie("js"):
        visit.reading.mark_shown([row.article_id for row in shown_rows(visit, kept[0])[:IN_SIGHT]], visit.now)
    title = tr("Newest first") if kept[0].is_newest else tr("For you")
    left_out = tag("p", tag("a", tr("What is left out, and why"), href="/hidden"), class_="after")
    return visit.page(title, listed, left_out, here="/")


def latest(visit: Visit) -> Answer:
    """Everything, newest first."""
    tr, is_unread = visit.tr, visit.request.one("unread") == "1"
    found = latest_page(visit.reading, visit.now, visit.page_number * visit.look.page_rows, is_unread=is_unread)
    chosen = "/latest?unread=1" if is_unread else "/latest"
    listed = story_list(visit, lambda depth: found, lambda page: _paged(chosen, page))
    filters = tag(
        "p",
        _choice(tr("All"), "/latest", is_here=not is_unread),
        _choice(
            tr("Unread: {number}", number=visit.reading.reader.count(ListFilter(is_unread=True))),
            "/latest?unread=1",
            is_here=is_unread,
        ),
        class_="choices",
    )
    unread = [row.article_id for row in shown_rows(visit, found) if not row.marks.is_read]
    mark = (
        tag(
            "form",
            tag("input", type="hidden", name="ids", value=joined_ids(unread)),
            tag("button", tr("Mark this page as read"), class_="plain"),
            method="post",
            action="/read",
        )
        if unread
        else None
    )
    return visit.page(tr("Latest"), filters, listed, mark, here="/latest")


def saved(visit: Visit) -> Answer:
    """What is kept for later."""
    listed = story_list(
        visit, lambda depth: saved_page(visit.reading, visit.now, depth), lambda page: _paged("/saved", page)
    )
    return visit.page(visit.tr("Saved"), listed, here="/saved")


def hidden(visit: Visit) -> Answer:
    """What the feed leaves out, each with the reason."""
    tr = visit.tr

    def deeds(row: StoryRow) -> Html:
        if row.marks.is_hidden or row.marks.verdict:
            return row_deeds(row.article_id, row.marks, tr)
        return html()

    listed = story_list(
        visit,
        lambda depth: hidden_page(visit.reading, visit.now, depth),
        lambda page: _paged("/hidden", page),
        deeds=deeds,
    )
    about = tag("p", tr("Nothing is hidden in silence: the reason stands under each story."), class_="soft")
    rules = tag("p", tag("a", tr("Change what you mute"), href="/rules"), class_="after")
    return visit.page(tr("Left out"), about, listed, rules, here="/")


def _paged(path: str, page: int) -> str:
    if page <= 1:
        return path
    return f"{path}{'&' if '?' in path else '?'}page={page}"


def _choice(words: str, path: str, *, is_here: bool) -> Html:
    return tag("a", words, href=path, aria_current="true" if is_here else None)


def _first_steps(visit: Visit) -> Html:
    tr = visit.tr
    return html(
        tr("No stories yet: add a feed."),
        " ",
        tag("a", tr("Add a feed"), href="/feeds/add"),
        " · ",
        tag("a", tr("Well-known feeds"), href="/feeds/suggested"),
    )
