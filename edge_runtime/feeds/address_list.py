"""A list of addresses, one a line, as newsboat and many scripts keep it: `https://site.example/feed "Tag" "~Title"`.

A line that begins with # is a note. The first tag is the folder; `~` begins a title, `!` a mark of the other reader.
"""

from __future__ import annotations

import re
import shlex

from edge_runtime.addresses import parse_target
from edge_runtime.errors import FetchError
from edge_runtime.feeds.opml import MAX_NAME_CHARS, MAX_SUBSCRIPTIONS, Subscription
from edge_runtime.feeds.plain_text import clean_text
from edge_runtime.feeds.wanted import http_addresses

_ADDRESS = re.compile(r"(?:https?://|feed:)\S", re.IGNORECASE)


def is_address_list(text: str) -> bool:
    """Whether the first line that is no note begins with an address."""
    return any(_ADDRESS.match(line) for line in _lines(text[:65_536])[:1])


def read_address_list(text: str) -> tuple[list[Subscription], list[str]]:
    """The feeds of a list, each once, and a warning for each line that names none.

    Args:
        text: For which `is_address_list` is true. Of more than `MAX_SUBSCRIPTIONS` lines the rest are left out.
    """
    found: dict[str, Subscription] = {}
    warnings = []
    lines = _lines(text)
    for line in lines[:MAX_SUBSCRIPTIONS]:
        address, *tags = _words(line)
        try:
            url = parse_target(http_addresses(address)[0]).address if _ADDRESS.match(address) else ""
        except FetchError:
            url = ""
        if not url:
            warnings.append(f"not subscribed: no web address: {clean_text(address)[:MAX_NAME_CHARS]}")
            continue
        titles = [tag[1:] for tag in tags if tag.startswith("~")]
        folders = [tag for tag in tags if tag[:1] not in ("~", "!", "")]
        found.setdefault(url, Subscription(url, _name(titles), _name(folders), _name(folders)))
    if len(lines) > MAX_SUBSCRIPTIONS:
        warnings.append(f"{len(lines) - MAX_SUBSCRIPTIONS:,} lines beyond {MAX_SUBSCRIPTIONS:,} are left out")
    return list(found.values()), warnings


def _lines(text: str) -> list[str]:
    lines = (line.strip() for line in text.lstrip("\ufeff").splitlines())
    return [line for line in lines if line and not line.startswith("#")]


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line) or [line]
    except ValueError:  # a quote without its other one
        return line.split()[:1]


def _name(names: list[str]) -> str:
    return clean_text(names[0])[:MAX_NAME_CHARS].strip() if names else ""
