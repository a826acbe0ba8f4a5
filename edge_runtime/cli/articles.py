"""Commands that record something about articles: like, dislike, save, share, hide."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.article_lists import article_fields
from edge_runtime.cli.article_names import NAMES_HELP, articles_named
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import clean_text
from edge_runtime.pages.rows import title_of
from edge_runtime.reader import Reader
from edge_runtime.types import Article, Origin, Signal

UNKEPT = "not kept: private mode is on, `edge-news private off` ends it"

_SUMMARIES = {
    Signal.LIKE: "more of its kind",
    Signal.DISLIKE: "less of its kind",
    Signal.SAVE: "keep an article for later; the cache never drops it",
    Signal.SHARE: "print an article's title and link; it counts as liked",
    Signal.HIDE: "not to be seen again in the feed",
}
_DONE = {
    Signal.OPEN: "opened",
    Signal.LIKE: "liked",
    Signal.DISLIKE: "disliked",
    Signal.SAVE: "saved",
    Signal.SHARE: "shared",
    Signal.HIDE: "hidden",
}


def add_commands(commands: Commands) -> None:
    for signal, summary in _SUMMARIES.items():
        parser = commands.add(signal.value, partial(_record, signal), summary, f"{signal.value} 3 5-7")
        parser.add_argument("article", nargs="+", type=words, help=NAMES_HELP)


def record_and_say(
    reader: Reader, article_id: str, signal: Signal, now: datetime, origin: Origin = Origin.ELSEWHERE
) -> str:
    """Record what the reader did with a cached article, and say so in a line."""
    article = reader.article(article_id)
    reader.record(article_id, signal, now, origin=origin)
    return UNKEPT if reader.private else f"{_DONE[signal]}: {title_of(article)}"


def _record(signal: Signal, call: Call) -> None:
    with call.open() as reader:
        articles = [reader.article(article_id) for article_id in articles_named(reader, call.options.article)]
        said = [record_and_say(reader, article.article_id, signal, call.now) for article in articles]
        recorded = not reader.private
    fields = [article_fields(article) for article in articles]
    # The first alone too, as when there was no more than one.
    facts = {"article": fields[0], "articles": fields, "signal": signal.value, "recorded": recorded}
    lines = [line for one in dict.fromkeys(said) for line in call.screen.paragraph(one)]
    if signal is Signal.SHARE:
        lines = [line for article in articles for line in (title_of(article), *_link_of(article))]
    call.screen.show(facts, lines)


def _link_of(article: Article) -> list[str]:
    """Never broken into lines, so that it can be copied."""
    return [clean_text(article.url)] if article.url else []
