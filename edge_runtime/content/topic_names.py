"""What a topic is called: the bundle's own names, and those that feeds and readers have for them."""

from __future__ import annotations

from collections.abc import Sequence

from edge_runtime.content.compare_text import fold
from edge_runtime.errors import UnknownTopicError

# Names that are given to one topic. Each line means the first of its names that the bundle has.
_ALIASES = (
    ("sports", "sport"),
    ("world", "world news", "international", "the worldpost"),
    ("technology", "tech", "science and technology"),
    ("science", "science and technology", "technology"),
    ("business", "finance", "money", "economy", "markets"),
    ("us news", "u.s. news", "us", "u.s.", "usa", "national"),
    ("entertainment", "celebrity", "celebrities", "movies", "film", "tv", "television", "music"),
    ("food", "food & drink", "foodanddrink"),
    ("environment", "climate", "green"),
    ("health", "wellness", "healthy living"),
    ("culture", "arts", "arts & culture", "culture & arts", "books"),
    ("style", "fashion", "lifestyle"),
)


def topics_by_name(topics: Sequence[str]) -> dict[str, str]:
    """Folded name -> topic, for the topics themselves and the aliases of those that the bundle has."""
    found: dict[str, str] = {}
    for line in _ALIASES:
        meant = next((name for name in line if name in topics), "")
        for name in line if meant else ():
            found.setdefault(fold(name), meant)
    return found | {fold(name): name for name in topics}


def topic_named(name: str, topics: Sequence[str]) -> str:
    """The bundle's topic that a name means: "science" is "science and technology" where there is no other.

    Raises:
        UnknownTopicError: It means none; the message names the nearest one, and all.
    """
    known = topics_by_name(topics)
    wanted = fold(name.strip())
    if wanted in known:
        return known[wanted]
    from difflib import get_close_matches  # loaded here: most names are known

    near = get_close_matches(wanted, known, n=1)
    guess = f"did you mean {known[near[0]]!r}? " if near else ""
    raise UnknownTopicError(f"no topic {name.strip()!r}; {guess}known are {', '.join(topics)}")
