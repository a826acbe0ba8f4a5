"""Names of languages: the table as its script writes it, in letters that the app's font draws."""

from pathlib import Path

import pytest

import android_demo
from android_demo.core.language_names import TABLE, language_name, language_names
from android_demo.core.pages.mixture import OFFERED

FONT = Path(android_demo.__file__).parent / "assets" / "fonts" / "NewsSans-Regular.otf"


def test_a_language_is_named_in_the_language_of_the_app():
    assert [language_name("pl", spoken) for spoken in ("en", "zh")] == ["Polish", "波兰语"]
    assert language_name("de-CH", "en") == "German" and language_name("fil", "zh") == "菲律宾语"
    assert language_name("xx", "zh") == "xx" and language_name("pl", "eo") == "Polish"


def test_all_that_is_offered_or_detected_has_a_name():
    from edge_runtime.content.languages import NAMES

    for spoken in ("en", "zh"):
        assert {*OFFERED, *NAMES} <= language_names(spoken).keys()


def test_the_table_names_each_code_once_in_every_language_of_the_app():
    spoken = sorted(path.name for path in (Path(android_demo.__file__).parent / "translations").iterdir())
    first, *rows = (line.split("\t") for line in TABLE.read_text(encoding="utf-8").splitlines())
    assert first == ["code", "en", *spoken]
    assert [row[0] for row in rows] == sorted({row[0] for row in rows})
    assert all(len(row) == len(first) and all(row) for row in rows)


def test_every_name_can_be_drawn():
    tt_font = pytest.importorskip("fontTools.ttLib").TTFont(FONT)
    drawn = tt_font.getBestCmap().keys()
    missing = {
        name: [char for char in name if ord(char) not in drawn]
        for spoken in ("en", "zh")
        for name in language_names(spoken).values()
    }
    assert not {name: chars for name, chars in missing.items() if chars}
