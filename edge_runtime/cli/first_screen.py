"""The list of `edge-news feed`, kept until something changes: it is shown again before anything that ranks is loaded.

To load numpy and to rank takes ten times as long as to show ten rows.
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from edge_runtime.cli.article_lists import NUM_LISTED, show_list
from edge_runtime.cli.call import Call, kept
from edge_runtime.cli.config import config_path, data_directory, read_config
from edge_runtime.cli.pager import chosen_pager
from edge_runtime.cli.printing import Screen
from edge_runtime.errors import EdgeError
from edge_runtime.pages.rows import Row, age_text, feed_rows
from edge_runtime.personal.order_keeping import is_shown_next, list_shown
from edge_runtime.storage.cache_changes import num_changes_of
from edge_runtime.storage.database import private_directory
from edge_runtime.storage.places import bundle_of
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import FeedList, ListedArticle, Origin, ScoredArticle, Shown
from edge_runtime.version import __version__

if TYPE_CHECKING:
    from edge_runtime.reader import Reader

_LIMIT = re.compile("[1-9][0-9]{0,5}")  # the parser refuses others, or takes them
HOLDS_FOR = timedelta(minutes=30)  # articles get older, and then the order is made anew


def is_usual(options: argparse.Namespace) -> bool:
    """Whether nothing but the list's length is asked for of a feed without filters."""
    return not (options.json or options.engine or options.now)


def keep(reader: Reader, call: Call, limit: int, feed: Sequence[ScoredArticle], rows: Sequence[Row]) -> None:
    """Keep a list that was just made.

    Args:
        reader: Made it.
        call: When and where.
        limit: How many articles were asked for.
        feed: The articles.
        rows: As they are shown.

    Raises:
        StorageError: It could not be written.
    """
    from edge_runtime.model.parts import as_shown  # loaded here, not where a list is shown again

    if not feed or reader.worth(call.now).is_news:  # which a list that is shown again does not tell
        return
    published = [one.article.published for one in feed]
    shown = [None if one.is_read else as_shown(one, call.now) for one in feed]
    document = {
        "made_by": _made_by(call.data_dir),
        "at": call.now.timestamp(),
        "limit": limit,
        "rows": [asdict(row) for row in rows],
        "published": [at and at.timestamp() for at in published],
        "shown": [one and [one.score, one.learned] for one in shown],
        "listed": feed[0].listed and asdict(feed[0].listed),
    }
    reader.keep_first_screen(json.dumps(document))


def make_ahead(reader: Reader, call: Call) -> None:
    """Make and keep the list that plain `edge-news feed` would show, for the next time.

    Raises:
        StorageError: It could not be written.
    """
    limit = read_config(config_path()).limit or NUM_LISTED
    feed = reader.feed(call.now, limit)
    keep(reader, call, limit, feed, feed_rows(reader, feed, call.now))


def show_kept(arguments: Sequence[str], now: datetime) -> bool:
    """Show the list that was kept, if it is what is asked for and still holds; False if it has to be made.

    It counts as shown and has its numbers as any other.

    Args:
        arguments: Of the command line.
        now: UTC-aware.
    """
    options = _asked(arguments)
    if options is None:
        return False
    config = read_config(config_path())
    pager = "" if options.no_pager else chosen_pager(config.pager)
    screen = Screen.here(is_json=False, colour=config.colour, pager=pager)
    call = Call(options, data_directory(options.data, config), now, screen)
    limit = options.limit or config.limit or NUM_LISTED
    try:
        private_directory(call.data_dir, to_write=False)
        path = call.data_dir / "profile.db"
        if not path.exists() or not (call.data_dir / "cache.db").exists():
            return False
        with closing(ProfileStore(path)) as profile:
            return not profile.notices and _show(call, profile, limit)
    except EdgeError:  # making the list says more of it
        return False


def _show(call: Call, profile: ProfileStore, limit: int) -> bool:
    erasures = profile.erasures()
    document = _still_right(call, profile, limit)
    if document is None:
        return False
    listed = _listed(document)
    times = [at and datetime.fromtimestamp(at, UTC) for at in document["published"]]
    rows = [replace(Row(**row), age=age_text(at, call.now)) for row, at in zip(document["rows"], times, strict=True)]
    if show_list(call, _Numbers(profile, erasures), rows, [{}] * len(rows), "", origin=Origin.FEED):
        shown = [
            Shown(row.article_id, scores[0], call.now, scores[1])
            for row, scores in zip(rows, document["shown"], strict=True)
            if scores
        ]
        if shown and profile.erasures() == erasures:
            kept(lambda: profile.record_shown(shown))
            kept(lambda: list_shown(profile, listed, [row.article_id for row in rows], call.now))
    return True


def _still_right(call: Call, profile: ProfileStore, limit: int) -> dict[str, Any] | None:
    """What was kept, if it is what would be made now but for the time that has gone by."""
    text, cache = profile.first_screen()
    if not text:
        return None
    document: dict[str, Any] = json.loads(text)
    age = call.now - datetime.fromtimestamp(document["at"], UTC)
    is_right = (
        document["made_by"] == _made_by(call.data_dir)
        and document["limit"] == limit
        and timedelta(0) <= age <= HOLDS_FOR
        and cache == num_changes_of(call.data_dir / "cache.db")
        and is_shown_next(profile, _listed(document), call.now)
    )
    return document if is_right else None


def _listed(document: dict[str, Any]) -> FeedList | None:
    """The list whose opens are counted, if the document's is one."""
    if (kept_list := document["listed"]) is None:
        return None
    return FeedList(**{**kept_list, "articles": tuple(ListedArticle(**one) for one in kept_list["articles"])})


class _Numbers:
    """Keeps the numbers of the list, as a reader would."""

    private = False  # else nothing was kept

    def __init__(self, profile: ProfileStore, erasures: int) -> None:
        self._profile = profile
        self._erasures = erasures

    def remember_list(self, article_ids: Sequence[str], terminal: str = "", origin: Origin = Origin.ELSEWHERE) -> None:
        if self._profile.erasures() == self._erasures:
            self._profile.set_list(terminal, article_ids, origin)

    def forget_numbers(self, terminal: str = "") -> None:
        self._profile.forget_numbers(terminal)


def _asked(arguments: Sequence[str]) -> argparse.Namespace | None:
    """The options of `edge-news feed`; None if there are any others, which the parser knows."""
    options = argparse.Namespace(data=None, no_pager=False, peek=False, limit=None)
    words = iter(arguments)
    is_feed = False
    for word in words:
        if word == "--no-pager":
            options.no_pager = True
        elif word == "--data" and (directory := next(words, "")).startswith("/"):
            options.data = Path(directory)
        elif word == "feed" and not is_feed:
            is_feed = True
        elif is_feed and word == "--peek":
            options.peek = True
        elif is_feed and word == "--limit" and _LIMIT.fullmatch(number := next(words, "")):
            options.limit = int(number)
        else:
            return None
    return options


def _made_by(data_dir: Path) -> list[Any]:
    """Another one after an update, for other rows, and for another bundle."""
    bundle = bundle_of(data_dir)
    status = bundle.stat()
    return [__version__, list(Row.__slots__), str(bundle), status.st_size, status.st_mtime_ns]
