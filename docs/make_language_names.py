"""Writes the names of languages that the app shows, from Unicode's CLDR: `python docs/make_language_names.py`.

One line a code, a column for each language that the app speaks, in the order of the first line. Run it again after
adding a language to `android_demo/translations`.
"""

from __future__ import annotations

from pathlib import Path

from babel import Locale

ROOT = Path(__file__).parent.parent
TABLE = ROOT / "android_demo" / "core" / "language_names.txt"
NO_LETTER = str.maketrans("\u02bc", "\u2019")  # an apostrophe that is a letter; fonts have the other one
SPOKEN = ("en", *sorted(path.name for path in (ROOT / "android_demo" / "translations").iterdir()))


def lines() -> list[str]:
    """The table, as it stands in the file."""
    names = [Locale(language).languages for language in SPOKEN]
    codes = [code for code in sorted(names[0]) if len(code) <= 3 and all(code in one for one in names)]
    return [
        "\t".join(("code", *SPOKEN)),
        *("\t".join((code, *(one[code].translate(NO_LETTER) for one in names))) for code in codes),
    ]


if __name__ == "__main__":
    TABLE.write_text("\n".join(lines()) + "\n", encoding="utf-8")
    print(f"{TABLE.relative_to(ROOT)}: {len(lines()) - 1} languages")
