"""The command suggest: well-known feeds by topic and language."""

from __future__ import annotations

from edge_runtime.cli.argument_types import words
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.printing import columns
from edge_runtime.content.compare_text import fold
from edge_runtime.content.topic_names import topic_named
from edge_runtime.errors import FeedError
from edge_runtime.feeds.shelf import shelf

GENERAL = "general"


def add_commands(commands: Commands) -> None:
    suggest = commands.add(
        "suggest",
        _suggest,
        "well-known feeds by topic and language",
        "suggest science --language en",
        "`edge-news add --shelf 3 7` subscribes to two of them. The topic general is news of all kinds. Publishers "
        "move their feeds: one of them may have ended.",
    )
    suggest.add_argument("topic", nargs="?", type=words, help="one of `edge-news topics`, or general")
    suggest.add_argument("--language", type=words, metavar="L", help="such as en, zh, fr")


def _suggest(call: Call) -> None:
    options = call.options
    feeds = shelf()
    if options.language:
        languages = sorted({feed.language for feed in feeds})
        language = fold(options.language).replace("_", "-").partition("-")[0]
        if language not in languages:
            raise FeedError(f"no feeds in {options.language!r}; there are {', '.join(languages)}")
        feeds = tuple(feed for feed in feeds if feed.language == language)
    if options.topic:
        known = sorted({feed.topic for feed in shelf() if feed.topic})
        topic = "" if fold(options.topic) == GENERAL else topic_named(options.topic, [*known, GENERAL])
        feeds = tuple(feed for feed in feeds if feed.topic == topic)
    facts = {
        "feeds": [
            {
                "number": feed.number,
                "title": feed.title,
                "url": feed.url,
                "language": feed.language,
                "topic": feed.topic,
            }
            for feed in feeds
        ]
    }
    lines = []
    for feed in feeds:
        room = max(1, 34 - columns(feed.title))
        lines.append(f"{feed.number:3}. {feed.title}{' ' * room}{feed.language}  {feed.topic or GENERAL}")
    ending = "`edge-news add --shelf N` subscribes" if feeds else "none of that topic is in that language"
    call.screen.show(facts, [*lines, *call.screen.paragraph(ending)])
