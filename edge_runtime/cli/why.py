"""The command why: the parts of an article's score, the past reads that drew it up, the words that mattered."""

from __future__ import annotations

from collections.abc import Mapping

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.article_lists import article_fields, scored_fields
from edge_runtime.cli.article_names import NAME_HELP, article_named
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import Screen
from edge_runtime.cli.remedies import told_of_article


def add_commands(commands: Commands) -> None:
    why = commands.add("why", _why, "why an article stands where it stands", "why 3")
    why.add_argument("article", type=words, help=NAME_HELP)


def _why(call: Call) -> None:
    from edge_runtime.pages.why import why_page
    from edge_runtime.pages.why_lines import why_lines

    with call.open() as reader:
        found = reader.explain(article_named(reader, call.options.article), call.now)
    hidden = told_of_article(found.hidden, found.hidden_remedy, found.scored.article.article_id)
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
        "hidden": hidden,
        "topic": found.topic,
        "topic_probability": found.topic_probability,
        "other_topics": dict(found.other_topics),
        "keywords": list(found.keywords),
    }
    page = why_page(found, call.now)
    call.screen.show(facts, map(call.screen.styled, why_lines(page, call.screen.width, hidden)))


def score_table(screen: Screen, parts: Mapping[str, float], score: float) -> list[str]:
    """The parts that are not 0, largest first, over their sum; also as printed, to hundredths, they add up to it."""
    from edge_runtime.pages.why import score_parts, shown_score
    from edge_runtime.pages.why_lines import table_lines

    return [*map(screen.styled, table_lines(score_parts(parts, score), shown_score(parts, score), screen.width))]
