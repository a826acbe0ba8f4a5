"""How a browser wants the pages: theme, size of text, language. It keeps that itself, in a cookie."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, fields
from functools import cache

from edge_runtime import Wording
from edge_runtime.web.exchange import Request

COOKIE = "look"
THEMES = ("system", "light", "dark", "eink")
SIZES = ("80", "90", "100", "115", "130", "150", "175", "200")  # percent
LANGUAGES = {"en": "English", "zh": "简体中文"}  # as each calls itself
LANGUAGE_TAGS = {"en": "en", "zh": "zh-Hans"}
YEAR_S = 365 * 24 * 3600
PAGE_ROWS, EINK_ROWS = 30, 8


@dataclass(frozen=True, slots=True)
class Look:
    """What was chosen; whatever else a cookie says is as if it said nothing."""

    theme: str = "system"
    size: str = "100"
    language: str = "en"
    seen: str = "off"  # "on": what is scrolled past is marked as read

    def classes(self) -> str:
        """For the root of a page."""
        return f"{self.theme} s{self.size}" + (" large" if int(self.size) > 115 else "")

    @property
    def page_rows(self) -> int:
        """How many stories stand on a page; nobody likes to scroll on e-ink."""
        return EINK_ROWS if self.theme == "eink" else PAGE_ROWS

    def cookie(self) -> str:
        """The value of Set-Cookie that keeps it."""
        chosen = ".".join(getattr(self, field.name) for field in fields(self))
        return f"{COOKIE}={chosen}; Path=/; Max-Age={YEAR_S}; SameSite=Lax; HttpOnly"


CHOICES = {"theme": THEMES, "size": SIZES, "language": tuple(LANGUAGES), "seen": ("off", "on")}


def look_of(request: Request) -> Look:
    """What a browser or an app asked for; the language is the first of its own that there is, until one is chosen.

    Whoever names none gets this device's.
    """
    chosen = request.cookie(COOKIE).split(".")
    names = [field.name for field in fields(Look)]
    known = {name: value for name, value in zip(names, chosen, strict=False) if value in CHOICES[name]}
    accepted = request.headers.get("accept-language") or _language_of_this_device()
    return Look(**({"language": _first_language(accepted)} | known))


@cache
def wording(language: str) -> Wording:
    """The words of a language; a catalogue is read once."""
    return Wording(language)


def wording_of(request: Request) -> Wording:
    """The words of the language that a browser asks for."""
    return wording(look_of(request).language)


def _language_of_this_device() -> str:
    """As POSIX has it: "zh_CN.UTF-8"."""
    return next(filter(None, map(os.environ.get, ("LC_ALL", "LC_MESSAGES", "LANG"))), "")


def _first_language(accepted: str) -> str:
    """ "zh-CN,en;q=0.8" -> "zh"; the order of the browser is taken for its wish."""
    for one in accepted.split(","):
        code = re.split("[-_.;]", one.strip())[0].lower()
        if code in LANGUAGES:
            return code
    return "en"
