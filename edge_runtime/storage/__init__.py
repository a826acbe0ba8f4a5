"""SQLite on the device: a rebuildable cache of articles and a durable profile, each a file of its own."""

from edge_runtime.storage.articles import ArticleCache, CachedRows
from edge_runtime.storage.profile import ProfileStore

__all__ = ["ArticleCache", "CachedRows", "ProfileStore"]
