"""Commands about one article: open, like, dislike, save, share, hide."""

from __future__ import annotations

from functools import partial

from edge_runtime.cli.argument_types import seconds, words
from edge_runtime.cli.article_lists import article_fields, article_named, facts_line, title_of
from edge_runtime.cli.call import Call, Commands, kept
from edge_runtime.cli.printing import clean_text
from edge_runtime.types import Article, Signal

NAME_HELP = "its number in the last list, or its id"
UNKEPT = "not kept: private mode is on, `edge-news private off` ends it"

_SUMMARIES = {
    Signal.LIKE: "more of its kind",
    Signal.DISLIKE: "less of its kind",
    Signal.SAVE: "keep an article for later; the cache never drops it",
    Signal.SHARE: "print an article's title and link; it counts as liked",
    Signal.HIDE: "not to be seen again in the feed",
}
_DONE = {
    Signal.LIKE: "liked",
    Signal.DISLIKE: "disliked",
    Signal.SAVE: "saved",
    Signal.SHARE: "shared",
    Signal.HIDE: "hidden",
}


def add_commands(commands: Commands) -> None:
    opened = commands.add("open", _open, "an article's text and link; it counts as read", "open 3")
    opened.add_argument("article", type=words, help=NAME_HELP)
    opened.add_argument("--dwell", type=seconds, metavar="SECONDS", help="also keep how long it was read")
    for signal, summary in _SUMMARIES.items():
        parser = commands.add(signal.value, partial(_record, signal), summary, f"{signal.value} 3")
        parser.add_argument("article", type=words, help=NAME_HELP)


def _open(call: Call) -> None:
    with call.open() as reader:
        article = reader.article(article_named(reader, call.options.article))

        def record() -> None:
            reader.record(article.article_id, Signal.OPEN, call.now)
            if call.options.dwell is not None:
                reader.record(article.article_id, Signal.DWELL, call.now, call.options.dwell)

        recorded = kept(record) and not reader.private
    facts = {"article": article_fields(article), "signal": Signal.OPEN.value, "recorded": recorded}
    call.screen.show(facts, _text_of(call, article))


def _record(signal: Signal, call: Call) -> None:
    with call.open() as reader:
        article = reader.article(article_named(reader, call.options.article))
        reader.record(article.article_id, signal, call.now)
        recorded = not reader.private
    facts = {"article": article_fields(article), "signal": signal.value, "recorded": recorded}
    said = f"{_DONE[signal]}: {title_of(article)}"
    lines = call.screen.paragraph(said if recorded else UNKEPT)
    if signal is Signal.SHARE:
        lines = [title_of(article), *_link_of(article)]
    call.screen.show(facts, lines)


def _text_of(call: Call, article: Article) -> list[str]:
    screen = call.screen
    blocks = [
        [screen.bold(line) for line in screen.paragraph(clean_text(article.title))] if article.title else [],
        [screen.dim(line) for line in screen.paragraph(facts_line(call, article))] if facts_line(call, article) else [],
        screen.paragraph(article.abstract) if article.abstract else [],
        _link_of(article),
    ]
    title, facts, *others = blocks
    lines = title + facts
    for block in others:
        lines += ["", *block] if block else []
    return lines


def _link_of(article: Article) -> list[str]:
    """Never broken into lines, so that it can be copied."""
    return [clean_text(article.url)] if article.url else []
