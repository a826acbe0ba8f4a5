"""What a screen says, in the reader's language, by gettext: texts by their English words, counts with their plurals.

A catalogue is a `messages.mo` under FOLDER/LANGUAGE/LC_MESSAGES. The runtime brings one of its own sentences, a front
end those of its screens; `docs/make_catalogues.py` writes them. What no catalogue has stays English.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta, tzinfo
from functools import cached_property
from pathlib import Path

from edge_runtime.pages.kept_sentences import Templates, texts_of_catalogue
from edge_runtime.sentences import Sentence

LANGUAGES = ("en", "zh")
DOMAIN = "messages"
OWN_CATALOGUES = Path(__file__).parent.parent / "translations"

# As the first word of a category; "us" elsewhere may be a pronoun.
_ABBREVIATIONS = frozenset(("ai", "eu", "tv", "uk", "us"))


class Wording:
    """Says things in one language."""

    def __init__(
        self, language: str = "en", catalogues: Sequence[Path] = (), drawn: Callable[[str], str] = str
    ) -> None:
        """Read the catalogues.

        Args:
            language: Of LANGUAGES; of another one the English words are used.
            catalogues: Folders of a front end, asked before the runtime's own.
            drawn: Makes of any text what the front end's fonts can draw; spaces and line ends stay.
        """
        self.language, self.drawn = language, drawn
        self._texts: gettext.NullTranslations = gettext.NullTranslations()
        if language != "en":
            for folder in (OWN_CATALOGUES, *reversed(catalogues)):
                found = gettext.translation(DOMAIN, folder, [language], fallback=True)
                found.add_fallback(self._texts)
                self._texts = found

    def __call__(self, text: str, /, **facts: object) -> str:
        """A text, with facts in the place of their {names}; a `Sentence`, number or day among them is worded too."""
        said = self._texts.gettext(text) if text else ""
        return said.format(**{name: self._fact(fact) for name, fact in facts.items()}) if facts else said

    def count(self, one: str, many: str, number: int, /, **facts: object) -> str:
        """A text for a number of things, which stands in the text as {number}."""
        said = self._texts.ngettext(one, many, number)
        return said.format(number=self.number(number), **{name: self._fact(fact) for name, fact in facts.items()})

    def sentence(self, text: str) -> str:
        """What the runtime said, in this language.

        A text without a template is looked up as it is; one that was kept as text, such as a feed's last error, by
        the template that it fits.
        """
        if not isinstance(text, Sentence):
            said = self(text)
            kept = self._templates.sentence_of(text) if said == text and self._templates else None
            return said if kept is None else self.sentence(kept)
        return self(text.template, **text.facts)

    def number(self, number: int) -> str:
        """12,345: both languages group by thousands."""
        return f"{number:,}"

    def age(self, published: datetime | None, now: datetime, zone: tzinfo | None = None) -> str:
        """How long ago in the largest whole unit, after a month the date; "" where it is not known.

        Args:
            published: UTC-aware; the future is "just now".
            now: UTC-aware.
            zone: Whose calendar gives the date; that of this device if not given.
        """
        if published is None:
            return ""
        age, tr = now - published, self
        if age < timedelta(minutes=1):
            return tr("just now")
        if age < timedelta(hours=1):
            return tr.count("{number} min ago", "{number} min ago", age // timedelta(minutes=1))
        if age < timedelta(days=1):
            return tr.count("{number} h ago", "{number} h ago", age // timedelta(hours=1))
        if age < timedelta(days=2):
            return tr("yesterday")
        if age < timedelta(days=30):
            return tr.count("{number} day ago", "{number} days ago", age.days)
        return self.date(published.astimezone(zone))

    def date(self, day: date) -> str:
        """A day of the calendar, in the zone that it is given in."""
        if self.language == "zh":
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%b %Y}"

    def line(self, text: str) -> str:
        """A text of somebody else's on one line, as the front end can draw it."""
        return " ".join(self.drawn(text).split())

    def topic(self, category: str) -> str:
        """A publisher's category as a caption: "us_news" -> "US news"; a topic of the bundle's in the language."""
        words = self.line(category.replace("_", " ").replace("-", " "))
        known = words.lower()  # as a bundle writes its topics, and the catalogue has them
        if (said := self(known)) != known:
            return said
        if not (words.isupper() or words.islower()):
            return words
        first, space, rest = known.partition(" ")
        return (first.upper() if first in _ABBREVIATIONS else first[:1].upper() + first[1:]) + space + rest

    def sentences(self, *sentences: str) -> str:
        """Whole sentences, one after the other; a full stop of Chinese brings its own space."""
        return ("" if self.language == "zh" else " ").join(sentence for sentence in sentences if sentence)

    def joined(self, *parts: str) -> str:
        """The parts that are given, with dots between."""
        return " · ".join(part for part in parts if part)

    def listed(self, names: Sequence[str]) -> str:
        """Names one after the other."""
        return ("、" if self.language == "zh" else ", ").join(names)

    def _fact(self, fact: object) -> str:
        if isinstance(fact, str):
            return self.sentence(fact) if isinstance(fact, Sentence) else fact
        if isinstance(fact, date):
            return self.date(fact)
        return self.number(fact) if isinstance(fact, int) else str(fact)

    @cached_property
    def _templates(self) -> Templates | None:
        """Of the runtime's own catalogue; None where it has none of this language."""
        found = gettext.find(DOMAIN, OWN_CATALOGUES, [self.language]) if self.language != "en" else None
        return Templates(texts_of_catalogue(Path(found).read_bytes())) if found else None
