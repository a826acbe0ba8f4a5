"""Fetching a picture that a feed names for an article, as safely as a feed."""

from __future__ import annotations

from datetime import datetime

from edge_runtime.errors import FetchError
from edge_runtime.feeds.answers import FetchStatus
from edge_runtime.feeds.fetch import FetchOptions, fetch
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.sentences import Sentence

MAX_PICTURE_BYTES = 200_000
_ACCEPT = "image/webp, image/jpeg, image/png, image/gif"


def fetch_picture(
    url: str, now: datetime, options: SyncOptions | None = None, max_bytes: int = MAX_PICTURE_BYTES
) -> bytes:
    """The bytes that stand at `Article.image`: whatever they are, decode them with care.

    A request says nothing of the reader, as that for a feed. What is asked for can still tell what is read: ask for the
    pictures of all articles of a feed, or for none.

    Args:
        url: http or https; each hop of a redirect is checked, and only a public host is asked.
        now: UTC-aware.
        options: Time limit, certificates, and whether this device's own network may be asked.
        max_bytes: A longer answer is refused.

    Raises:
        FetchError: An address that is not allowed, no whole answer within the limits, or none with a picture.
    """
    chosen = options or SyncOptions()
    limits = FetchOptions(chosen.allow_private, chosen.time_limit_s, max_bytes, ca_file=chosen.ca_file, accept=_ACCEPT)
    fetched = fetch(url, "", "", limits, now)
    if fetched.status is not FetchStatus.FRESH or fetched.warnings:
        why = fetched.warnings[0] if fetched.warnings else Sentence("{address}: no picture comes", address=url)
        raise FetchError(why)
    return fetched.data
