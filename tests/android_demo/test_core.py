"""What the screens say, without Kivy."""

import subprocess
import sys
from datetime import timedelta

import pytest

from android_demo.core.article import article_page
from android_demo.core.feed import FIRST_ROWS, MORE_ROWS, feed_rows, last_verdicts, num_moved, rows_to_show
from android_demo.core.interests import MOST_EVENTS, interests_page
from android_demo.core.settings import Settings, load_settings, save_settings
from android_demo.core.theme import DARK, LIGHT, contrast, from_hex
from android_demo.core.why import rounded_to_sum, why_sheet
from android_demo.core.wording import age_in_words, drawable, topic_in_words
from edge_runtime import Explanation, Profile, Signal, SimilarRead


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=59, seconds=59), "59 min ago"),
        (timedelta(hours=1), "1 h ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "yesterday"),
        (timedelta(days=2), "2 days ago"),
        (timedelta(days=30), "25 Oct 2026"),
    ],
)
def test_an_age_is_told_in_the_largest_whole_unit(now, age, words):
    assert age_in_words(now - age, now) == words


def test_a_story_without_a_date_has_no_age(now):
    assert age_in_words(None, now) == ""


def test_a_topic_is_a_caption():
    assert topic_in_words("us_news") == "US NEWS"


def test_emoji_are_left_out_and_chinese_is_kept():
    assert drawable("好消息 👍🏽\u200d\ufe0f  of\nthe day") == "好消息 of the day"


def test_a_feed_row_says_where_the_story_comes_from(make_scored, now):
    (row,) = feed_rows([make_scored(1, age_h=3)], {}, now)
    assert (row.title, row.meta, row.reason) == ("Story number 1", "TRAVEL · Example · 3 h ago", "New")


def test_a_story_without_a_title_shows_its_abstract(make_scored, now):
    (row,) = feed_rows([make_scored(1, title="", abstract="Rain at last.")], {}, now)
    assert row.title == "Rain at last."


def test_the_newest_verdict_on_a_story_counts(make_scored, make_event, now):
    events = [make_event(1, Signal.DISLIKE), make_event(1, Signal.LIKE, age_h=2), make_event(2, Signal.OPEN)]
    rows = feed_rows([make_scored(1), make_scored(2)], last_verdicts(events), now)
    assert [row.verdict for row in rows] == ["dislike", ""]


def test_a_row_knows_how_far_it_climbed(make_scored, now):
    before = feed_rows([make_scored(1), make_scored(2), make_scored(3)], {}, now)
    after = feed_rows(
        [make_scored(3), make_scored(1), make_scored(2), make_scored(4)], {}, now, {"a1": 0, "a2": 1, "a3": 2}
    )
    # 3 went from place 2 to 0; 1 and 2 fell by one; 4 is new
    assert [row.climbed for row in after] == [2, -1, -1, 0]
    assert num_moved(before, after) == 3


def test_the_list_grows_by_a_page_when_its_end_is_near():
    assert rows_to_show(0, 500, end_is_near=False) == FIRST_ROWS
    assert rows_to_show(FIRST_ROWS, 500, end_is_near=False) == FIRST_ROWS
    assert rows_to_show(FIRST_ROWS, 500, end_is_near=True) == FIRST_ROWS + MORE_ROWS
    assert rows_to_show(480, 500, end_is_near=True) == 500
    assert rows_to_show(0, 7, end_is_near=False) == 7


def test_rounded_parts_add_up_to_the_rounded_sum():
    # 0.004 + 0.004 = 0.008, printed 0.01: one of the two must be printed as 0.01
    assert sorted(rounded_to_sum([0.004, 0.004], 0.01)) == [0.0, 0.01]
    assert rounded_to_sum([1.256, -0.333, 0.0], 0.92) == [1.25, -0.33, 0.0]


def test_no_rounded_part_is_a_whole_step_away_from_the_part():
    values = [((7919 * place) % 1000) / 317 - 1.5 for place in range(40)]
    printed = rounded_to_sum(values, round(sum(values), 2))
    assert sum(printed) == pytest.approx(sum(values), abs=0.005 + 1e-9)
    assert max(abs(a - b) for a, b in zip(values, printed, strict=True)) < 0.01 + 1e-9


def test_the_why_sheet_lists_parts_that_matter_and_their_sum(make_scored, make_article):
    scored = make_scored(1, parts={"interest": 1.0, "topic": -0.25, "average": 0.0, "already read": -100.0})
    reads = (SimilarRead(make_article(2), similarity=0.8, share=0.75), SimilarRead(make_article(3), 0.1, 0.25))
    sheet = why_sheet(Explanation(scored, reads))
    assert [(row.value, row.bar) for row in sheet.rows] == [("+1.00", 1.0), ("−0.25", -0.25)]
    assert sheet.total == "+0.75" and sheet.standing.startswith("You have read this: it stands behind")
    assert [(read.title, read.share) for read in sheet.reads] == [("Story number 2", "75%"), ("Story number 3", "25%")]


def test_the_why_sheet_names_every_part_and_an_unknown_one_by_itself(make_scored):
    sheet = why_sheet(Explanation(make_scored(1, parts={"topic": 2.0, "freshness": 1.0, "mood": 0.5}), ()))
    assert [row.label for row in sheet.rows] == ["Topic you read", "New", "mood"]


def test_the_interests_page_counts_what_it_does_not_list(make_event, now):
    events = tuple(make_event(number, Signal.OPEN, age_h=number) for number in range(MOST_EVENTS + 3))
    page = interests_page(Profile(events, (), {"food": 0.25, "travel": 0.5, "": 0.25}), now)
    assert [(row.topic, row.share, row.bar) for row in page.topics] == [
        ("TRAVEL", "50%", 1.0),
        ("FOOD", "25%", 0.5),
        ("No topic", "25%", 0.5),
    ]
    assert (len(page.events), page.older) == (MOST_EVENTS, "and 3 older")
    assert page.events[1].meta == "Opened · 1 h ago"
    assert page.summary.startswith("43 opened, 0 liked, 0 turned down.")


def test_an_empty_profile_is_said_to_be_empty(now):
    page = interests_page(Profile((), (), {}), now)
    assert page.summary.startswith("Nothing yet") and not page.events and not page.topics and not page.older


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://www.example.org/a?b", "Read it at example.org"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("intent://scan/#Intent;scheme=zxing;end", ""),
    ],
)
def test_only_web_links_are_offered(make_article, now, url, words):
    assert article_page(make_article(1, url=url), now).link == words


def test_an_article_is_cut_into_paragraphs(make_article, now):
    assert article_page(make_article(1, abstract="One.\n\n Two. \n"), now).paragraphs == ("One.", "Two.")


def test_settings_come_back_as_they_were_kept(tmp_path):
    assert load_settings(tmp_path) == Settings(dark=False)
    save_settings(tmp_path / "new", Settings(dark=True))
    assert load_settings(tmp_path / "new") == Settings(dark=True)


def test_settings_that_cannot_be_read_mean_the_defaults(tmp_path):
    save_settings(tmp_path, Settings(dark=True))
    (kept,) = tmp_path.iterdir()
    kept.unlink()
    kept.mkdir()
    assert load_settings(tmp_path) == Settings()


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"dark"'])
def test_a_damaged_settings_file_means_the_defaults(tmp_path, text):
    (tmp_path / "app-settings.json").write_text(text)
    assert load_settings(tmp_path) == Settings()


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_all_text_has_the_contrast_that_wcag_asks_for(theme):
    pairs = [(colour, theme.card) for colour in (theme.ink, theme.muted, theme.accent, theme.positive)]
    pairs += [(theme.ink, theme.pill), (theme.negative, theme.pill), (theme.accent, theme.pill)]
    pairs += [(theme.muted, theme.background), (theme.ink, theme.background), (theme.on_accent, theme.accent)]
    assert min(contrast(one, other) for one, other in pairs) >= 4.5
    assert contrast(theme.negative, theme.card) >= 3.0  # a bar


def test_contrast_is_that_of_the_standard():
    # white on black: (1 + 0.05) / (0 + 0.05)
    assert contrast(from_hex("#000000"), from_hex("#FFFFFF")) == pytest.approx(21.0)


def test_the_core_needs_no_kivy():
    code = (
        "import importlib, pkgutil, sys, android_demo.core as core\n"
        "[importlib.import_module(f'android_demo.core.{m.name}') for m in pkgutil.iter_modules(core.__path__)]\n"
        "assert 'kivy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
