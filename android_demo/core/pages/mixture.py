"""How mixed the feed is, and which languages the reader reads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from android_demo.core.language_names import language_name
from android_demo.core.session import Session
from edge_runtime import Wording

LOOKED_AT = 500  # articles, for the languages of the news here
OFFERED = ("en", "zh", "de", "fr", "es", "it", "pt", "nl", "ja", "ko", "ru")  # whatever news is here


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that can be said to be read."""

    code: str
    words: str
    is_read: bool


@dataclass(frozen=True, slots=True)
class MixturePage:
    """What can be set."""

    variety: float  # 0 to 1
    languages: tuple[LanguageChoice, ...]
    languages_about: str


def mixture_page(session: Session, now: datetime) -> MixturePage:
    """What is set now; `now` does not matter."""
    reader, tr = session.reader, session.tr
    read = reader.languages
    here = [article.language.partition("-")[0].lower() for article in reader.latest(LOOKED_AT)]
    known = reader.info()["languages"]
    assert isinstance(known, list)
    codes = dict.fromkeys([*known, *read, *OFFERED, *(code for code in here if code)])
    return MixturePage(
        variety=reader.variety,
        languages=tuple(LanguageChoice(code, language_name(code, tr.language), code in read) for code in codes),
        languages_about=tr("Of a story in several languages, one that you read stands in the feed.")
        if read
        else tr("None is set: the device goes by what you open."),
    )


def variety_words(variety: float, tr: Wording) -> str:
    """What a place of the dial means."""
    if variety < 0.05:
        return tr("Best first: stories of one topic may follow each other.")
    if variety < 0.5:
        return tr("A little mixed.")
    return tr("Well mixed: topics and sources take turns.") if variety < 0.95 else tr("As mixed as can be.")


def read_language(session: Session, code: str, *, is_read: bool) -> None:
    """Say that a language is read, or not any more."""
    others = [one for one in session.reader.languages if one != code]
    session.reader.languages = [*others, code] if is_read else others
