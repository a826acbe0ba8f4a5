"""The command export-feed: the ranked feed as a file that any reader can subscribe to."""

from __future__ import annotations

from edge_runtime.cli.argument_types import count, name
from edge_runtime.cli.call import Call, Commands
from edge_runtime.cli.documents import write_document
from edge_runtime.types import OrderChoice

NUM_WRITTEN = 50


def add_commands(commands: Commands) -> None:
    export = commands.add(
        "export-feed",
        _export_feed,
        "write your feed as Atom or JSON Feed, for another reader",
        "export-feed feed.xml",
        "Order and reasons tell your taste, so the file is readable by you alone unless it is --public. What it lists "
        "does not count as seen.",
    )
    export.add_argument("file", type=name, help="*.json is a JSON Feed, any other Atom; - is standard output")
    export.add_argument("--format", choices=["atom", "json"], help="whatever the file is called")
    export.add_argument("--limit", type=count, default=NUM_WRITTEN, metavar="N", help=f"how many ({NUM_WRITTEN})")
    export.add_argument("--no-reasons", action="store_true", help="without why an article is there")
    export.add_argument("--public", action="store_true", help="readable by everyone on this device, for a web server")


def _export_feed(call: Call) -> None:
    # Loaded here: no other command writes a feed.
    from edge_runtime.feeds.write_feed import FeedEntry, write_atom, write_json_feed

    options = call.options
    is_json = options.format == "json" or (options.format is None and options.file.lower().endswith(".json"))
    with call.open() as reader:
        ranked = reader.feed(call.now, options.limit, order=OrderChoice.RANKED)
    entries = [FeedEntry(one.article, "" if options.no_reasons else one.reason) for one in ranked]
    data = write_json_feed(entries) if is_json else write_atom(entries, call.now)
    write_document(call, options.file, data, f"{len(entries)} articles", is_public=options.public)
