"""What the screens share, without Kivy."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from android_demo.core.settings import Settings, load_settings, save_settings
from android_demo.core.theme import BLACK, DARK, LIGHT, contrast, from_hex
from android_demo.core.wording import drawable
from edge_runtime.screens.rows import FIRST_ROWS, MORE_ROWS, rows_to_show


def test_emoji_are_left_out_and_chinese_is_kept():
    assert drawable("好消息 👍🏽\u200d\ufe0f  of\nthe day") == "好消息 of the day"


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
    papers = (theme.card, theme.sheet)
    pairs = [(colour, paper) for colour in (theme.ink, theme.muted, theme.accent, theme.positive) for paper in papers]
    pairs += [(theme.ink, theme.pill), (theme.negative, theme.pill), (theme.accent, theme.pill)]
    pairs += [(theme.muted, theme.background), (theme.ink, theme.background), (theme.on_accent, theme.accent)]
    pairs += [(badge, theme.on_badge) for badge in theme.badges]
    assert min(contrast(one, other) for one, other in pairs) >= 4.5
    assert contrast(theme.negative, theme.card) >= 3.0  # a bar


@pytest.mark.parametrize("theme", [LIGHT, DARK, BLACK], ids=["light", "dark", "black"])
def test_a_sheet_has_an_edge_on_the_page_behind_it(theme):
    share = theme.scrim[3]
    for page in (theme.card, theme.background):
        dimmed = tuple(
            share * over + (1 - share) * under for over, under in zip(theme.scrim[:3], page[:3], strict=True)
        )
        assert contrast(theme.sheet, (*dimmed, 1.0)) >= 1.15


@pytest.mark.parametrize("theme", [LIGHT, DARK, BLACK], ids=["light", "dark", "black"])
def test_a_button_or_a_field_can_be_told_from_what_it_lies_on(theme):
    # Pills and the field of a search lie on cards and on the page itself.
    papers = (theme.card, theme.background, theme.sheet)
    assert min(contrast(theme.pill, paper) for paper in papers) >= 1.1
    assert contrast(theme.line, theme.pill) >= 1.05  # while it is pressed


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
