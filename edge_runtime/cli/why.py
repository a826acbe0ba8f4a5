"""The command why: the parts of an article's score, the past reads that drew it up, the words that mattered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.article_lists import article_fields, scored_fields
from edge_runtime.cli.article_names import NAME_HELP, article_named
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import Screen
from edge_runtime.cli.remedies import told_of_article

if TYPE_CHECKING:
    from edge_runtime.pages.why import WhyPage, WhyPart


def add_commands(commands: Commands) -> None:
    why = commands.add("why", _why, "why an article stands where it stands", "why 3")
    why.add_argument("article", type=words, help=NAME_HELP)


def _why(call: Call) -> None:
    from edge_runtime.pages.why import why_page

    with call.open() as reader:
        found = reader.explain(article_named(reader, call.options.article), call.now)
    article_id = found.scored.article.article_id
    facts = {
        "article": scored_fields(found.scored),
        "similar_reads": [
            {
                "article": None if read.is_search else article_fields(read.article),
                "query": read.article.title if read.is_search else None,
                "similarity": read.similarity,
                "share": read.share,
            }
            for read in found.similar_reads
        ],
        "words": [{"word": word.word, "effect": word.effect} for word in found.words],
        "hidden": told_of_article(found.hidden, found.hidden_remedy, article_id),
        "topic": found.topic,
        "topic_probability": found.topic_probability,
        "keywords": list(found.keywords),
    }
    call.screen.show(facts, _lines(call.screen, why_page(found, call.now)))


def _lines(screen: Screen, page: WhyPage) -> list[str]:
    lines = [screen.bold(line) for line in screen.paragraph(page.heading)]
    lines += [screen.dim(line) for line in screen.paragraph(page.facts)]
    lines += [screen.dim(line) for line in screen.paragraph(f"about: {', '.join(page.about)}")] if page.about else []
    if page.hidden:
        told = told_of_article(page.hidden, page.hidden_remedy, page.article_id)
        lines += ["", *screen.paragraph(f"The feed leaves it out: {told}")]
    lines += ["", *_table(screen, page.parts, page.score)]
    lines += ["", "share of your past reads in its interest:"] if page.reads else []
    for read in page.reads:
        title = f"the search “{read.title}”" if read.is_search else read.title
        first, *rest = screen.paragraph("the article itself" if read.is_itself else title, 8)
        lines += [f"{read.share:6.0%}  {first.lstrip()}", *rest]
    if page.words:
        lines += ["", "what the words of its title do to the score:"]
        lines += [f"{word.effect:+8.2f}  {word.word}" for word in page.words]
    return lines


def score_table(screen: Screen, parts: Mapping[str, float], score: float) -> list[str]:
    """The parts that are not 0, largest first, over their sum; also as printed, to hundredths, they add up to it."""
    from edge_runtime.pages.why import score_parts

    return _table(screen, score_parts(parts, score), score)


def _table(screen: Screen, parts: Sequence[WhyPart], score: float) -> list[str]:
    lines = []
    for part in parts:
        first, *rest = screen.paragraph(part.meaning, 24)
        lines += [f"{part.value:+8.2f}  {part.name:14}{screen.dim(first.lstrip())}", *map(screen.dim, rest)]
    total = f"{round(100 * score) / 100:+8.2f}"
    return [*lines, "--------", f"{screen.bold(total)}  score"]
