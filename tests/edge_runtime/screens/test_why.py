"""The "why" sheet without Kivy: its column adds up, and a read that is taken away comes back as it was."""

from __future__ import annotations

import pytest

from edge_runtime import Explanation, Signal, SimilarRead, UnknownEntryError, Wording
from edge_runtime.screens.why import bring_back, take_away, why_page, why_sheet


def number(text):
    return float(text.replace("\u2212", "-"))


def test_the_parts_that_matter_are_listed_with_their_sum(make_scored, make_article, now):
    scored = make_scored(1, parts={"interest": 1.0, "topic": -0.25, "average": 0.0, "already read": -100.0})
    reads = (SimilarRead(make_article(2), similarity=0.8, share=0.75), SimilarRead(make_article(3), 0.1, 0.25))
    sheet = why_sheet(Explanation(scored, reads), now, Wording())
    assert [(row.value, row.bar) for row in sheet.rows] == [("+1.00", 1.0), ("\u22120.25", -0.25)]
    assert sheet.total == "+0.75" and not sheet.total_was and sheet.standing
    assert [(read.title, read.share) for read in sheet.reads] == [("Story number 2", "75%"), ("Story number 3", "25%")]


def test_what_moved_tells_its_value_before(make_scored, now):
    scored = make_scored(1, parts={"interest": 0.5, "topic": 0.25})
    before = {"interest": "+1.00", "topic": "+0.25", "source": "+0.10", "": "+1.35"}
    sheet = why_sheet(Explanation(scored, ()), now, Wording(), before=before)
    assert [(row.value, row.was) for row in sheet.rows] == [("+0.50", "+1.00"), ("+0.25", ""), ("+0.00", "+0.10")]
    assert (sheet.total, sheet.total_was) == ("+0.75", "+1.35")


def test_a_title_of_emoji_alone_has_a_heading(make_scored, now, tr):
    sheet = why_sheet(Explanation(make_scored(1, title="\U0001f389"), ()), now, tr)
    assert sheet.title == "No title"


def test_a_read_that_is_taken_away_and_brought_back_leaves_the_score_as_it_was(session, now):
    ids = [article.article_id for article in session.reader.latest(12)]
    for read in ids[1:5]:
        session.record(read, Signal.OPEN, now)
    session.record(ids[1], Signal.LIKE, now)
    events = session.reader.profile().events
    page = why_page(session, now, ids[0])
    read = page.reads[0]
    without = take_away(session, now, ids[0], read.article_id, page.values)
    assert without.total_was == page.total and number(without.total) != number(page.total)
    assert read.article_id not in {row.article_id for row in without.reads}
    session.record(ids[6], Signal.HIDE, now)  # what is done meanwhile is not what comes back
    session.reader.unhide(ids[6])
    back = bring_back(session, now, ids[0], read.article_id, page.values)
    assert back == page
    assert session.reader.profile().events == events


def test_what_was_taken_away_does_not_come_back_after_an_erasing(session, now):
    (article,) = session.reader.latest(1)
    session.record(article.article_id, Signal.OPEN, now)
    session.reader.forget_article(article.article_id)
    session.reader.erase()
    with pytest.raises(UnknownEntryError):
        session.reader.bring_back(article.article_id)


def test_a_hidden_story_says_why_it_is_left_out(session, now):
    (article,) = session.reader.latest(1)
    session.hide(article.article_id, now, is_hidden=True)
    page = why_page(session, now, article.article_id)
    assert page.marks.is_hidden and page.hidden.startswith("Left out of your feed: ")
