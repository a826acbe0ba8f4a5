"""Pages as lines of text, at every width."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge_runtime.feeds.full_text import read_full_text
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.pages.article import ArticlePage
from edge_runtime.pages.article_lines import article_lines
from edge_runtime.pages.lines import Look, Span, columns, joined, wrapped
from edge_runtime.pages.why import WhyPage, WhyPart, WhyRead, WhyWord
from edge_runtime.pages.why_lines import why_lines

TITLE = "社区食堂推出少油少盐的家常菜单 and rain"
PARTS = (WhyPart("interest", "near to something you read", 1.25), WhyPart("topic", "how much you read its topic", -0.5))


@given(st.text(max_size=200), st.integers(10, 40))
def test_lines_are_never_wider_than_asked_and_lose_no_letter(text, width):
    lines = wrapped(text, width)
    assert lines and all(columns(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == clean_text(text).replace(" ", "")


def test_words_stay_whole_where_they_can():
    assert wrapped("one two three", 7) == ["one two", "three"]
    assert wrapped("a characterisation", 8) == ["a", "characte", "risation"]


def test_chinese_takes_two_columns_a_character_and_breaks_anywhere():
    assert columns("雨ab") == 4
    assert wrapped("社区食堂推出", 5) == ["社区", "食堂", "推出"]


def test_no_title_can_steer_a_terminal():
    assert wrapped("\x1b[31mred\x07 \u202eturned\x9b2J", 80) == ["[31mred turned 2J"]


def test_groups_stand_apart_and_empty_ones_leave_no_gap():
    one, two = (Span("one"),), (Span("two"),)
    assert joined([[], [one], [], [two, one], []]) == [one, (Span(""),), two, one]


@pytest.mark.parametrize("width", [10, 20, 40, 100])
def test_an_article_fits_into_every_width_but_for_its_addresses(width):
    text = read_full_text(
        "<ul><li>much <a href='/x'>of it</a></li></ul><blockquote><p>It rained for days.</p></blockquote>"
    )
    page = ArticlePage(
        "a", TITLE, "Gazette · 1 h", text.blocks, ("https://news.example/x",), True, "https://news.example/1"
    )
    lines = ["".join(span.text for span in line) for line in article_lines(page, width)]
    assert all(columns(line) <= width for line in lines if "https://" not in line)
    assert lines[-3:] == ["[1] https://news.example/x", "", "https://news.example/1"]
    assert "thefeedgivesonlythismuch" in "".join(lines).replace(" ", "")


@pytest.mark.parametrize("width", [18, 40, 100])
def test_why_fits_into_every_width_and_names_every_part(width):
    reads = (WhyRead("soup", 0.6, is_search=True), WhyRead("", 0.4, is_itself=True))
    page = WhyPage("a", TITLE, "Gazette", ("food (90%)",), PARTS, 0.75, reads, (WhyWord("rain", 0.5),), "muted")
    lines = why_lines(page, width, "muted; `edge-news unmute` shows it")
    texts = ["".join(span.text for span in line) for line in lines]
    assert all(columns(text) <= width for text in texts)
    assert [part.name for part in PARTS] == [name for name in ("interest", "topic") if name in " ".join(texts)]
    assert (Span("   +0.75", Look.STRONG), Span("  score")) in lines
    whole = " ".join(" ".join(texts).split())
    assert "60% the search “soup”" in whole and "40% the article itself" in whole and "`edge-news unmute`" in whole
