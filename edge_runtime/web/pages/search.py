"""Searching the cache: a field, filters as links, and what was found."""

from __future__ import annotations

from dataclasses import asdict
from urllib.parse import urlencode

from edge_runtime.screens.search import SINCE_DAYS, SearchFilter, SearchPage, search_page, toggled
from edge_runtime.web.exchange import Answer, see_other
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.pages.story_list import story_list
from edge_runtime.web.visit import Visit

MOST_CHARS = 300


def search(visit: Visit) -> Answer:
    """The page; looking at it again, or at more of it, teaches nothing."""
    tr, query, where = visit.tr, visit.request.one("q")[:MOST_CHARS], _filter(visit)
    depth = visit.page_number * visit.look.page_rows
    found = search_page(visit.reading, visit.now, query, where, depth)
    listed = (
        html(
            tag("p", found.count, class_="soft") if found.count else None,
            story_list(visit, lambda depth: found.found, lambda page: _address(query, where, page)),
        )
        if query or where.topic
        else _topics(visit, found)
    )
    return visit.page(tr("Search"), _form(visit, query, where), _filters(visit, found, where), listed, here="/search")


def ask(visit: Visit) -> Answer:
    """The reader typed a query: it counts as a weak interest."""
    query, where = visit.request.one("q").strip()[:MOST_CHARS], _filter(visit)
    if query:
        search_page(visit.reading, visit.now, query, where, teach=True)
    return see_other(_address(query, where))


def _form(visit: Visit, query: str, where: SearchFilter) -> Html:
    tr = visit.tr
    kept = [tag("input", type="hidden", name=name, value=value) for name, value in _fields(where)]
    return tag(
        "form",
        tag("label", tr("Words in titles and texts"), for_="q"),
        tag(
            "div",
            tag("input", id="q", name="q", type="search", value=query, maxlength=MOST_CHARS, dir="auto"),
            tag("button", tr("Search"), class_="plain"),
            class_="side",
        ),
        *kept,
        method="post",
        action="/search",
        role="search",
    )


def _filters(visit: Visit, found: SearchPage, where: SearchFilter) -> Html | None:
    tr = visit.tr
    if not (found.query or where):
        return None
    choices: list[tuple[str, str, object]] = [
        (tr("Unread"), "is_unread", True),
        (tr("Saved"), "is_saved", True),
        (tr("Last {number} days", number=SINCE_DAYS), "is_recent", True),
        *((tr.line(name), "source", name) for name in found.sources),
    ]
    if where.topic:
        choices.append((tr.topic(where.topic), "topic", where.topic))
    if where.source and where.source not in found.sources:
        choices.append((tr.line(where.source), "source", where.source))
    links = [
        tag(
            "a",
            words,
            href=_address(found.query, toggled(where, name, value)),
            aria_current="true" if getattr(where, name) == value else None,
            dir="auto",
        )
        for words, name, value in choices
    ]
    return tag("p", *links, class_="choices")


def _topics(visit: Visit, found: SearchPage) -> Html:
    links = [tag("a", words, href=_address("", SearchFilter(topic=topic))) for topic, words in found.topics]
    return html(tag("h2", visit.tr("Or look at a topic")), tag("p", *links, class_="choices"))


def _filter(visit: Visit) -> SearchFilter:
    one = visit.request.one
    return SearchFilter(
        is_unread=one("unread") == "1",
        is_saved=one("saved") == "1",
        is_recent=one("recent") == "1",
        source=one("source"),
        topic=one("topic"),
    )


def _fields(where: SearchFilter) -> list[tuple[str, str]]:
    given = asdict(where).items()
    return [(name.removeprefix("is_"), "1" if value is True else value) for name, value in given if value]


def _address(query: str, where: SearchFilter, page: int = 1) -> str:
    fields = [("q", query)] if query else []
    fields += _fields(where)
    if page > 1:
        fields.append(("page", str(page)))
    return f"/search?{urlencode(fields)}" if fields else "/search"
