"""A list of stories as markup: a row each, what can be done with it, and the way to the other pages of the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from zlib import crc32

from edge_runtime import Wording
from edge_runtime.screens.marks import Marks
from edge_runtime.screens.rows import StoryRow
from edge_runtime.screens.stories import StoriesPage
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.visit import Visit, article_path

OPENED = "?o=1"  # of a link: whoever follows it from a page of ours opens the story


def story_list(
    visit: Visit,
    make: Callable[[int], StoriesPage],
    address: Callable[[int], str],
    *,
    empty: Html | str = "",
    deeds: Callable[[StoryRow], Html] | None = None,
) -> Html:
    """One page of a list.

    Args:
        visit: Says which page, and how long it is.
        make: The list down to a depth, and a little beyond.
        address: Path and query of a page of the list, by its number.
        empty: In the place of a list that has no rows; what the list itself says if not given.
        deeds: What can be done with a row; as everywhere if not given.
    """
    number, length = visit.page_number, visit.look.page_rows
    found = make(number * length)
    rows = found.rows[(number - 1) * length : number * length]
    note = tag("p", found.note, class_="soft") if found.note else None
    if not rows:
        words = visit.tr("There is no such page.") if number > 1 else empty or found.empty
        return html(note, tag("p", words, class_="empty"), pager(visit.tr, number, False, address))
    listed = [_row(row, visit.tr, deeds) for row in rows]
    has_more = len(found.rows) > number * length
    return html(note, tag("div", *listed, class_="list"), pager(visit.tr, number, has_more, address))


def shown_rows(visit: Visit, found: StoriesPage) -> Sequence[StoryRow]:
    """Those on this page of the list."""
    number, length = visit.page_number, visit.look.page_rows
    return found.rows[(number - 1) * length : number * length]


def pager(tr: Wording, number: int, has_more: bool, address: Callable[[int], str]) -> Html | None:  # noqa: FBT001
    """The ways to the page before and the one behind."""
    before = tag("a", tr("Newer"), class_="big", href=address(number - 1), rel="prev") if number > 1 else None
    behind = tag("a", tr("Older"), class_="big", href=address(number + 1), rel="next") if has_more else None
    return tag("nav", before, behind, class_="pager", aria_label=tr("Pages of this list")) if before or behind else None


def plain_rows(rows: Sequence[StoryRow], tr: Wording) -> Html:
    """Stories as a short list of links, such as what else reports one."""
    return tag(
        "ul",
        *(
            tag(
                "li",
                tag("a", row.title, href=article_path(row.article_id, OPENED), dir="auto"),
                tag("span", tr.joined(row.source, row.meta), class_="meta", dir="auto"),
            )
            for row in rows
        ),
        class_="links",
    )


def row_deeds(article_id: str, marks: Marks, tr: Wording) -> Html:
    """What can be done with a story in a list, by one form."""
    return _form(
        article_id,
        _button("unlike", tr("Undo like")) if marks.verdict == "like" else _button("like", tr("Like")),
        _button("unsave", tr("Undo save")) if marks.is_saved else _button("save", tr("Save")),
        _button("unhide", tr("Show again")) if marks.is_hidden else _button("hide", tr("Hide")),
    )


def all_deeds(article_id: str, marks: Marks, tr: Wording) -> Html:
    """What can be done with a story on its own page, in words."""
    is_less = marks.verdict == "dislike"
    return _form(
        article_id,
        _button("unlike", tr("Undo like")) if marks.verdict == "like" else _button("like", tr("More like this")),
        _button("unless", tr("Undo less")) if is_less else _button("less", tr("Less like this")),
        _button("unsave", tr("Undo save")) if marks.is_saved else _button("save", tr("Save")),
        _button("unhide", tr("Show again")) if marks.is_hidden else _button("hide", tr("Hide")),
        _button("unread", tr("Mark as unread")) if marks.is_read else _button("read", tr("Mark as read")),
        class_="words",
    )


def anchor_of(article_id: str) -> str:
    """An id for a row of a page: that of an article may hold anything."""
    return f"a{crc32(article_id.encode(errors='surrogatepass')):08x}"


def _form(article_id: str, *buttons: Html, class_: str | None = None) -> Html:
    return tag("form", *buttons, class_=class_, method="post", action=article_path(article_id))


def _button(name: str, words: str) -> Html:
    return tag("button", words, name="do", value=name)


def _row(row: StoryRow, tr: Wording, deeds: Callable[[StoryRow], Html] | None) -> Html:
    reason = f"{row.reason[:1].upper()}{row.reason[1:]}" or tr("Why?")
    why = tag("a", reason, href=article_path(row.article_id, "/why"))
    return tag(
        "article",
        tag("h2", tag("a", row.title, href=article_path(row.article_id, OPENED), dir="auto")),
        tag(
            "p", tag("bdi", row.source), tr.joined("", row.meta, row.unfold) and " · ", tr.joined(row.meta, row.unfold)
        ),
        why,
        deeds(row) if deeds else row_deeds(row.article_id, row.marks, tr),
        id=anchor_of(row.article_id),
        class_="read" if row.marks.is_read else None,
    )
