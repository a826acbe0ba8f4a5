"""The runtime's errors: one class for each case a caller can act on."""


class EdgeError(Exception):
    """Anything the runtime refuses; the message says what, where and how to mend it."""


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
