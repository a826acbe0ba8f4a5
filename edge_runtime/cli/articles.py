"""Commands that record something about articles: like, dislike, save, share, hide."""

from __future__ import annotations

from functools import partial

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.article_lists import article_fields
from edge_runtime.cli.article_names import NAMES_HELP, articles_named
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import clean_text
from edge_runtime.pages.rows import title_of
from edge_runtime.types import Article, Signal

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
    for signal, summary in _SUMMARIES.items():
        parser = commands.add(signal.value, partial(_record, signal), summary, f"{signal.value} 3 5-7")
        parser.add_argument("article", nargs="+", type=words, help=NAMES_HELP)


def _record(signal: Signal, call: Call) -> None:
    with call.open() as reader:
        articles = [reader.article(article_id) for article_id in articles_named(reader, call.options.article)]
        for article in articles:
            reader.record(article.article_id, signal, call.now)
        recorded = not reader.private
    fields = [article_fields(article) for article in articles]
    # The first alone too, as when there was no more than one.
    facts = {"article": fields[0], "articles": fields, "signal": signal.value, "recorded": recorded}
    lines = [line for article in articles for line in call.screen.paragraph(f"{_DONE[signal]}: {title_of(article)}")]
    if signal is Signal.SHARE:
        lines = [line for article in articles for line in (title_of(article), *_link_of(article))]
    elif not recorded:
        lines = call.screen.paragraph(UNKEPT)
    call.screen.show(facts, lines)


def _link_of(article: Article) -> list[str]:
    """Never broken into lines, so that it can be copied."""
    return [clean_text(article.url)] if article.url else []
