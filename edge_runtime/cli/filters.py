"""The options that say which articles a list is about."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager

from edge_runtime.cli.argument_types import since, words
from edge_runtime.cli.call import Call
from edge_runtime.errors import UnknownNameError
from edge_runtime.list_filter import ListFilter

NOTHING_FITS = "no article fits; `edge-news latest` lists all"
NAMES = {"source": "sources", "topic": "topics", "folder": "folders", "language": "languages"}


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add the options; each name may be given several times, and then one of them has to fit."""
    group = parser.add_argument_group("which articles")
    group.add_argument("--source", action="append", type=words, metavar="NAME", help="of this source; also several")
    group.add_argument("--topic", action="append", type=words, metavar="NAME", help="about this topic; also several")
    group.add_argument("--folder", action="append", type=words, metavar="NAME", help="of the feeds of this folder")
    group.add_argument("--language", action="append", type=words, metavar="CODE", help="in this language, such as en")
    group.add_argument(
        "--since", type=since, metavar="TIME", help="not older than today, yesterday, 36h, 7d or an ISO 8601 date"
    )
    group.add_argument("--unread", action="store_true", help="only what you have not read")


def filter_of(call: Call) -> ListFilter:
    """What the options of `add_filters` say."""
    options = call.options
    names = {field: tuple(getattr(options, name) or ()) for name, field in NAMES.items()}
    begin = options.since(call.now) if options.since else None
    return ListFilter(**names, since=begin, is_unread=options.unread, is_saved=False)


@contextmanager
def names_known(call: Call) -> Iterator[None]:
    """A name that is nowhere is a wrong call; nothing was recorded by then."""
    try:
        yield
    except UnknownNameError as error:
        call.refuse(str(error))
