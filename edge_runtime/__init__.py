"""edge-news runtime: ranks cached articles on the device, against a profile that never leaves it.

with Reader.open(Path("~/.local/share/edge-news").expanduser()) as reader:
    articles, warnings = read_articles(Path("articles.jsonl"))
    reader.add(articles, now=datetime.now(UTC))
    for scored in reader.feed(now=datetime.now(UTC), limit=10):
        print(scored.article.title, scored.reason)
"""

from importlib import import_module
from typing import TYPE_CHECKING

from edge_runtime.version import __version__

if TYPE_CHECKING:
    from edge_runtime.accounts.book import Accounts
    from edge_runtime.content.articles_in import parse_article, read_articles
    from edge_runtime.content.samples import demo_articles
    from edge_runtime.engines import prepare_engines
    from edge_runtime.errors import (
        AccountError,
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
        UnknownNameError,
        UnknownTopicError,
        UnknownZoneError,
    )
    from edge_runtime.feeds.feed_item import FeedItem
    from edge_runtime.feeds.fetch_picture import fetch_picture
    from edge_runtime.feeds.full_text import Block, BlockKind, LinkSpan
    from edge_runtime.feeds.opml import Subscription, read_opml, write_opml
    from edge_runtime.feeds.outcome import FeedOutcome, FeedStatus, SyncOptions
    from edge_runtime.feeds.parse import ParsedFeed, parse_feed
    from edge_runtime.feeds.preview import FeedPreview, preview_feed
    from edge_runtime.feeds.shelf import ShelfFeed, shelf
    from edge_runtime.feeds.sync import SyncRun
    from edge_runtime.feeds.wanted import NamedFeed, SubscribeOutcome, SubscribeStatus, WantedFeed, wanted_feed
    from edge_runtime.feeds.write_feed import FeedEntry, write_atom, write_json_feed
    from edge_runtime.installation import bring_back_bundle, install_bundle, is_bundle_installed
    from edge_runtime.intake.sight import ArticleEncoder, EncodedArticles
    from edge_runtime.list_filter import ListFilter
    from edge_runtime.model.bundle import Bundle, Golden, Manifest, read_bundle, write_bundle
    from edge_runtime.model.news_model import NewsModel
    from edge_runtime.model.parts import Part, score_part
    from edge_runtime.notify.texts import Notification, digest_title, notifications, since_text
    from edge_runtime.notify.types import PushCandidate, PushDecision, PushSettings
    from edge_runtime.notify.zone import zone_named
    from edge_runtime.pages.article import ArticlePage, article_page
    from edge_runtime.pages.why import WhyPage, WhyPart, WhyRead, WhyWord, why_page
    from edge_runtime.pages.wording import Wording
    from edge_runtime.pages.worth import worth_explanation, worth_line, worth_news
    from edge_runtime.personal.order_worth import OrderWorth
    from edge_runtime.profile.numbered import NumberedArticles
    from edge_runtime.reader import Reader
    from edge_runtime.sentences import Sentence, msgid
    from edge_runtime.storage.accounts import Account
    from edge_runtime.storage.feeds import Feed
    from edge_runtime.storage.places import data_home
    from edge_runtime.storage.requests import HostRequests
    from edge_runtime.types import (
        AddReport,
        Article,
        ArticleMarks,
        Edition,
        Event,
        Explanation,
        Found,
        HiddenArticle,
        NewsDigest,
        NewsSince,
        OrderChoice,
        Origin,
        PickedWord,
        Popularity,
        Profile,
        ReportedStory,
        Rule,
        RuleEffect,
        RuleKind,
        ScoredArticle,
        Search,
        SentPush,
        Shown,
        Signal,
        SimilarRead,
        UnreadCounts,
        WordEffect,
    )

# The same for running programs: each module is loaded when a name of it is asked for, as numpy alone takes longer to
# load than a stored list takes to be shown.
_HOMES = {
    "accounts.book": ("Accounts",),
    "content.articles_in": ("parse_article", "read_articles"),
    "content.samples": ("demo_articles",),
    "engines": ("prepare_engines",),
    "errors": (
        "AccountError",
        "ArticleFileError",
        "BundleError",
        "DamagedError",
        "EdgeError",
        "EngineError",
        "FeedError",
        "FetchError",
        "Notice",
        "PrivateAddressError",
        "ProfileFileError",
        "Remedy",
        "StorageError",
        "UnknownArticleError",
        "UnknownEntryError",
        "UnknownFeedError",
        "UnknownNameError",
        "UnknownTopicError",
        "UnknownZoneError",
    ),
    "feeds.feed_item": ("FeedItem",),
    "feeds.fetch_picture": ("fetch_picture",),
    "feeds.full_text": ("Block", "BlockKind", "LinkSpan"),
    "feeds.opml": ("Subscription", "read_opml", "write_opml"),
    "feeds.outcome": ("FeedOutcome", "FeedStatus", "SyncOptions"),
    "feeds.parse": ("ParsedFeed", "parse_feed"),
    "feeds.preview": ("FeedPreview", "preview_feed"),
    "feeds.shelf": ("ShelfFeed", "shelf"),
    "feeds.sync": ("SyncRun",),
    "feeds.wanted": ("NamedFeed", "SubscribeOutcome", "SubscribeStatus", "WantedFeed", "wanted_feed"),
    "feeds.write_feed": ("FeedEntry", "write_atom", "write_json_feed"),
    "installation": ("bring_back_bundle", "install_bundle", "is_bundle_installed"),
    "intake.sight": ("ArticleEncoder", "EncodedArticles"),
    "list_filter": ("ListFilter",),
    "model.bundle": ("Bundle", "Golden", "Manifest", "read_bundle", "write_bundle"),
    "model.news_model": ("NewsModel",),
    "model.parts": ("Part", "score_part"),
    "notify.texts": ("Notification", "digest_title", "notifications", "since_text"),
    "notify.types": ("PushCandidate", "PushDecision", "PushSettings"),
    "notify.zone": ("zone_named",),
    "pages.article": ("ArticlePage", "article_page"),
    "pages.why": ("WhyPage", "WhyPart", "WhyRead", "WhyWord", "why_page"),
    "pages.wording": ("Wording",),
    "pages.worth": ("worth_explanation", "worth_line", "worth_news"),
    "personal.order_worth": ("OrderWorth",),
    "profile.numbered": ("NumberedArticles",),
    "reader": ("Reader",),
    "sentences": ("Sentence", "msgid"),
    "storage.accounts": ("Account",),
    "storage.feeds": ("Feed",),
    "storage.places": ("data_home",),
    "storage.requests": ("HostRequests",),
    "types": (
        "AddReport",
        "Article",
        "ArticleMarks",
        "Edition",
        "Event",
        "Explanation",
        "Found",
        "HiddenArticle",
        "NewsDigest",
        "NewsSince",
        "OrderChoice",
        "Origin",
        "PickedWord",
        "Popularity",
        "Profile",
        "ReportedStory",
        "Rule",
        "RuleEffect",
        "RuleKind",
        "ScoredArticle",
        "Search",
        "SentPush",
        "Shown",
        "Signal",
        "SimilarRead",
        "UnreadCounts",
        "WordEffect",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found


__all__ = [
    "Account",
    "AccountError",
    "Accounts",
    "AddReport",
    "Article",
    "ArticleEncoder",
    "ArticleFileError",
    "ArticleMarks",
    "ArticlePage",
    "Block",
    "BlockKind",
    "Bundle",
    "BundleError",
    "DamagedError",
    "EdgeError",
    "Edition",
    "EncodedArticles",
    "EngineError",
    "Event",
    "Explanation",
    "Feed",
    "FeedEntry",
    "FeedError",
    "FeedItem",
    "FeedOutcome",
    "FeedPreview",
    "FeedStatus",
    "FetchError",
    "Found",
    "Golden",
    "HiddenArticle",
    "HostRequests",
    "LinkSpan",
    "ListFilter",
    "Manifest",
    "NamedFeed",
    "NewsDigest",
    "NewsModel",
    "NewsSince",
    "Notice",
    "Notification",
    "NumberedArticles",
    "OrderChoice",
    "OrderWorth",
    "Origin",
    "ParsedFeed",
    "Part",
    "PickedWord",
    "Popularity",
    "PrivateAddressError",
    "Profile",
    "ProfileFileError",
    "PushCandidate",
    "PushDecision",
    "PushSettings",
    "Reader",
    "Remedy",
    "ReportedStory",
    "Rule",
    "RuleEffect",
    "RuleKind",
    "ScoredArticle",
    "Search",
    "SentPush",
    "Sentence",
    "ShelfFeed",
    "Shown",
    "Signal",
    "SimilarRead",
    "StorageError",
    "SubscribeOutcome",
    "SubscribeStatus",
    "Subscription",
    "SyncOptions",
    "SyncRun",
    "UnknownArticleError",
    "UnknownEntryError",
    "UnknownFeedError",
    "UnknownNameError",
    "UnknownTopicError",
    "UnknownZoneError",
    "UnreadCounts",
    "WantedFeed",
    "WhyPage",
    "WhyPart",
    "WhyRead",
    "WhyWord",
    "WordEffect",
    "Wording",
    "__version__",
    "article_page",
    "bring_back_bundle",
    "data_home",
    "demo_articles",
    "digest_title",
    "fetch_picture",
    "install_bundle",
    "is_bundle_installed",
    "msgid",
    "notifications",
    "parse_article",
    "parse_feed",
    "prepare_engines",
    "preview_feed",
    "read_articles",
    "read_bundle",
    "read_opml",
    "score_part",
    "shelf",
    "since_text",
    "wanted_feed",
    "why_page",
    "worth_explanation",
    "worth_line",
    "worth_news",
    "write_atom",
    "write_bundle",
    "write_json_feed",
    "write_opml",
    "zone_named",
]
