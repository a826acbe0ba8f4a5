"""Which script a text is in, so that each run of it can be drawn in a font that has it, in its direction.

The app's own font has Latin, Greek, Cyrillic, kana and common Han characters. Others come from the device. Text from
the right is ordered by words, digits and signs; it is not the whole Unicode bidirectional algorithm: one level, no
isolates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import PurePath


@dataclass(frozen=True, slots=True)
class Script:
    """One script that the app's own font lacks."""

    code: str  # ISO 15924
    characters: str  # as in a regular expression's set
    fonts: tuple[str, ...]  # beginnings of file names, best first
    is_rtl: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """A part of a line that one font draws."""

    text: str
    code: str = ""  # of its script; "" for the font of the label, OWN for the app's
    is_rtl: bool = False


_ARABIC_FONTS = ("NotoNaskhArabic", "NotoSansArabic", "DejaVuSans")
_CJK_FONTS = ("NotoSansCJK", "DroidSansFallback")
OWN = "own"  # what a Latin font lacks and the app's font has
SCRIPTS = tuple(
    Script(*fields)
    for fields in (
        ("Arab", "\u0600-\u06ff\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc", _ARABIC_FONTS, True),
        ("Hebr", "\u0590-\u05ff\ufb1d-\ufb4f", ("NotoSansHebrew", "DejaVuSans"), True),
        ("Hang", "\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff", ("NotoSansKR", *_CJK_FONTS)),
        ("Hani", "\u3400-\u4dbf\U00020000-\U0003ffff", ("NotoSansSC", *_CJK_FONTS)),
        ("Deva", "\u0900-\u097f\ua8e0-\ua8ff", ("NotoSansDevanagari",)),
        ("Beng", "\u0980-\u09ff", ("NotoSansBengali",)),
        ("Guru", "\u0a00-\u0a7f", ("NotoSansGurmukhi",)),
        ("Gujr", "\u0a80-\u0aff", ("NotoSansGujarati",)),
        ("Orya", "\u0b00-\u0b7f", ("NotoSansOriya",)),
        ("Taml", "\u0b80-\u0bff", ("NotoSansTamil",)),
        ("Telu", "\u0c00-\u0c7f", ("NotoSansTelugu",)),
        ("Knda", "\u0c80-\u0cff", ("NotoSansKannada",)),
        ("Mlym", "\u0d00-\u0d7f", ("NotoSansMalayalam",)),
        ("Sinh", "\u0d80-\u0dff", ("NotoSansSinhala",)),
        ("Thai", "\u0e00-\u0e7f", ("NotoSansThai", "NotoLoopedThai")),
        ("Laoo", "\u0e80-\u0eff", ("NotoSansLao", "DejaVuSans")),
        ("Tibt", "\u0f00-\u0fff", ("NotoSerifTibetan", "NotoSansTibetan")),
        ("Mymr", "\u1000-\u109f\uaa60-\uaa7f", ("NotoSansMyanmar",)),
        ("Geor", "\u10a0-\u10ff\u2d00-\u2d2f", ("NotoSansGeorgian", "DejaVuSans")),
        ("Ethi", "\u1200-\u139f\u2d80-\u2ddf", ("NotoSansEthiopic",)),
        ("Khmr", "\u1780-\u17ff", ("NotoSansKhmer",)),
        ("Armn", "\u0530-\u058f", ("NotoSansArmenian", "DejaVuSans")),
    )
)  # fmt: skip
MONO_FONTS = ("DroidSansMono", "NotoSansMono", "DejaVuSansMono")

# What the app's Latin fonts have: `assets.build_fonts` takes them from here.
LATIN = (
    "\u0020-\u007e\u00a0-\u017f\u018f\u0192\u01a0\u01a1\u01af\u01b0\u02bc\u02c6-\u02dd\u0300-\u0304\u0306-\u030c\u0323\u0326\u1e80-\u1e85\u1ea0-\u1ef9"
    "\u2010-\u2027\u2030-\u205e\u20ab\u20ac\u2122"
)

_BY_CODE = {script.code: script for script in SCRIPTS}
_FOREIGN_SET = "".join(script.characters for script in SCRIPTS)
_LTR, _RTL = "\u200e", "\u200f"  # Unicode's marks of direction; nothing is drawn for them
_FOREIGN = re.compile(f"[{_FOREIGN_SET}{_LTR}{_RTL}]")
_NOT_LATIN = re.compile(f"[^{LATIN}\n]")
_OTHER_LETTER = re.compile(f"[^\\W\\d_{LATIN}]")
_RTL_CHARACTERS = "".join(script.characters for script in SCRIPTS if script.is_rtl)
_FIRST_STRONG = re.compile(f"([{_RTL_CHARACTERS}{_RTL}])|[^\\W\\d_]|{_LTR}")
_WORD = f"[^\\W{_FOREIGN_SET}]+(?:[^\\w\\s{_FOREIGN_SET}]+[^\\W{_FOREIGN_SET}]+)*[%‰°]?"
_MIRRORED = str.maketrans("()[]{}<>«»‹›“”", ")(][}{><»«›‹”“")


def is_plain(text: str, *, in_latin: bool = False) -> bool:
    """Whether one font draws it all: the app's own, or a Latin one."""
    return not (_NOT_LATIN if in_latin else _FOREIGN).search(text)


def is_latin(text: str) -> bool:
    """Whether all its letters are Latin, so that a Latin font can draw it; a sign or two may be in another."""
    return not _OTHER_LETTER.search(text)


def is_rtl(text: str) -> bool:
    """Whether a paragraph is read from the right: its first letter says it."""
    found = _FIRST_STRONG.search(text)
    return bool(found and found.group(1))


def directed(lines: Iterable[str], *, is_from_right: bool) -> list[str]:
    """The lines of one paragraph, each of which says the paragraph's direction."""
    mark = _RTL if is_from_right else _LTR
    return [line if is_rtl(line) == is_from_right else mark + line for line in lines]


def runs(line: str, *, in_latin: bool = False) -> list[Run]:
    """The parts of a line by what draws them, from left to right as they are seen.

    Args:
        line: In the order of reading.
        in_latin: The label's font has LATIN alone.
    """
    drawn = line.replace(_LTR, "").replace(_RTL, "")
    found = _from_the_right(drawn) if is_rtl(line) else _stretches(drawn)
    if in_latin:
        found = [part for run in found for part in ([run] if run.code else _latin_and_other(run.text))]
    return _joined(found)


def fonts_for(names: Iterable[PurePath]) -> dict[str, tuple[str, str]]:
    """Regular and bold font file for each script that some file has; "mono" for one with letters of one width.

    Args:
        names: Of font files, such as /system/fonts has.
    """
    files: dict[str, str] = {}
    for name in sorted(names):
        if name.suffix.lower() in (".ttf", ".otf", ".ttc"):
            files.setdefault(name.stem, str(name))
    found = {}
    for code, beginnings in [(one.code, one.fonts) for one in SCRIPTS] + [("mono", MONO_FONTS)]:
        for beginning in beginnings:
            regular = _weight(files, beginning, ("-Regular", "-VF", "[wght]", "-Variable", ""))
            if regular:
                found[code] = regular, _weight(files, beginning, ("-Bold",)) or regular
                break
    return found


def _weight(files: Mapping[str, str], beginning: str, endings: Iterable[str]) -> str:
    return next((files[beginning + ending] for ending in endings if beginning + ending in files), "")


@cache
def _stretch() -> re.Pattern[str]:
    """A stretch of one script, with the spaces between its words; made when the first such text comes: it is long."""
    return re.compile(
        "|".join(
            [f"(?P<{one.code}>[{one.characters}]+(?:\\s+[{one.characters}]+)*)" for one in SCRIPTS]
            + [f"(?P<words>{_WORD}(?:\\s+{_WORD})*)", f"(?P<signs>[^\\w{_FOREIGN_SET}]+)"]
        )
    )


def _stretches(line: str) -> list[Run]:
    found = []
    for match in _stretch().finditer(line):
        script = _BY_CODE.get(match.lastgroup or "")
        found.append(Run(match.group(), script.code, script.is_rtl) if script else Run(match.group()))
    return found


def _from_the_right(line: str) -> list[Run]:
    """The stretches of a line that begins at the right; signs between them face the other way."""
    found = [
        run if run.code or re.search(r"\w", run.text) else Run(run.text[::-1].translate(_MIRRORED))
        for run in _stretches(line)
    ]
    return found[::-1]


def _latin_and_other(text: str) -> list[Run]:
    parts = re.split(f"([^{LATIN}]+)", text)
    return [Run(part, OWN if place % 2 else "") for place, part in enumerate(parts) if part]


def _joined(found: list[Run]) -> list[Run]:
    """Neighbours that one font draws as one, as a font kerns across them; those from the right stay apart."""
    joined: list[Run] = []
    for run in found:
        if joined and not run.is_rtl and (joined[-1].code, joined[-1].is_rtl) == (run.code, False):
            joined[-1] = Run(joined[-1].text + run.text, run.code)
        else:
            joined.append(run)
    return joined
