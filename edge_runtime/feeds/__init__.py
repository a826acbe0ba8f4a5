"""Articles from feeds: RSS, RDF, Atom and JSON Feed, and lists of subscriptions as OPML."""

from edge_runtime.feeds.opml import Subscription, read_opml, write_opml
from edge_runtime.feeds.parse import ParsedFeed, parse_feed

__all__ = ["ParsedFeed", "Subscription", "parse_feed", "read_opml", "write_opml"]
