"""SQLite on the device: a rebuildable cache of articles, a durable profile and the subscriptions, each its own file."""

from edge_runtime.storage.articles import ArticleCache, open_cache
from edge_runtime.storage.cached_rows import CachedRows
from edge_runtime.storage.feeds import FeedStore
from edge_runtime.storage.names import Names
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.storage.vectors import Vectors

__all__ = ["ArticleCache", "CachedRows", "FeedStore", "Names", "ProfileStore", "Vectors", "open_cache"]
