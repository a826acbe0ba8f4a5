"""What a server with an account offers, whatever it speaks; and the address that a reader names it by."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from edge_runtime.addresses import hide_credentials, parse_target
from edge_runtime.errors import AccountError, FetchError
from edge_runtime.feeds.errands import Steps
from edge_runtime.sentences import Sentence
from edge_runtime.storage.outbox import MarkKind, OutMark

KINDS = ("greader", "miniflux")
FIRST_UNREAD = 500  # of an account that is new here; starred items come all
_ADDRESS = re.compile(rf"({'|'.join(KINDS)})\+(https?://.*)", re.IGNORECASE | re.DOTALL)


class PatienceError(AccountError):
    """The server asks to be left alone for some time."""

    def __init__(self, fact: str, retry_after_s: float | None) -> None:
        """Keep for how long; None if it did not say."""
        super().__init__(fact)
        self.retry_after_s = retry_after_s


@dataclass(frozen=True, slots=True)
class RemoteFeed:
    """A subscription there."""

    remote_id: str
    url: str  # of the feed itself
    title: str
    folder: str
    site: str


@dataclass(frozen=True, slots=True)
class RemoteItem:
    """An article there; texts are HTML, as it came."""

    remote_id: str
    feed_id: str
    title: str
    url: str
    html: str
    published: str  # any date that feeds have
    is_read: bool
    is_starred: bool


@dataclass(frozen=True, slots=True)
class Lists:
    """How items stand there by now."""

    read: dict[str, bool]  # of items that were named one by one
    starred: dict[str, bool]  # likewise: what is only missing from a list may have been deleted
    unread: frozenset[str] | None = None  # all that are; None if it is not known of all
    cursor: str | None = None  # for the next time; None: as it was


class Handover(Protocol):
    """Where articles go; each step is done in the thread that owns the databases."""

    @property
    def is_private(self) -> bool:
        """Whether nothing may be asked that tells what is read."""

    def unknown(self, remote_ids: Sequence[str]) -> Steps[list[str]]:
        """Those that did not come yet, in order."""

    def take(self, items: Sequence[RemoteItem], cursor: str | None = None) -> Steps[None]:
        """Keep a page, and with it where the next one begins."""


class Upstream(Protocol):
    """A server. Methods raise FetchError: not reached, refused, or an answer that cannot be true."""

    def log_in(self) -> None:
        """Find out whether the secret is good."""

    def later_there(self, marks: Sequence[tuple[OutMark, str]]) -> Collection[int]:
        """Numbers of marks that a later deed there has overtaken, as far as the server tells times of deeds.

        Args:
            marks: Marks, each with an item that it is about, which say what both sides had agreed on before. Of others
                nothing can have been done there that says otherwise.
        """

    def send(self, kind: MarkKind, remote_ids: Sequence[str], *, value: bool) -> None:
        """Mark items."""

    def feeds(self) -> list[RemoteFeed]:
        """All subscriptions."""

    def news(self, cursor: str, handover: Handover) -> Steps[None]:
        """What came since an exchange left this cursor; "" is the first."""

    def lists(self, cursor: str, starred_before: Collection[str]) -> Lists:
        """How items stand; of those that were starred before it says whether they still are, if they still are."""

    def close(self) -> None:
        """End the connection."""


@dataclass(frozen=True, slots=True)
class Login:
    """Who asks."""

    user: str
    secret: str


Open = Callable[[str, str, Login, datetime], Upstream]  # kind, address, login, now


def account_address(text: str) -> tuple[str, str, str]:
    """Kind, address and user of what a reader typed, such as `miniflux+https://host` or `greader+https://me@host`.

    Raises:
        AccountError: It is none, or holds a password.
    """
    found = _ADDRESS.fullmatch(text.strip())
    if found is None:
        raise AccountError(
            Sentence(
                "{address}: no address of an account; give one such as miniflux+https://host or greader+https://host",
                address=hide_credentials(text),
            )
        )
    try:
        target = parse_target(found[2])
    except FetchError as error:
        raise AccountError(error.fact, error.remedy) from error
    user, colon, _ = target.credentials.partition(":")
    if colon:
        raise AccountError(
            Sentence(
                "{address}: holds a password, which others on this device can see; leave it out and give it when asked",
                address=target.shown,
            )
        )
    if "?" in target.path:
        raise AccountError(Sentence("{address}: an address of an account has no query", address=target.shown))
    return found[1].lower(), target.url.rstrip("/"), user
