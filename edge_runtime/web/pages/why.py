"""Why an article stands where it stands: parts that add up, and the past reads behind it, which can be taken away."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime.screens import why as screen
from edge_runtime.screens.why import ReadRow, WhyRow, WhySheet
from edge_runtime.web.exchange import Answer
from edge_runtime.web.html import Html, html, tag
from edge_runtime.web.pages.bars import bar
from edge_runtime.web.pages.story_list import all_deeds
from edge_runtime.web.visit import Visit, article_path


def why(visit: Visit) -> Answer:
    """The page."""
    article_id, tr = visit.request.path_parts["article_id"], visit.tr
    before = visit.note.before if visit.note else {}
    sheet = screen.why_page(visit.reading, visit.now, article_id, before or None)
    return visit.page(
        tr("Why is this here?"),
        tag("p", tag("a", sheet.title, href=article_path(article_id), dir="auto"), class_="lead"),
        tag("p", sheet.hidden, class_="lead") if sheet.hidden else None,
        tag("p", sheet.standing, class_="lead") if sheet.standing else None,
        tag("p", sheet.about, class_="soft", dir="auto") if sheet.about else None,
        _parts(visit, sheet),
        html(tag("h2", tr("Words of the title")), _table(visit, sheet.words)) if sheet.words else None,
        _reads(visit, sheet) if sheet.reads else None,
        tag("h2", tr("Change it")),
        all_deeds(article_id, sheet.marks, tr),
    )


def take_away(visit: Visit) -> Answer:
    """Forget a past read, and show what that changes."""
    article_id, read_id = visit.request.path_parts["article_id"], visit.request.one("read")
    before = screen.why_page(visit.reading, visit.now, article_id).values
    title = visit.tr.line(visit.reading.reader.article(read_id).title)
    visit.reading.reader.forget_article(read_id)
    return visit.done(
        visit.tr("Counts no longer: {title}", title=title),
        lambda reading, now: reading.reader.bring_back(read_id),
        article_path(article_id, "/why"),
        before,
    )


def _parts(visit: Visit, sheet: WhySheet) -> Html:
    tr = visit.tr
    total = tag(
        "tr",
        tag("th", tr("All together"), scope="row"),
        tag("td"),
        tag("td", _was(visit, sheet.total_was), sheet.total, class_="number"),
    )
    return html(tag("h2", tr("What its score is made of")), _table(visit, sheet.rows, tag("tfoot", total)))


def _table(visit: Visit, rows: Sequence[WhyRow], foot: Html | None = None) -> Html:
    body = [
        tag(
            "tr",
            tag("th", row.label, scope="row", dir="auto"),
            tag("td", bar(row.bar), class_="bars"),
            tag("td", _was(visit, row.was), row.value, class_="number"),
        )
        for row in rows
    ]
    return tag("table", tag("tbody", *body), foot)


def _was(visit: Visit, value: str) -> Html | None:
    return tag("small", visit.tr("was {value}", value=value), " ") if value else None


def _reads(visit: Visit, sheet: WhySheet) -> Html:
    tr = visit.tr
    rows = [tag("li", _read(visit, row, sheet.article_id)) for row in sheet.reads]
    about = tag("p", tr("Take one away, and the score is counted without it. You can undo that."), class_="soft")
    return html(tag("h2", tr("Past reads that speak for it")), about, tag("ul", *rows, class_="entries"))


def _read(visit: Visit, row: ReadRow, article_id: str) -> Html:
    tr = visit.tr
    button = (
        tag(
            "form",
            tag(
                "button",
                tr("Take away"),
                name="read",
                value=row.article_id,
                aria_label=f"{tr('Take away')}: {row.title}",
            ),
            method="post",
            action=article_path(article_id, "/why"),
        )
        if row.article_id
        else None
    )
    return html(
        tag("div", tag("span", row.title, dir="auto"), bar(row.bar), class_="grow"), tag("b", row.share), button
    )
