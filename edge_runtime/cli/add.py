"""The command add: feeds to subscribe to and articles to take in, whatever the reader names."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from edge_runtime.cli.argument_types import count, name, words
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.documents import read_bytes
from edge_runtime.cli.printing import warn
from edge_runtime.cli.subscribing import outcome_fields, outcome_lines, subscribed, total_line
from edge_runtime.content.samples import demo_articles
from edge_runtime.errors import ArticleFileError, FeedError, Remedy
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.feeds.shelf import shelf
from edge_runtime.feeds.wanted import SubscribeStatus, WantedFeed, looks_like_address, wanted_feed
from edge_runtime.model.json_lines import Json
from edge_runtime.reader import Reader
from edge_runtime.types import Article

if TYPE_CHECKING:
    from edge_runtime.feeds.parse import ParsedFeed

NUM_WARNINGS = 10


def add_commands(commands: Commands) -> None:
    add = commands.add(
        "add",
        _add,
        "subscribe to feeds, or take in articles from files",
        "add example.org https://example.net/feed.xml articles.jsonl",
        "An address is a feed, or a page that has one. A file is a feed, a list of feeds (OPML), a page, or articles, "
        "a JSON object a line; plain or gzip, - is standard input. What gives no feed is not kept.",
    )
    add.add_argument("source", nargs="*", type=name, metavar="FILE|URL")
    add.add_argument("--demo", action="store_true", help="articles to look at, dated anew")
    add.add_argument("--shelf", nargs="+", type=count, default=[], metavar="N", help="feeds of `edge-news suggest`")
    add.add_argument("--title", type=words, help="what to call the feed")
    add.add_argument("--topic", type=words, help="what the feed is about, one of `edge-news topics`")
    add_fetch_options(add)


def add_fetch_options(parser: argparse.ArgumentParser) -> None:
    """The options of commands that subscribe."""
    parser.add_argument("--no-fetch", action="store_true", help="subscribe without asking; the next sync does")
    parser.add_argument("--allow-private", action="store_true", help="also from servers of your own network")
    add_ca_file(parser)


def add_ca_file(parser: argparse.ArgumentParser) -> None:
    """The option of commands that fetch."""
    parser.add_argument("--ca-file", type=Path, metavar="FILE", help="trust these CA certificates (PEM) alone")


@dataclass(slots=True)
class Sources:
    """What was named to be added, read but not yet taken in."""

    title: str = ""  # what to call a feed
    topic: str = ""  # of the bundle
    articles: list[Article] = field(default_factory=list)
    feeds: list[tuple[str, ParsedFeed]] = field(default_factory=list)  # of files, by address
    skipped: int = 0  # lines of files
    wanted: list[WantedFeed] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    has_files: bool = False  # of articles

    def take_name(self, named: str, call: Call) -> None:
        """A file if there is one of the name, else an address."""
        if named != "-" and not ("://" in named or Path(named).exists()):
            if looks_like_address(named):
                self.wanted.append(wanted_feed(named, self.title, self.topic))
                return
            said = f"{named}: cannot be read: no such file, and no address such as example.org/feed.xml"
            raise ArticleFileError(said, Remedy.CHECK_PATH)
        if "://" in named:
            self.wanted.append(wanted_feed(named, self.title, self.topic))
        else:
            self.take_file(named, call)

    def take_file(self, file: str, call: Call) -> None:
        """Take what a file holds."""
        # Loaded here: reading news needs no parser.
        from edge_runtime.feeds.read_file import read_file

        path = None if file == "-" else Path(file)
        found = read_file(path, call.now, None if path else BytesIO(read_bytes("-")))
        self.warnings += found.warnings
        self.skipped += found.skipped
        self.wanted += [
            WantedFeed((one.url,), one.title, one.topic or self.topic, one.folder, is_listed=True)
            for one in found.subscriptions
        ]
        if found.page_feeds:
            self.wanted.append(wanted_feed(found.page_feeds[0].url, self.title, self.topic))
        self.articles += found.articles
        if found.feed:
            self.feeds.append((path.resolve().as_uri() if path else "stdin:", found.feed))
        self.has_files = self.has_files or bool(found.articles or found.feed)

    def take_shelf(self, numbers: list[int], reader: Reader) -> None:
        """Feeds of the shelf; a bundle with other topics knows nothing of the shelf's."""
        feeds = {feed.number: feed for feed in shelf()}
        for number in numbers:
            if number not in feeds:
                raise FeedError(f"no feed {number} on the shelf; `edge-news suggest` lists {len(feeds)}")
            feed = feeds[number]
            topic = feed.topic if feed.topic in reader.known_topics() else ""
            self.wanted.append(wanted_feed(feed.url, self.title or feed.title, self.topic or topic))


def take_in(call: Call, reader: Reader, sources: Sources) -> int:
    """Subscribe to the feeds, put the articles into the cache, and say so; 1 if a feed was not subscribed to."""
    report = reader.add(sources.articles, call.now)
    for url, parsed in sources.feeds:
        report += reader.add_feed(parsed, url, call.now, sources.title, sources.topic)
    how = SyncOptions(allow_private=call.options.allow_private, ca_file=call.options.ca_file)
    outcomes = subscribed(call, reader, sources.wanted, None if call.options.no_fetch else how)
    warnings = [*sources.warnings, *report.warnings]
    for warning in warnings[:NUM_WARNINGS]:
        warn(warning)
    if len(warnings) > NUM_WARNINGS:
        warn(f"and {len(warnings) - NUM_WARNINGS} more; --json lists all")
    skipped = report.skipped + sources.skipped
    new = [one for one in outcomes if one.status in (SubscribeStatus.SUBSCRIBED, SubscribeStatus.KEPT)]
    failed = [one for one in outcomes if one.feed is None]
    facts: Json = {
        "added": report.added + sum(one.added for one in outcomes),
        "updated": report.updated + sum(one.updated for one in outcomes),
        "skipped": skipped,
        "subscribed": [one.feed.shown_url for one in new if one.feed],
        "known": sum(one.status is SubscribeStatus.KNOWN for one in outcomes),
        "failed": len(failed),
        "feeds": [*map(outcome_fields, outcomes)],
        "warnings": warnings,
    }
    lines = []
    if sources.has_files:
        lines.append(f"articles: {report.added} added, {report.updated} updated, {skipped} skipped")
    if outcomes or not lines:
        lines += outcome_lines(call.screen, outcomes)
        lines += total_line(outcomes, is_fetched=not call.options.no_fetch)
    if failed:
        facts["error"] = failed[0].error
    call.screen.show(facts, lines)
    return int(bool(failed))


def _add(call: Call) -> int:
    options = call.options
    if not (options.source or options.demo or options.shelf):
        call.refuse("say what to add: an address, a file, --shelf or --demo")
    # Everything is read before anything is changed, so that one bad name changes nothing.
    with call.open() as reader:
        topic = reader.topic_named(options.topic) if options.topic else ""
        sources = Sources(options.title or "", topic, has_files=options.demo)
        if options.demo:
            sources.articles += demo_articles(call.now)
        for source in options.source:
            sources.take_name(source, call)
        sources.take_shelf(options.shelf, reader)
        if options.title and len(sources.wanted) > 1:
            call.refuse("--title is for one feed; `edge-news feeds N --title T` names each of several")
        return take_in(call, reader, sources)
