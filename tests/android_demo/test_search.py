"""Searching what is on the device: what is found, what is kept of it, and how it is typed."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from android_demo.core.session import Session
from android_demo.core.title_words import words_to_mute
from edge_runtime import Article, Signal
from edge_runtime.screens.search import MOST_RECENT, SearchFilter, search_page, toggled, with_term

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


def articles(now: datetime) -> list[Article]:
    return [
        Article("rain", "Rain in the north", category="environment", source="One", published=now - timedelta(hours=1)),
        Article("old", "Rain of last month", category="travel", source="Two", published=now - timedelta(days=20)),
        Article("zh", "城北的湿地公园新开放", category="旅行", source="样例", published=now - timedelta(hours=3)),
    ]


@pytest.fixture
def session(tmp_path: Path) -> Any:
    made = Session(tmp_path, None, articles)
    made.start(NOW)
    yield made
    made.close()


def found(session: Session, query: str, **where: Any) -> set[str]:
    return {row.article_id for row in search_page(session, NOW, query, SearchFilter(**where)).found.rows}


def test_words_of_both_languages_are_found_and_filters_leave_out(session: Session) -> None:
    assert found(session, "rain") == {"rain", "old"}
    assert found(session, "湿地公园") == {"zh"}
    assert found(session, "rain", is_recent=True) == {"rain"}
    assert found(session, "rain", source="Two") == {"old"}
    session.record("rain", Signal.SAVE, NOW)
    session.reader.mark_read(["old"], NOW)
    assert found(session, "rain", is_saved=True) == {"rain"} == found(session, "rain", is_unread=True)
    assert found(session, "", topic="travel") == {"old", "zh"}


def test_no_result_says_so_and_nothing_asked_offers_topics(session: Session) -> None:
    page = search_page(session, NOW, "zebra", SearchFilter(is_unread=True))
    assert "zebra" in page.found.empty and "filters" in page.found.empty and not page.count
    idle = search_page(session, NOW)
    assert idle.topics and idle.keeps_terms
    session.reader.private = True
    assert not search_page(session, NOW).keeps_terms


def test_only_a_query_that_was_meant_teaches(session: Session) -> None:
    search_page(session, NOW, "rain")
    assert not session.reader.profile().searches
    search_page(session, NOW, "rain", teach=True)
    assert [one.query for one in session.reader.profile().searches] == ["rain"]


def test_terms_are_few_and_the_newest_first() -> None:
    terms: tuple[str, ...] = ()
    for number in range(MOST_RECENT + 3):
        terms = with_term(terms, f"term {number}")
    assert len(terms) == MOST_RECENT and terms[0] == f"term {MOST_RECENT + 2}"
    assert with_term(("a", "Rain", "b"), "rain") == ("rain", "a", "b")


def test_a_filter_taken_again_is_given_up() -> None:
    once = toggled(SearchFilter(), "source", "One")
    assert once == SearchFilter(source="One") and toggled(once, "source", "One") == SearchFilter()


def test_words_to_mute_say_something() -> None:
    assert words_to_mute("What the Senate said about Afghans, and the Senate’s 21 odds") == (
        "Senate",
        "Afghans",
        "odds",
    )
    assert words_to_mute("示例：中学生乒乓球友谊赛") == ()


def test_one_types_waits_and_finds(start: Any, saved_profile: Any) -> None:
    from kivy.core.window import Window

    driver = start(first_articles=articles)
    Window.dispatch("on_keyboard", ord("/"), 1, "/", [])
    search = driver.on_screen("search")
    driver.until(lambda: search.ids.field.focus)
    assert search.is_idle and search.ids.topics.children
    asked: list[str] = []
    search.bind(query=lambda _, query: asked.append(query))
    for text in ("r", "ra", "rai", "rain"):
        search.ids.field.text = text
    end = time.monotonic() + 0.5
    driver.until(lambda: time.monotonic() > end)
    driver.rest()
    assert asked == ["rain"]  # one search for four keys
    assert [card.article_id for card in driver.cards("search")] == ["rain", "old"]
    assert not driver.app.settings.recent_searches and not saved_profile().searches
    search.ids.field.focus = False
    driver.tap(driver.cards("search")[0])
    driver.on_screen("article")
    assert driver.app.settings.recent_searches == ("rain",)
    driver.app.back()
    driver.on_screen("search")
    driver.tap(search.ids.wipe)
    driver.rest()
    assert search.is_idle and search.has_terms
    driver.tap(search.ids.forget)
    assert not search.has_terms and not driver.app.settings.recent_searches


def test_what_an_app_still_wanted_to_search_is_not_searched_by_the_next_one(start, monkeypatch):
    from android_demo.ui import search

    monkeypatch.setattr(search, "PAUSE_S", 0)
    first = start()
    first.go("search").ids.field.text = "rain"
    second = start()
    assert second.app is not first.app
    assert second.go("search").query == ""
