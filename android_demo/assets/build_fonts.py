"""Makes the app's font files: `python -m android_demo.assets.build_fonts [REGULAR.ttc BOLD.ttc]`.

A whole Noto Sans CJK is 19 MB a weight. Kivy draws a label with one file and knows no fallback, so each subset must
have all that news in English and Chinese needs: simplified and common traditional characters, and a Latin to match.
Articles can be read in a serif, which is Latin alone: a Chinese one would double the app. Other scripts are drawn in
the device's own fonts, see `core.scripts`; what no font has is drawn as a box.

Needs `fonttools` and the Debian packages `fonts-noto-cjk`, `fonts-noto-core` and `fonts-materialdesignicons-webfont`;
none is needed to run the app.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from itertools import product
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from android_demo.core import scripts
from android_demo.core.signs import SIGNS

SOURCE_DIR = Path("/usr/share/fonts/opentype/noto")
SERIF_DIR = Path("/usr/share/fonts/truetype/noto")
SIGNS_SOURCE = Path("/usr/share/fonts/truetype/materialdesignicons-webfont/materialdesignicons-webfont.ttf")
TARGET_DIR = Path(__file__).parent / "fonts"
KOREAN_FACE, SIMPLIFIED_CHINESE_FACE = 1, 2  # in the collection; face 0 draws the Japanese shapes of 直 and 骨

LATIN = {code for code in range(0x20, 0x2200) if scripts.is_plain(chr(code), in_latin=True)}
SYMBOLS = {*range(0x2190, 0x2194), *map(ord, "★☆▲▼♥♡×−")}
# The Chinese face draws these as wide as a character, which tears English apart: Don ’ t. The Korean face does not.
LATIN_WIDTH = "‘’“”·•"

GB2312_TRAILS = range(0xA1, 0xFF)
BIG5_TRAILS = (*range(0x40, 0x7F), *range(0xA1, 0xFF))


def _decoded(codec: str, leads: Iterable[int], trails: Iterable[int]) -> set[int]:
    """The code points in these rows of a two-byte character set."""
    return {ord(char) for pair in product(leads, trails) for char in bytes(pair).decode(codec, "ignore")}


def simplified_and_traditional() -> set[int]:
    """All of GB 2312 (with kana, Greek and Cyrillic) and Big5's 5,401 characters in common use."""
    return _decoded("gb2312", range(0xA1, 0xF8), GB2312_TRAILS) | _decoded("big5", range(0xA1, 0xC7), BIG5_TRAILS)


def build(source: Path, style: str, characters: set[int]) -> None:
    """Write the subset of one weight as NewsSans-`style`.otf."""
    options = subset.Options(hinting=False, notdef_outline=True, font_number=SIMPLIFIED_CHINESE_FACE)
    options.layout_features = ["kern", "ccmp"]
    options.drop_tables += ["BASE", "VORG", "vhea", "vmtx"]  # for vertical text
    options.name_IDs = ["*"]  # the copyright and the licence stay in the file
    font = subset.load_font(str(source), options)
    latin_glyphs = TTFont(source, fontNumber=KOREAN_FACE).getBestCmap()
    for table in font["cmap"].tables:
        if table.isUnicode() and table.format != 14:  # 14 holds variation sequences
            table.cmap.update({ord(char): latin_glyphs[ord(char)] for char in LATIN_WIDTH})
    for number, text in {1: "News Sans", 2: style, 4: f"News Sans {style}", 6: f"NewsSans-{style}"}.items():
        font["name"].setName(text, number, 3, 1, 0x409)  # Windows, Unicode, English
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=characters)
    subsetter.subset(font)
    subset.save_font(font, str(TARGET_DIR / f"NewsSans-{style}.otf"), options)


def build_serif(style: str) -> None:
    """Write the Latin serif of one weight as NewsSerif-`style`.ttf. Noto's name is not reserved, so it is kept."""
    options = subset.Options(hinting=False, notdef_outline=True)
    options.layout_features, options.name_IDs = ["kern", "ccmp", "mark", "locl"], ["*"]
    font = subset.load_font(str(SERIF_DIR / f"NotoSerif-{style}.ttf"), options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=LATIN)
    subsetter.subset(font)
    subset.save_font(font, str(TARGET_DIR / f"NewsSerif-{style}.ttf"), options)


def build_signs() -> None:
    """Write the signs on buttons. The font's own name is reserved, so the subset has another."""
    options = subset.Options(hinting=False, notdef_outline=True)
    options.layout_features, options.name_IDs = [], ["*"]
    font = subset.load_font(str(SIGNS_SOURCE), options)
    for number, text in {1: "News Signs", 2: "Regular", 4: "News Signs", 6: "NewsSigns"}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
        font["name"].setName(text, number, 1, 0, 0)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=map(ord, SIGNS.values()))
    subsetter.subset(font)
    subset.save_font(font, str(TARGET_DIR / "NewsSigns.ttf"), options)


def main(arguments: list[str]) -> None:
    regular, bold = arguments or (SOURCE_DIR / "NotoSansCJK-Regular.ttc", SOURCE_DIR / "NotoSansCJK-Bold.ttc")
    characters = simplified_and_traditional() | LATIN | SYMBOLS
    build(Path(regular), "Regular", characters)
    build(Path(bold), "Bold", characters)
    for style in ("Regular", "Bold"):
        build_serif(style)
    build_signs()
    for file in sorted(TARGET_DIR.glob("News*.?tf")):
        print(f"{file.stat().st_size:>9,} {file.name}")


if __name__ == "__main__":
    main(sys.argv[1:])
