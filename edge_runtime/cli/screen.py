"""The command tui: a screen with lists and articles, which words things as the commands do."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path

from edge_runtime.cli.articles import record_and_say
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.feeds import NETWORK_DOWN, feed_name, sync_total
from edge_runtime.cli.marks import mark_and_say, take_back_and_say
from edge_runtime.cli.profile import undo_and_say
from edge_runtime.cli.remedies import told, told_again, told_of_article
from edge_runtime.errors import EdgeError
from edge_runtime.feeds.outcome import FeedOutcome, FeedStatus, SyncOptions
from edge_runtime.reader import Reader
from edge_runtime.storage.limits import MAX_ARTICLES
from edge_runtime.tui.program import Program
from edge_runtime.types import Origin, Signal

NUM_FAILED = 2  # feeds whose trouble is told


class ScreenError(EdgeError):
    """There is no screen: the package for it is missing, or this is no terminal."""


def add_command(commands: Commands) -> None:
    tui = commands.add(
        "tui",
        _tui,
        "a screen with your lists, to read by keys",
        "tui",
        "? lists the keys. What stays on the screen of the feed for a moment counts as seen.",
    )
    tui.add_argument("--allow-private", action="store_true", help="fetch from servers of your own network too")


def _tui(call: Call) -> int:
    if call.screen.is_json:
        call.refuse("a screen is not for --json; `edge-news feed --json` prints the feed")
    if find_spec("textual") is None:
        raise ScreenError("the screen needs Textual, which is not installed; pip install 'edge-news[tui]'")
    if not (sys.stdin.isatty() and sys.stdout.isatty()) or os.environ.get("TERM") == "dumb":
        raise ScreenError("the screen needs a terminal whose cursor can be moved; `edge-news feed` prints the feed")
    # Loaded here: all else runs without Textual.
    from edge_runtime.tui.start import run_screen

    return run_screen(
        program(call.data_dir, call.options.now, call.max_articles, allow_private=call.options.allow_private)
    )


def program(
    data_dir: Path, now: datetime | None = None, max_articles: int = MAX_ARTICLES, *, allow_private: bool = False
) -> Program:
    """What the screen is given by the command line.

    Args:
        data_dir: As of `Reader.open`.
        now: UTC-aware, in the place of the clock's time.
        max_articles: As of `Reader.open`.
        allow_private: Whether servers of the own network are asked too.
    """
    return Program(
        open_reader=lambda: Reader.open(data_dir, max_articles=max_articles),
        clock=lambda: now or datetime.now(UTC),
        how=SyncOptions(allow_private=allow_private),
        deeds=_Deeds(),
        told=told,
        told_of_article=told_of_article,
        synced=_synced,
        feed_name=lambda outcome: feed_name(outcome.feed),
        browse=_browse,
    )


class _Deeds:
    """What a reader can do, by the functions of the commands."""

    def record(
        self, reader: Reader, article_id: str, signal: Signal, now: datetime, origin: Origin = Origin.ELSEWHERE
    ) -> str:
        return record_and_say(reader, article_id, signal, now, origin)

    def mark(self, reader: Reader, article_id: str, now: datetime, *, is_read: bool) -> str:
        return mark_and_say(reader, [article_id], now, is_read=is_read)

    def unsave(self, reader: Reader, article_id: str) -> str:
        return take_back_and_say(reader, article_id, Signal.SAVE)

    def undo(self, reader: Reader) -> str:
        return undo_and_say(reader)[0]


def _synced(outcomes: Sequence[FeedOutcome]) -> str:
    failed = [told_again(one.error) for one in outcomes if one.status is FeedStatus.FAILED]
    if any(one.status is FeedStatus.OFFLINE for one in outcomes):
        failed = [NETWORK_DOWN]
    return "\n".join([*failed[:NUM_FAILED], sync_total(outcomes)])


def _browse(address: str) -> None:
    from edge_runtime.cli.browser import open_in_browser  # loaded here: the parser of commands looks at this file

    open_in_browser(address)
