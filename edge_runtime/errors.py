"""The runtime's errors: a class for each case a caller can act on, with a fact and, where there is one, a remedy."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from edge_runtime.sentences import Sentence


class Remedy(StrEnum):
    """What mends it, in words that fit any program; the command line and the app have words of their own for each."""

    CHOOSE_DIRECTORY = "choose another data directory"
    LIST_ARTICLES = "the feed lists the articles"
    LIST_PROFILE = "the profile lists what there is"
    LIST_FEEDS = "the list of feeds has the addresses"
    SYNC = "a sync fetches the rest again"
    EXPORT_AGAIN = "mend it, or export it again"
    GET_AGAIN = "get it again"
    CHECK_PATH = "check the path"
    OPML_FILE = "export the subscriptions of the other reader as OPML"
    EXPORTED_FILE = "give a file that an export wrote"
    FREE_SPACE = "the disk is full: free some space and try again"
    WAIT = "another program is writing to it: wait for it or close it, then try again"
    CHECK_DISK = "the disk failed: close this program, check the disk, and start it again"
    CHECK_RIGHTS = "check the disk and the file's owner, or move it away"
    CLOSE_PROGRAMS = "this device has no memory to spare: close other programs and try again"
    LOCAL_DISK = "keep the data directory on a disk of this device"
    MAKE_WRITABLE = "it can only be read: make the data directory and its files writable"
    MOVE_AWAY = "move it away"
    PYTHON_OF_PACKAGE = "run this with the Python that the program was installed for"
    SET_HOME = "set HOME to an absolute path, or name a data directory"
    START_AGAIN = "it was moved or deleted while it was open: close this program and start it again"
    UPDATE = "update edge-news"
    ALLOW_PRIVATE = "a server of your own network is fetched only if private addresses are allowed"
    INSTALL_ENGINE = "install one"
    INSTALL_NUMPY_1 = "install NumPy 1, or another engine"
    USE_LITERT = "use the engine ai-edge-litert"
    OTHER_ENGINE = "update the engine, or use another engine or bundle"
    GET_BUNDLE = "get the bundle again, or use the one that came with the program"
    BUNDLE_FILE = "give a bundle that the trainer wrote"
    UNHIDE = "taking that back brings it back"
    INSTALL_NOTIFY_SEND = "install libnotify, which brings it"
    INSTALL_APPRISE = "install apprise"
    GIVE_CA_FILE = "install certifi, or name a file of CA certificates"
    INSTALL_TZDATA = "install tzdata"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a reader is told though nothing failed, such as what became of a damaged cache."""

    fact: str
    remedy: Remedy | None = None  # what to do about it, where there is something

    def __str__(self) -> str:
        return f"{self.fact}; {self.remedy}" if self.remedy else self.fact

    @classmethod
    def parse(cls, text: str) -> Notice:
        """The fact and the remedy of an error that was kept as its text."""
        for remedy in Remedy:
            if text.endswith(f"; {remedy}"):
                return cls(text.removesuffix(f"; {remedy}"), remedy)
        return cls(text)


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


class UnsupportedModelError(EngineError):
    """A model with something in it that this engine does not compute, though another may."""

    def __init__(self, fact: str) -> None:
        """Name the engine that runs more."""
        super().__init__(fact, Remedy.USE_LITERT)


class DamagedModelError(EngineError):
    """A model that no engine should run: its bytes contradict each other."""

    def __init__(self, fact: str) -> None:
        """Ask for a whole one."""
        super().__init__(fact, Remedy.GET_BUNDLE)


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


class UnknownNameError(EdgeError):
    """A source, topic, folder or language that is nowhere among the articles.

    Attributes:
        near: Names that may have been meant, the likeliest first.
    """

    def __init__(self, kind: str, name: str, near: tuple[str, ...]) -> None:
        """Word it, with the names that are near."""
        facts = {"kind": Sentence(kind), "name": repr(name)}
        if near:
            names = " or ".join(f"“{other}”" for other in near)
            said = Sentence("no {kind} {name} among the articles; did you mean {names}?", names=names, **facts)
        else:
            said = Sentence("no {kind} {name} among the articles", **facts)
        super().__init__(said)
        self.near = near


class ProfileFileError(EdgeError):
    """An exported profile that cannot be read; nothing of it was taken."""


class FeedError(EdgeError):
    """Not a feed, or one beyond the stated limits.

    Attributes:
        feeds: Addresses of the feeds that a web page names which was given in a feed's place, best first.
    """

    def __init__(self, fact: str, remedy: Remedy | None = None, *, feeds: tuple[str, ...] = ()) -> None:
        """Keep where the feeds are."""
        super().__init__(fact, remedy)
        self.feeds = feeds


class FetchError(EdgeError):
    """A feed could not be fetched, or its address is not allowed."""


class UnreachedError(FetchError):
    """No server was reached: a name without an address, no way there, or nobody who takes the call.

    Attributes:
        is_local: Whether the cause is this device's own network or means, as far as the system tells.
    """

    def __init__(self, fact: str, remedy: Remedy | None = None, *, is_local: bool = False) -> None:
        """Keep whose fault it is."""
        super().__init__(fact, remedy)
        self.is_local = is_local


class UnknownZoneError(EdgeError):
    """A time zone that this device does not know."""


class DeliveryError(EdgeError):
    """A notification could not be handed to what shows it."""


class PrivateAddressError(FetchError):
    """A feed at an address of this device or its own network, which was not allowed."""


class AccountError(FetchError):
    """A server that the reader has an account on refuses, or answers what cannot be true."""


class UnknownFeedError(EdgeError):
    """A feed that is not subscribed to."""
