"""What apps call things: items by numbers, in four spellings, and streams by names.

The numbers are chosen so that no spelling can mean two: an article's has 13 decimal and at most 11 hexadecimal digits,
a copy's in "For you" 15 and 12. None has 16, as a bare id of 16 digits is hexadecimal by custom, and all are exact in
a double.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime

from edge_runtime import Feed

FOR_YOU = "feed/1"
OTHERS = "feed/2"  # articles that no subscription brought
READING_LIST, READ, STARRED, KEPT_UNREAD = (
    f"user/-/state/com.google/{name}" for name in ("reading-list", "read", "starred", "kept-unread")
)
LABEL = "user/-/label/"

_ITEM = "tag:google.com,2005:reader/item/"
_COPIES_FROM = 10**14
_MOST_POSITIONS = 1000  # in one edition
_DECIMAL = re.compile("[0-9]{13}|[0-9]{15}", re.ASCII)
_HEXADECIMAL = re.compile("[0-9a-fA-F]{1,16}", re.ASCII)
_USER = re.compile("^user/[^/]+/")


def item_name(number: int) -> str:
    """As items carry it."""
    return f"{_ITEM}{number:016x}"


def item_number(text: str) -> int:
    """The number that an app means: decimal, or hexadecimal with or without the long name, padded or not.

    Raises:
        ValueError: It is none of these.
    """
    bare = text.strip()
    if bare.startswith(_ITEM):
        bare = bare.removeprefix(_ITEM)
    elif _DECIMAL.fullmatch(bare):
        return int(bare)
    if not _HEXADECIMAL.fullmatch(bare):
        raise ValueError(f"no id of an item: {text[:80]!r}")
    return int(bare, 16)


def copy_number(edition: datetime, position: int) -> int:
    """Of an article's copy in an edition; the first has the highest, as some apps sort by it what is of one time."""
    return _COPIES_FROM + int(edition.timestamp()) * _MOST_POSITIONS + _MOST_POSITIONS - position


def feed_name(feed: Feed) -> str:
    """A stream id that stays while the subscription does, wherever its feed moves, and comes back with it."""
    digest = hashlib.sha256((feed.identity or feed.url).encode()).digest()
    return f"feed/{int.from_bytes(digest[:6], 'big') + 10}"


def label_name(folder: str) -> str:
    """A folder's name as apps show it: a "/" in it would be taken for a part of the id."""
    return folder.replace("/", " › ")


def folder_of(label: str) -> str:
    """A folder by the name that apps know."""
    return label.replace(" › ", "/")


def plain_stream(name: str) -> str:
    """The name of a stream without the user, whom some apps name."""
    return _USER.sub("user/-/", name.strip())
