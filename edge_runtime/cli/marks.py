"""Commands that mark articles or take a mark back: read, unread, unsave, unhide, unjudge."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.article_lists import article_fields
from edge_runtime.cli.article_names import NAME_HELP, NAMES_HELP, article_named, articles_named
from edge_runtime.cli.articles import UNKEPT
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.filters import add_filters, filter_of, names_known
from edge_runtime.pages.rows import title_of
from edge_runtime.reader import Reader
from edge_runtime.types import Signal

_TAKEN_BACK = {
    Signal.SAVE: ("unsave", "keep an article no longer", "no longer saved"),
    Signal.HIDE: ("unhide", "let a hidden article be seen again", "no longer hidden"),
    Signal.LIKE: ("unjudge", "take back that an article was liked or disliked", "neither liked nor disliked"),
}
_MARKS = {True: "read", False: "unread"}
_TEACHES_NOTHING = "It teaches the ranking nothing."


def add_commands(commands: Commands) -> None:
    read = commands.add("read", _read, "mark articles as read", "read 2 5", _TEACHES_NOTHING)
    read.add_argument("article", nargs="*", type=words, help=NAMES_HELP)
    read.add_argument("--all", action="store_true", help="all articles, or those that the options below name")
    add_filters(read)
    unread = commands.add(
        "unread", _unread, "mark articles as unread", "unread 2 5", "What you learned by opening one stays."
    )
    unread.add_argument("article", nargs="+", type=words, help=NAMES_HELP)
    for signal, (name, summary, _) in _TAKEN_BACK.items():
        parser = commands.add(name, partial(_take_back, signal), summary, f"{name} 3", "`edge-news undo` undoes it.")
        parser.add_argument("article", type=words, help=NAME_HELP)


def _read(call: Call) -> None:
    options, where = call.options, filter_of(call)
    if bool(options.article) == options.all:
        call.refuse("say which articles, by their numbers or ids, or --all")
    if where and not options.all:
        call.refuse("options that name articles go with --all")
    with call.open() as reader, names_known(call):
        if options.all:
            unread = reader.latest(where=replace(where, is_unread=True))
            _mark(call, reader, [article.article_id for article in unread], is_read=True)
        else:
            _mark(call, reader, articles_named(reader, options.article), is_read=True)


def _unread(call: Call) -> None:
    with call.open() as reader:
        _mark(call, reader, articles_named(reader, call.options.article), is_read=False)


def mark_and_say(reader: Reader, ids: list[str], now: datetime, *, is_read: bool, names_all: bool = True) -> str:
    """Mark cached articles as read or unread, and say so in a line, with their titles or only how many they are."""
    reader.mark_read(ids, now, is_read=is_read)
    titles = f": {', '.join(title_of(reader.article(name)) for name in ids)}" if names_all else ""
    counted = f"{len(ids)} article{'' if len(ids) == 1 else 's'} marked as {_MARKS[is_read]}{titles}"
    return UNKEPT if reader.private else counted


def take_back_and_say(reader: Reader, article_id: str, signal: Signal) -> str:
    """Save, hide, or like and dislike an article no longer, and say so in a line."""
    article = reader.article(article_id)
    take_back = {Signal.SAVE: reader.unsave, Signal.HIDE: reader.unhide, Signal.LIKE: reader.unjudge}[signal]
    take_back(article_id)
    return f"{_TAKEN_BACK[signal][2]}: {title_of(article)}"


def _mark(call: Call, reader: Reader, ids: list[str], *, is_read: bool) -> None:
    said = mark_and_say(reader, ids, call.now, is_read=is_read, names_all=call.options.article != [])
    facts = {"marked": _MARKS[is_read], "article_ids": ids, "recorded": not reader.private}
    call.screen.show(facts, call.screen.paragraph(said))


def _take_back(signal: Signal, call: Call) -> None:
    with call.open() as reader:
        article = reader.article(article_named(reader, call.options.article))
        said = take_back_and_say(reader, article.article_id, signal)
    facts = {"article": article_fields(article), _TAKEN_BACK[signal][0]: True}
    call.screen.show(facts, call.screen.paragraph(said))
