"""The runtime's errors: a class for each case a caller can act on, with a fact and, where there is one, a remedy."""

from __future__ import annotations

from enum import StrEnum


class Remedy(StrEnum):
    """What mends it, in words that fit any program; the command line and the app have words of their own for each."""

    CHOOSE_DIRECTORY = "choose another data directory"
    LIST_ARTICLES = "the feed lists the articles"
    LIST_PROFILE = "the profile lists what there is"
    LIST_FEEDS = "the list of feeds has the addresses"
    SYNC = "a sync fetches the rest again"
    EXPORTED_FILE = "give a file that an export wrote"
    ALLOW_PRIVATE = "a server of your own network is fetched only if private addresses are allowed"


class EdgeError(Exception):
    """Anything the runtime refuses.

    Attributes:
        fact: What is wrong, and where.
        remedy: How to mend it, as data; None where the fact says it all.
    """

    def __init__(self, fact: str, remedy: Remedy | None = None) -> None:
        """Keep both; the text of the error joins them."""
        super().__init__(f"{fact}; {remedy}" if remedy else fact)
        self.fact, self.remedy = fact, remedy


class BundleError(EdgeError):
    """Not a bundle, damaged, of a newer format, or one that this device's engine computes wrongly."""


class EngineError(EdgeError):
    """No TFLite interpreter on this device, or one that refused a model."""


class StorageError(EdgeError):
    """The data directory or a database in it cannot be read or written."""


class DamagedError(StorageError):
    """A database with damaged pages, or a file in its place that is none."""


class ArticleFileError(EdgeError):
    """A file of articles cannot be read at all; single bad lines are warnings instead."""


class UnknownTopicError(EdgeError):
    """A topic that the bundle does not know was asked for."""


class UnknownArticleError(EdgeError):
    """An article id that is not in the cache."""


class UnknownEntryError(EdgeError):
    """An event, search or rule that is not in the profile."""


class ProfileFileError(EdgeError):
    """An exported profile that cannot be read; nothing of it was taken."""


class FeedError(EdgeError):
    """Not a feed, or one beyond the stated limits."""


class FetchError(EdgeError):
    """A feed could not be fetched, or its address is not allowed."""


class PrivateAddressError(FetchError):
    """A feed at an address of this device or its own network, which was not allowed."""


class UnknownFeedError(EdgeError):
    """A feed that is not subscribed to."""
