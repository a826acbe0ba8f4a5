"""Runs of scripts in a line, their order, and the fonts that a device has for them."""

from pathlib import PurePosixPath

import pytest

from android_demo.core.scripts import OWN, directed, fonts_for, is_latin, is_plain, is_rtl, runs

ARABIC, HEBREW = "قال الرئيس", "שלום"


def seen(line, **how):
    return [(run.text, run.code) for run in runs(line, **how)]


@pytest.mark.parametrize("text", ["Plain words, “quoted” — 5 %.", "中文，還有 int8", "Ελλάδα и Россия", "Nguyễn"])
def test_what_the_apps_own_font_has_is_one_run(text):
    assert is_plain(text) and not is_rtl(text) and seen(text) == [(text, "")]


def test_a_foreign_word_is_a_run_with_the_spaces_between_its_words():
    assert seen("5th 안녕 하세요, ok") == [("5th ", ""), ("안녕 하세요", "Hang"), (", ok", "")]
    assert seen("हिन्दी में") == [("हिन्दी में", "Deva")]


def test_a_line_from_the_right_is_laid_out_from_the_right_and_its_brackets_turn():
    # read: ARABIC ( AI ) 25 .   seen from the left: . 25 ( AI ) ARABIC
    assert seen(f"{ARABIC} (AI) 25.") == [(".25 (AI) ", ""), (ARABIC, "Arab")]
    assert is_rtl(HEBREW) and not is_rtl(f"He said {ARABIC}")


def test_a_foreign_phrase_in_a_latin_line_keeps_the_lines_order():
    assert seen(f"He said {ARABIC}, then") == [("He said ", ""), (ARABIC, "Arab"), (", then", "")]


def test_every_line_of_a_paragraph_goes_its_way():
    first, second = directed([f"{ARABIC} a", "b c"], is_from_right=True)
    assert first == f"{ARABIC} a" and is_rtl(second) and seen(second) == [("b c", "")]
    assert not is_rtl(directed([ARABIC], is_from_right=False)[0])


def test_a_latin_font_leaves_the_rest_to_the_apps_own():
    assert seen("a 中文 ★", in_latin=True) == [("a ", ""), ("中文", OWN), (" ", ""), ("★", OWN)]
    assert is_latin("Only Latin, 5 ★") and not is_latin("A 中") and not is_latin("Привет")


@pytest.mark.parametrize("line", [f"{ARABIC} (AI) 25.", f"x {HEBREW}. y", "5th 안녕", "ไทย ok", "a\u200d👍 b"])
def test_no_character_is_lost(line):
    mirrored = str.maketrans("()", ")(")
    assert sorted("".join(run.text for run in runs(line)).translate(mirrored)) == sorted(line.translate(mirrored))


def test_fonts_are_found_by_their_names_best_first():
    names = ["NotoSansArabic-Regular.ttf", "NotoNaskhArabic-Regular.ttf", "NotoNaskhArabic-Bold.ttf"]
    names += ["NotoSansDevanagari-VF.ttf", "DroidSansMono.ttf", "NotoSansHebrew-Regular.xml"]
    found = fonts_for(PurePosixPath("/system/fonts") / name for name in names)
    assert found == {
        "Arab": ("/system/fonts/NotoNaskhArabic-Regular.ttf", "/system/fonts/NotoNaskhArabic-Bold.ttf"),
        "Deva": ("/system/fonts/NotoSansDevanagari-VF.ttf",) * 2,
        "mono": ("/system/fonts/DroidSansMono.ttf",) * 2,
    }
