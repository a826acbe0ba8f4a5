"""Which cached articles a list is about: by source, topic, folder, language, time, read or not, saved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from edge_runtime.content.compare_text import fold
from edge_runtime.content.rules import Places
from edge_runtime.content.titles import spoken
from edge_runtime.content.topic_names import topic_meant
from edge_runtime.errors import UnknownNameError
from edge_runtime.feeds.items import subscription_of
from edge_runtime.sentences import msgid
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.feeds import Feed
from edge_runtime.storage.names import Names

NUM_NEAR = 5  # names that an error offers

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ListFilter:
    """Which articles a list is about: those that fit all that is given; of several names, one has to fit.

    A name is compared as `compare_text.fold` spells it. A part is enough where only one name holds it.
    """

    sources: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()  # the feed's own category, or the topic that the device found
    folders: tuple[str, ...] = ()  # of the subscriptions that the articles came from
    languages: tuple[str, ...] = ()  # such as "en", without the region
    since: datetime | None = None  # UTC-aware: published then or later; arrived, where no time is given
    is_unread: bool = False
    is_saved: bool = False

    def __bool__(self) -> bool:
        """Whether it leaves anything out."""
        return self != ListFilter()


def fitting(
    where: ListFilter,
    rows: CachedRows,
    feeds: Sequence[Feed],
    topics: Sequence[str],
    is_read: Callable[[], Mask],
    is_saved: Callable[[], Mask],
    brought: Callable[[], Mapping[str, Sequence[str]]],
) -> Mask:
    """Which articles fit a filter.

    Args:
        where: The filter.
        rows: The cache.
        feeds: The subscriptions.
        topics: The bundle's, which are known beside those of the articles.
        is_read: Gives (num_articles,) whether each was read.
        is_saved: Likewise, whether the reader saved it.
        brought: Gives what `places_of_feeds` needs.

    Returns:
        (num_articles,) bool.

    Raises:
        UnknownNameError: A source, topic, folder or language that is nowhere.
    """
    fits = np.ones(len(rows.article_ids), bool)
    places = places_of_feeds(feeds, rows, brought()) if where.sources or where.folders else {}
    if where.sources:
        of_source = _named("source", where.sources, [rows.sources], [feed.title for feed in feeds])
        keys = _known("source", where.sources, [*rows.sources.different(), *(feed.title for feed in feeds)])
        for feed in feeds:  # an article of several feeds has the name of one
            if fold(feed.title) in keys:
                of_source[list(places[feed.url])] = True
        fits &= of_source
    if where.topics:
        in_use = [*rows.categories.different(), *rows.topics.different()]
        wanted = [topic_meant(name, topics, in_use) for name in where.topics]
        fits &= _named("topic", wanted, [rows.categories, rows.topics], topics)
    if where.languages:
        spoken_in = Names.of(map(spoken, rows.languages, rows.titles))
        fits &= _named(msgid("language"), [name.partition("-")[0] for name in where.languages], [spoken_in])
    if where.folders:
        fits &= _in_folders(where.folders, feeds, places, len(fits))
    if where.since is not None:
        fits &= rows.published_s >= where.since.timestamp()
    if where.is_unread:
        fits &= ~is_read()
    if where.is_saved:
        fits &= is_saved()
    return fits


def places_of_feeds(
    feeds: Sequence[Feed], rows: CachedRows, brought: Mapping[str, Sequence[str]]
) -> Mapping[str, Places]:
    """Of each subscription's address, the places of the articles that it brought.

    Args:
        feeds: The subscriptions.
        rows: The cache.
        brought: Ids of articles, by `subscription_of` a feed. Where it has none, as after an older release, the
            source's name tells.
    """
    by_source: Mapping[str, Places] = {}
    found: dict[str, Places] = {}
    for feed in feeds:
        if ids := brought.get(subscription_of(feed)):
            places = rows.places_of(ids)
            found[feed.url] = places[places >= 0].tolist()
        elif feed.title:
            by_source = by_source or rows.sources.places_by(fold)
            found[feed.url] = by_source.get(fold(feed.title), ())
        else:
            found[feed.url] = ()
    return found


def names_near(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Which of some names may have been meant, the likeliest first; none where the name is among them."""
    by_key = {fold(known): known for known in sorted(set(names) - {""})}
    key = fold(name)
    return () if key in by_key else tuple(by_key[near] for near in _near(key, list(by_key)))


def _in_folders(wanted: Sequence[str], feeds: Sequence[Feed], places: Mapping[str, Places], num: int) -> Mask:
    """(num,) whether an article came from a feed in one of the folders, or in a folder of one."""
    paths = {feed.url: [*accumulate(feed.folder.split("/"), "{}/{}".format)] for feed in feeds}
    keys = _known(msgid("folder"), wanted, [path for of_feed in paths.values() for path in of_feed])
    fits = np.zeros(num, bool)
    for url, of_feed in paths.items():
        if keys & set(map(fold, of_feed)):
            fits[list(places[url])] = True
    return fits


def _named(kind: str, wanted: Sequence[str], columns: Sequence[Names], also_known: Iterable[str] = ()) -> Mask:
    """(num_articles,) whether one of the columns has one of the names."""
    keys = _known(kind, wanted, [*(name for column in columns for name in column.different()), *also_known])
    fits: Mask = np.logical_or.reduce([column.where(lambda name: fold(name) in keys) for column in columns])
    return fits


def _known(kind: str, wanted: Sequence[str], names: Iterable[str]) -> set[str]:
    """The wanted names folded; a part that only one name holds stands for that name.

    Raises:
        UnknownNameError: One of them is none of the names.
    """
    by_key: dict[str, str] = {}
    for name in sorted(set(names) - {""}):
        by_key.setdefault(fold(name), name)
    found = set()
    for name in wanted:
        key = fold(name)
        holding = [key] if key in by_key else [known for known in by_key if key in known]
        if len(holding) != 1:
            raise UnknownNameError(kind, name, tuple(by_key[known] for known in _near(key, list(by_key))))
        found.add(holding[0])
    return found


def _near(key: str, keys: Sequence[str]) -> list[str]:
    """Names that hold what was typed, then those that are spelled like it; all of them, where they are few."""
    holding = [name for name in keys if key in name]
    import difflib  # loaded here: to read needs no guesses

    alike = difflib.get_close_matches(key, keys, NUM_NEAR)
    near = list(dict.fromkeys([*holding, *alike]))[:NUM_NEAR]
    return near or (list(keys) if len(keys) <= NUM_NEAR else [])
