"""SQLite on the device: a rebuildable cache of articles, a durable profile and the subscriptions, each its own file."""

from edge_runtime.storage.articles import ArticleCache, CachedRows, open_cache
from edge_runtime.storage.feeds import FeedStore
from edge_runtime.storage.profile import ProfileStore

__all__ = ["ArticleCache", "CachedRows", "FeedStore", "ProfileStore", "open_cache"]
