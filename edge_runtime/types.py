"""The values that cross the runtime's boundaries: articles, what readers did with them, and ranked results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from edge_runtime.errors import Remedy


@dataclass(frozen=True, slots=True)
class Popularity:
    """What a publisher counted of an article among all readers, up to a time.

    Raises:
        ValueError: Fewer than none, or more clicked than shown.
    """

    shown: int
    clicked: int
    as_of: datetime  # UTC-aware

    def __post_init__(self) -> None:
        if not 0 <= self.clicked <= self.shown:
            raise ValueError(f"popularity: {self.clicked} clicked of {self.shown} shown; give 0 <= clicked <= shown")


@dataclass(frozen=True, slots=True)
class Article:
    """A news item as a feed or a publisher's file gives it; an empty string means "not given"."""

    article_id: str
    title: str
    abstract: str = ""
    category: str = ""
    source: str = ""
    url: str = ""
    language: str = ""
    published: datetime | None = None  # UTC-aware
    popularity: Popularity | None = None
    image: str = ""  # http(s) address of a picture; it comes from a feed, and nothing here fetches it


class Signal(StrEnum):
    """What a reader did with an article."""

    OPEN = "open"
    DWELL = "dwell"  # seconds spent on an opened article, in `Event.dwell_s`
    LIKE = "like"
    DISLIKE = "dislike"
    SAVE = "save"
    SHARE = "share"
    HIDE = "hide"  # not to be seen again in the feed


@dataclass(frozen=True, slots=True)
class Event:
    """One thing the reader did, as the profile keeps it."""

    article: Article
    signal: Signal
    at: datetime  # UTC-aware
    dwell_s: float = 0.0  # of Signal.DWELL alone
    number: int = 0  # in the profile, from 1; 0 while it is not kept yet


class Origin(StrEnum):
    """Where the reader opened an article."""

    FEED = "feed"  # the whole one, without a filter
    SEARCH = "search"
    NOTIFICATION = "notification"
    ELSEWHERE = "elsewhere"


class OrderChoice(StrEnum):
    """What orders the feed."""

    AUTO = "auto"  # ranked, for as long as that helps this reader
    RANKED = "ranked"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class ListedArticle:
    """An article among the first of a feed that is compared with another order."""

    article_id: str
    pair: int | None = None  # from 0; None where it stands in no pair
    is_ranked: bool = False  # of its pair the one that the ranked order named
    is_opened: bool = False  # from this list


@dataclass(frozen=True, slots=True)
class FeedList:
    """The first articles of a feed, by which opens are counted once it was shown."""

    number: int  # of this reader's lists, from 1
    articles: tuple[ListedArticle, ...]  # in the order of the feed
    cache: int  # its number of changes when the list was made
    bundle: int  # a number of the bundle that ranked


class RuleKind(StrEnum):
    """What a rule of the reader is about."""

    SOURCE = "source"
    TOPIC = "topic"
    WORD = "word"
    TEXT = "text"  # an interest in the reader's own words, which can only be followed


class RuleEffect(StrEnum):
    """What a rule of the reader does."""

    FOLLOW = "follow"
    MUTE = "mute"


@dataclass(frozen=True, slots=True)
class Rule:
    """A source, topic or word that the reader follows or wants no more of; there is one rule a kind and value."""

    kind: RuleKind
    value: str  # compared without case
    effect: RuleEffect
    at: datetime  # UTC-aware


@dataclass(frozen=True, slots=True)
class Search:
    """What the reader looked for."""

    query: str
    at: datetime  # UTC-aware
    number: int = 0  # in the profile, from 1; 0 while it is not kept yet


@dataclass(frozen=True, slots=True)
class Shown:
    """An article that was put before the reader: what was passed over teaches too."""

    article_id: str
    score: float  # its parts' sum without "already read" and exploration
    at: datetime  # UTC-aware
    learned: float = 0.0  # of `score`, what was learned from earlier lists


@dataclass(frozen=True, slots=True)
class ReadMark:
    """An article that the reader marked as read or as unread; it teaches nothing.

    It says more than an earlier open. A later open takes a mark "unread" away.
    """

    article_id: str
    is_read: bool
    at: datetime  # UTC-aware


@dataclass(frozen=True, slots=True)
class Edition:
    """The first articles of the feed at one time, as an app of another maker was shown them."""

    at: datetime  # UTC-aware, kept in whole seconds
    article_ids: tuple[str, ...]  # best first
    reasons: tuple[str, ...]  # one for each, as the runtime says it; a `Wording` says it in another language


@dataclass(frozen=True, slots=True)
class SentPush:
    """A notification that was sent."""

    article_id: str
    story: str  # of `stories`; the article's id where it has none
    probability: float  # of being opened, as judged then
    at: datetime  # UTC-aware


@dataclass(frozen=True, slots=True)
class ScoredArticle:
    """A cached article with its score and the named parts that add up to it."""

    article: Article
    score: float
    parts: Mapping[str, float]
    reason: str  # one line a person can read
    is_read: bool
    same_story: tuple[Article, ...] = ()  # other articles of its story, which the feed leaves out
    is_story_read: bool = False  # it is not read, but one of `same_story` is
    # The last erasing of the profile before this was ranked: `Reader.mark_shown` keeps nothing from before an erasing.
    erasures: int | None = field(default=None, compare=False, repr=False)
    # The list that it is one of the first of, by which `Reader.mark_shown` knows what stands before the reader.
    listed: FeedList | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    articles: tuple[ScoredArticle, ...]  # the first of them
    total: int  # how many there are


@dataclass(frozen=True, slots=True)
class NewsDigest:
    """What of the news since a time is worth reading; fewer than were asked for, where there are fewer."""

    articles: tuple[ScoredArticle, ...]  # best first
    new: int  # stories that came since then and were neither seen nor read
    since: datetime  # UTC-aware


@dataclass(frozen=True, slots=True)
class ReportedStory:
    """A story that several sources report."""

    scored: ScoredArticle  # the one that the feed lists of it
    first: Article  # the one that was published first
    sources: int  # how many report it


@dataclass(frozen=True, slots=True)
class NewsSince:
    """What came since a time and is not read, muted or hidden."""

    since: datetime  # UTC-aware
    new: int  # articles
    by_source: Mapping[str, int]  # source -> how many of them, most first; "" is none
    stories: tuple[ReportedStory, ...]  # that most sources report, these first
    followed: tuple[ScoredArticle, ...]  # of what the reader follows, best first, without these stories


@dataclass(frozen=True, slots=True)
class UnreadCounts:
    """How many cached articles the reader has not read, whatever the profile hides of them."""

    total: int
    by_feed: Mapping[str, int]  # of each subscription, by its address


@dataclass(frozen=True, slots=True)
class ArticleMarks:
    """What a list says of an article beside what it is."""

    is_read: bool  # opened or marked as read
    is_saved: bool
    is_liked: bool = False
    is_disliked: bool = False
    is_hidden: bool = False


@dataclass(frozen=True, slots=True)
class HiddenArticle:
    """A cached article that the feed leaves out."""

    article: Article
    reason: str  # one line a person can read
    remedy: Remedy | None = None  # how to undo it, where the reason does not say


@dataclass(frozen=True, slots=True)
class SimilarRead:
    """A past read that drew an article up the feed."""

    article: Article
    similarity: float  # cosine, -1 to 1
    share: float  # of the interest part, 0 to 1; with the article's own, if it was read, they sum to 1
    is_search: bool = False  # no article but a query, in the place of the title


@dataclass(frozen=True, slots=True)
class WordEffect:
    """What a word of the title did to the score."""

    word: str
    effect: float  # score with the word minus score without it


@dataclass(frozen=True, slots=True)
class PickedWord:
    """What lists have taught of a word in titles."""

    word: str  # in the tokenizer's spelling: lower case, without accents; two characters where a script has no spaces
    weight: float  # in log-odds of being opened; below 0 the reader passes it over
    opened: int  # articles of the lists with it that the reader opened, liked, saved or shared
    shown: int  # articles of the lists with it


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article stands where it stands."""

    scored: ScoredArticle
    similar_reads: tuple[SimilarRead, ...]  # most similar first
    words: tuple[WordEffect, ...] = ()  # largest effect first, up or down
    hidden: str = ""  # why the feed leaves it out, if it does
    topic: str = ""  # of the bundle's, by its category or its text
    topic_probability: float = 0.0  # 1 where its category says so, 0 where no topic is known
    keywords: tuple[str, ...] = ()  # best first
    hidden_remedy: Remedy | None = None  # how to undo what hides it, where the reason does not say
    meanings: Mapping[str, str] = field(default_factory=dict)  # of parts that say something else here than elsewhere
    other_topics: Mapping[str, float] = field(default_factory=dict)  # that its text tells beside, with their shares


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the device knows of its reader, newest event first."""

    events: tuple[Event, ...]
    picked_topics: tuple[str, ...]  # asked for by the reader
    topic_shares: Mapping[str, float]  # of the opened and liked articles; sums to 1 unless empty
    rules: tuple[Rule, ...] = ()
    searches: tuple[Search, ...] = ()  # newest first
    private: bool = False  # nothing is recorded while it is on


@dataclass(frozen=True, slots=True)
class AddReport:
    """What became of the articles given to the cache."""

    added: int
    updated: int
    skipped: int
    warnings: tuple[str, ...]

    def __add__(self, other: AddReport) -> AddReport:
        """Both together."""
        return AddReport(
            self.added + other.added,
            self.updated + other.updated,
            self.skipped + other.skipped,
            self.warnings + other.warnings,
        )
