"""The command since: what came since the last look, as an overview."""

from __future__ import annotations

from dataclasses import replace

from edge_runtime.cli.argument_types import count, since
from edge_runtime.cli.article_lists import article_fields, keep_numbers, row_lines, scored_fields
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import clean_text, wrapped
from edge_runtime.notify.texts import since_text
from edge_runtime.pages.rows import Row, feed_rows

NUM_NAMED = 5
NUM_SOURCES = 10  # that a person is shown; JSON has all


def add_command(commands: Commands) -> None:
    parser = commands.add(
        "since",
        _since,
        "what came since your last look: sources, stories, what you follow",
        "since yesterday",
        "Your last look is the last list that was shown. This overview is none, so it teaches nothing and says the "
        "same again.",
    )
    parser.add_argument(
        "when",
        nargs="?",
        type=since,
        metavar="WHEN",
        help="another time: today, yesterday, 36h, 7d or an ISO 8601 date",
    )
    parser.add_argument("--limit", type=count, default=NUM_NAMED, metavar="N", help=f"stories to name ({NUM_NAMED})")


def _since(call: Call) -> None:
    options = call.options
    with call.open() as reader:
        news = reader.since(call.now, options.when(call.now) if options.when else None, options.limit)
        stories = [one.scored for one in news.stories]
        story_rows = [
            replace(row, note=_reported(one.first.source, one.sources), others=0)
            for row, one in zip(feed_rows(reader, stories, call.now), news.stories, strict=True)
        ]
        followed_rows = feed_rows(reader, news.followed, call.now)
        is_kept = keep_numbers(call, reader, [row.article_id for row in (*story_rows, *followed_rows)])
    lines = [call.screen.bold(f"{news.new or 'nothing'} new {since_text(news.since, call.now)}")]
    lines += _section(call, "what several sources report", story_rows, 1, is_kept=is_kept)
    lines += _section(call, "what you follow", followed_rows, 1 + len(story_rows), is_kept=is_kept)
    if news.by_source:
        lines += ["", call.screen.bold("by source")]
        named = list(news.by_source.items())
        # A line that stands for one source alone may as well name it.
        shown = NUM_SOURCES if len(named) > NUM_SOURCES + 1 else len(named)
        for name, number in named[:shown]:
            lines += _counted(number, clean_text(name) or "without a source", call.screen.width)
        if left := named[shown:]:
            lines += _counted(sum(number for _, number in left), f"{len(left)} more sources", call.screen.width)
    facts = {
        "since": news.since.isoformat(),
        "new": news.new,
        "sources": [{"source": name, "articles": number} for name, number in news.by_source.items()],
        "stories": [
            {**scored_fields(one.scored), "first": article_fields(one.first), "sources": one.sources}
            for one in news.stories
        ],
        "followed": [*map(scored_fields, news.followed)],
    }
    call.screen.show_long(facts, lines)


def _counted(number: int, name: str, width: int) -> list[str]:
    first, *rest = wrapped(name, width - 8)
    return [f"{number:6}  {first}", *(f"        {line}" for line in rest)]


def _reported(first: str, sources: int) -> str:
    return f"{clean_text(first)} first, {sources} sources" if first else f"{sources} sources"


def _section(call: Call, heading: str, rows: list[Row], first: int, *, is_kept: bool) -> list[str]:
    lines = ["", call.screen.bold(heading)] if rows else []
    for number, row in enumerate(rows, start=first):
        lines += row_lines(call, row, number, is_kept=is_kept)
    return lines
