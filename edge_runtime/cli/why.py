"""The command why: the parts of an article's score, the past reads that drew it up, the words that mattered."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.article_lists import article_fields, article_named, facts_line, scored_fields, title_of
from edge_runtime.cli.articles import NAME_HELP
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import Screen, clean_text
from edge_runtime.cli.remedies import told_of_article
from edge_runtime.model.parts import score_part
from edge_runtime.types import Explanation

NUM_SHOWN = 5
LEAST_SHARE = 0.005  # less is 0 %


def add_commands(commands: Commands) -> None:
    why = commands.add("why", _why, "why an article stands where it stands", "why 3")
    why.add_argument("article", type=words, help=NAME_HELP)


def _why(call: Call) -> None:
    with call.open() as reader:
        found = reader.explain(article_named(reader, call.options.article), call.now)
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
        "hidden": _why_hidden(found),
        "topic": found.topic,
        "topic_probability": found.topic_probability,
        "keywords": list(found.keywords),
    }
    call.screen.show(facts, _lines(call, found))


def _lines(call: Call, found: Explanation) -> list[str]:
    screen, scored = call.screen, found.scored
    lines = [screen.bold(line) for line in screen.paragraph(title_of(scored.article))]
    lines += [screen.dim(line) for line in screen.paragraph(f"{facts_line(call, scored.article)} · {scored.reason}")]
    about = [f"{found.topic} ({found.topic_probability:.0%})"] if found.topic else []
    about += [clean_text(word) for word in found.keywords]
    lines += [screen.dim(line) for line in screen.paragraph(f"about: {', '.join(about)}")] if about else []
    if found.hidden:
        lines += ["", *screen.paragraph(f"The feed leaves it out: {_why_hidden(found)}")]
    lines += ["", *score_table(screen, scored.parts, scored.score)]
    reads = [read for read in found.similar_reads if read.share >= LEAST_SHARE][:NUM_SHOWN]
    if reads:
        lines += ["", "share of your past reads in its interest:"]
        for read in reads:
            title = f"the search “{read.article.title}”" if read.is_search else title_of(read.article)
            first, *rest = screen.paragraph(title, 8)
            lines += [f"{read.share:6.0%}  {first.lstrip()}", *rest]
        own = 1 - sum(read.share for read in found.similar_reads)
        lines += [f"{own:6.0%}  the article itself"] if own >= LEAST_SHARE else []
    if found.words:
        lines += ["", "what the words of its title do to the score:"]
        lines += [f"{word.effect:+8.2f}  {clean_text(word.word)}" for word in found.words[:NUM_SHOWN]]
    return lines


def _why_hidden(found: Explanation) -> str:
    return told_of_article(found.hidden, found.hidden_remedy, found.scored.article.article_id)


def score_table(screen: Screen, parts: Mapping[str, float], score: float) -> list[str]:
    """The parts that are not 0, largest first, over their sum; also as printed, to hundredths, they add up to it."""
    names = sorted((name for name in parts if parts[name]), key=lambda name: -abs(parts[name]))
    printed = hundredths([parts[name] for name in names], score)
    lines = []
    for name, value in zip(names, printed, strict=True):
        first, *rest = screen.paragraph(score_part(name).meaning, 24)
        lines += [f"{value / 100:+8.2f}  {name:14}{screen.dim(first.lstrip())}", *map(screen.dim, rest)]
    total = f"{round(100 * score) / 100:+8.2f}"
    return [*lines, "--------", f"{screen.bold(total)}  score"]


def hundredths(values: Sequence[float], total: float) -> list[int]:
    """Each value in hundredths, rounded up or down so that they add up to the rounded total (largest remainders)."""
    down = [math.floor(100 * value) for value in values]
    by_remainder = sorted(range(len(values)), key=lambda place: down[place] - 100 * values[place])
    for place in by_remainder[: round(100 * total) - sum(down)]:
        down[place] += 1
    return down
