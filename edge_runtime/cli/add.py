"""The command add: feeds to subscribe to and articles to take in, whatever the reader names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from edge_runtime.addresses import parse_target
from edge_runtime.cli.argument_types import name, words
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.documents import read_bytes
from edge_runtime.cli.printing import warn
from edge_runtime.content.articles_in import read_articles
from edge_runtime.content.samples import demo_articles
from edge_runtime.feeds.opml import Subscription, read_opml
from edge_runtime.types import Article

NUM_WARNINGS = 10


def add_commands(commands: Commands) -> None:
    add = commands.add(
        "add",
        _add,
        "subscribe to feeds, or take in articles from files",
        "add https://example.org/feed.xml articles.jsonl",
        "An address is a feed, a file *.opml a list of feeds, any other file one of articles, a JSON object a line, "
        "plain or gzip.",
    )
    add.add_argument("source", nargs="*", type=name, metavar="FILE|URL")
    add.add_argument("--demo", action="store_true", help="articles to look at, dated anew")
    add.add_argument("--title", type=words, help="what to call the feed")
    add.add_argument("--topic", type=words, help="what the feed is about")


@dataclass(slots=True)
class Sources:
    """What was named to be added, read but not yet taken in."""

    articles: list[Article] = field(default_factory=list)
    skipped: int = 0  # lines of files
    subscriptions: list[Subscription] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    has_files: bool = False  # of articles
    has_feeds: bool = False

    def read_articles(self, file: str) -> None:
        """Take in a file of articles; lines that cannot be read are counted."""
        articles, warnings = read_articles(Path(file))
        self.articles += articles
        self.skipped += len(warnings)
        self.warnings += warnings
        self.has_files = True

    def read_opml(self, file: str) -> None:
        """Take in a list of feeds."""
        subscriptions, warnings = read_opml(read_bytes(file))
        self.subscriptions += subscriptions
        self.warnings += warnings
        self.has_feeds = True

    def take_address(self, link: str, title: str, topic: str) -> None:
        """A feed; feed://host/path and feed:https://host/path are addresses too."""
        if link.lower().startswith("feed:"):
            link = link[5:] if link.lower().startswith("feed:http") else f"https:{link[5:]}"
        self.subscriptions.append(Subscription(parse_target(link).address, title, topic))
        self.has_feeds = True


def take_in(call: Call, sources: Sources) -> None:
    """Subscribe to the feeds, put the articles into the cache, and say so."""
    with call.open() as reader:
        feeds = sources.subscriptions
        are_new = reader.feeds.subscribe_all([(one.url, one.title, one.topic, one.folder) for one in feeds], call.now)
        new = [one for one, is_new in zip(feeds, are_new, strict=True) if is_new]
        report = reader.add(sources.articles, call.now)
    warnings = [*sources.warnings, *report.warnings]
    for warning in warnings[:NUM_WARNINGS]:
        warn(warning)
    if len(warnings) > NUM_WARNINGS:
        warn(f"and {len(warnings) - NUM_WARNINGS} more; --json lists all")
    skipped, known = report.skipped + sources.skipped, len(sources.subscriptions) - len(new)
    facts = {
        "added": report.added,
        "updated": report.updated,
        "skipped": skipped,
        "subscribed": [parse_target(one.url).shown for one in new],
        "known": known,
        "warnings": warnings,
    }
    lines = []
    if sources.has_files:
        lines.append(f"articles: {report.added} added, {report.updated} updated, {skipped} skipped")
    if sources.has_feeds:
        lines.append(f"feeds: {len(new)} new, {known} known before{'; `edge-news sync` fetches them' if new else ''}")
    call.screen.show(facts, lines)


def _add(call: Call) -> None:
    options = call.options
    if not (options.source or options.demo):
        call.refuse("say what to add: an address, a file, or --demo")
    # Everything is read before anything is changed, so that one bad name changes nothing.
    sources = Sources(articles=demo_articles(call.now) if options.demo else [], has_files=options.demo)
    for source in options.source:
        if "://" in source or source.lower().startswith("feed:"):
            sources.take_address(source, options.title or "", options.topic or "")
        elif source.lower().endswith(".opml"):
            sources.read_opml(source)
        else:
            sources.read_articles(source)
    take_in(call, sources)
