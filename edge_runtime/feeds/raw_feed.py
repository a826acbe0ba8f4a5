"""What a feed of any format says, as strings: the common ground of XML and JSON feeds."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RawPicture:
    """A picture, or a film or sound, that an item names beside its text."""

    address: str
    width: int = 0  # pixels; 0 if not told
    height: int = 0
    is_image: bool = True


@dataclass(slots=True)
class RawItem:
    """Candidates for each field of an article, best first; HTML wherever text is meant."""

    titles: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    pictures: list[RawPicture] = field(default_factory=list)
    guid: str = ""
    categories: list[str] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)  # whom the feed has it from, if that is another
    dates: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    base: str = ""  # what relative links are relative to, itself perhaps relative
    popularity: tuple[str, str, str] | None = None  # shown, clicked, as of


@dataclass(slots=True)
class RawFeed:
    """A feed's own fields, candidates as in `RawItem`, and its items in order."""

    titles: list[str] = field(default_factory=list)
    sites: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    base: str = ""
    is_relative_to_site: bool = False  # so are links in a feed that gives no base
    items: list[RawItem] = field(default_factory=list)
