"""What the screens share, without Kivy."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from android_demo.core.marks import Marks
from android_demo.core.rows import FIRST_ROWS, MORE_ROWS, num_moved, rows_to_show, story_rows
from android_demo.core.settings import Settings, load_settings, save_settings
from android_demo.core.theme import BLACK, DARK, LIGHT, contrast, from_hex
from android_demo.core.wording import drawable, topic_in_words
from edge_runtime import Wording

TR = Wording()


def test_a_topic_is_a_caption():
    assert topic_in_words("us_news") == "Us news"
    assert topic_in_words("ARTS & CULTURE") == "Arts & culture"
    assert topic_in_words("iOS") == "iOS"


def test_emoji_are_left_out_and_chinese_is_kept():
    assert drawable("好消息 👍🏽\u200d\ufe0f  of\nthe day") == "好消息 of the day"


def test_a_row_says_where_the_story_comes_from(make_article, now):
    (row,) = story_rows([make_article(1, age_h=3)], {}, now, TR, ["New"])
    assert (row.title, row.source, row.badge, row.meta, row.reason) == (
        "Story number 1",
        "Example",
        "E",
        "3 h ago · Travel",
        "New",
    )


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"title": "", "abstract": "Rain at last."}, "Rain at last."),
        ({"title": "👍🎉", "abstract": "Rain."}, "Rain."),
        ({"title": "👍🎉", "abstract": ""}, "No title"),
    ],
)
def test_a_story_without_a_title_that_can_be_drawn_is_still_called_something(make_article, now, fields, title):
    (row,) = story_rows([make_article(1, **fields)], {}, now, TR)
    assert row.title == title


def test_a_reason_is_told_only_where_it_changes(make_article, now):
    articles = [make_article(number) for number in range(4)]
    rows = story_rows(articles, {}, now, TR, ["New", "New", "For variety", "New"])
    assert [row.reason for row in rows] == ["New", "", "For variety", "New"]


def test_rows_carry_the_marks_of_their_articles(make_article, now):
    liked = Marks("like", is_read=True)
    rows = story_rows([make_article(1), make_article(2)], {"a2": liked}, now, TR)
    assert [row.marks for row in rows] == [Marks(), liked]


def test_a_source_has_one_colour_everywhere(make_article, now):
    rows = story_rows([make_article(1), make_article(2), make_article(3, source="Other")], {}, now, TR)
    assert rows[0].badge_colour == rows[1].badge_colour
    assert all(0 <= row.badge_colour < len(LIGHT.badges) for row in rows)


def test_places_that_hold_another_story_are_counted(make_article, now):
    rows = story_rows([make_article(number) for number in range(4)], {}, now, TR)
    assert num_moved(rows, [rows[1], rows[0], rows[2], rows[3]]) == 2
    assert num_moved(rows, rows) == 0


def test_the_list_grows_by_a_page_when_its_end_is_near():
    assert rows_to_show(0, 500, end_is_near=False) == FIRST_ROWS
    assert rows_to_show(FIRST_ROWS, 500, end_is_near=False) == FIRST_ROWS
    assert rows_to_show(FIRST_ROWS, 500, end_is_near=True) == FIRST_ROWS + MORE_ROWS
    assert rows_to_show(490, 500, end_is_near=True) == 500
    assert rows_to_show(0, 7, end_is_near=False) == 7


def test_settings_come_back_as_they_were_kept(tmp_path):
    assert load_settings(tmp_path) == Settings()
    kept = Settings("black", "zh", 1.6, 0.8, serif=True, images=True, recent_searches=("储能", "rain"))
    save_settings(tmp_path / "new", kept)
    assert load_settings(tmp_path / "new") == kept


def test_a_folder_in_the_place_of_the_settings_means_the_defaults(tmp_path):
    (tmp_path / "app-settings.json").mkdir()
    assert load_settings(tmp_path) == Settings()


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"theme"', "[" * 100_000])
def test_a_damaged_settings_file_means_the_defaults(tmp_path, text):
    (tmp_path / "app-settings.json").write_text(text)
    assert load_settings(tmp_path) == Settings()


@pytest.mark.parametrize(
    "wrong",
    [{"theme": "pink"}, {"text_scale": 9}, {"text_scale": True}, {"serif": 1}, {"recent_searches": [1]}, {"other": 1}],
)
def test_a_setting_that_is_wrong_takes_no_other_with_it(tmp_path, wrong):
    (tmp_path / "app-settings.json").write_text(json.dumps({"language": "zh", **wrong}))
    assert load_settings(tmp_path) == replace(Settings(), language="zh")


@pytest.mark.parametrize("theme", [LIGHT, DARK, BLACK], ids=["light", "dark", "black"])
def test_all_text_has_the_contrast_that_wcag_asks_for(theme):
    pairs = [(colour, theme.card) for colour in (theme.ink, theme.muted, theme.accent, theme.positive)]
    pairs += [(theme.ink, theme.pill), (theme.negative, theme.pill), (theme.accent, theme.pill)]
    pairs += [(theme.muted, theme.background), (theme.ink, theme.background), (theme.on_accent, theme.accent)]
    pairs += [(badge, theme.on_badge) for badge in theme.badges]
    assert min(contrast(one, other) for one, other in pairs) >= 4.5
    assert contrast(theme.negative, theme.card) >= 3.0  # a bar


def test_contrast_is_that_of_the_standard():
    # white on black: (1 + 0.05) / (0 + 0.05)
    assert contrast(from_hex("#000000"), from_hex("#FFFFFF")) == pytest.approx(21.0)


def test_the_core_needs_no_kivy():
    code = (
        "import importlib, pkgutil, sys, android_demo.core as core\n"
        "[importlib.import_module(m.name) for m in pkgutil.walk_packages(core.__path__, 'android_demo.core.')]\n"
        "assert 'kivy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
