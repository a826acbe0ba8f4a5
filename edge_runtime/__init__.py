"""edge-news runtime: ranks cached articles on the device, against a profile that never leaves it.

with Reader.open(Path("~/.local/share/edge-news").expanduser()) as reader:
    articles, warnings = read_articles(Path("articles.jsonl"))
    reader.add(articles, now=datetime.now(UTC))
    for scored in reader.feed(now=datetime.now(UTC), limit=10):
        print(scored.article.title, scored.reason)
"""

from edge_runtime.content.articles_in import parse_article, read_articles
from edge_runtime.content.samples import demo_articles
from edge_runtime.errors import (
    ArticleFileError,
    BundleError,
    DamagedError,
    EdgeError,
    EngineError,
    FeedError,
    FetchError,
    Notice,
    PrivateAddressError,
    ProfileFileError,
    Remedy,
    StorageError,
    UnknownArticleError,
    UnknownEntryError,
    UnknownFeedError,
    UnknownTopicError,
)
from edge_runtime.feeds.outcome import FeedOutcome, FeedStatus, SyncOptions
from edge_runtime.installation import install_bundle
from edge_runtime.model.bundle import Bundle, Golden, Manifest, read_bundle, write_bundle
from edge_runtime.model.news_model import NewsModel
from edge_runtime.model.parts import Part, score_part
from edge_runtime.notify.texts import Notification, notifications
from edge_runtime.notify.types import PushCandidate, PushDecision, PushSettings
from edge_runtime.reader import Reader
from edge_runtime.storage.feeds import Feed
from edge_runtime.types import (
    AddReport,
    Article,
    Event,
    Explanation,
    HiddenArticle,
    Popularity,
    Profile,
    Rule,
    RuleEffect,
    RuleKind,
    ScoredArticle,
    Search,
    SentPush,
    Shown,
    Signal,
    SimilarRead,
    WordEffect,
)
from edge_runtime.version import __version__

__all__ = [
    "AddReport",
    "Article",
    "ArticleFileError",
    "Bundle",
    "BundleError",
    "DamagedError",
    "EdgeError",
    "EngineError",
    "Event",
    "Explanation",
    "Feed",
    "FeedError",
    "FeedOutcome",
    "FeedStatus",
    "FetchError",
    "Golden",
    "HiddenArticle",
    "Manifest",
    "NewsModel",
    "Notice",
    "Notification",
    "Part",
    "Popularity",
    "PrivateAddressError",
    "Profile",
    "ProfileFileError",
    "PushCandidate",
    "PushDecision",
    "PushSettings",
    "Reader",
    "Remedy",
    "Rule",
    "RuleEffect",
    "RuleKind",
    "ScoredArticle",
    "Search",
    "SentPush",
    "Shown",
    "Signal",
    "SimilarRead",
    "StorageError",
    "SyncOptions",
    "UnknownArticleError",
    "UnknownEntryError",
    "UnknownFeedError",
    "UnknownTopicError",
    "WordEffect",
    "__version__",
    "demo_articles",
    "install_bundle",
    "notifications",
    "parse_article",
    "read_articles",
    "read_bundle",
    "score_part",
    "write_bundle",
]
