"""What a server's answer means for a feed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from enum import StrEnum

from edge_runtime.addresses import Target
from edge_runtime.errors import FetchError
from edge_runtime.feeds.inflate import inflate
from edge_runtime.sentences import Sentence

BODY_STATUSES = (200, 203)
REDIRECT_STATUSES = (301, 302, 303, 307, 308)
PERMANENT_STATUSES = (301, 308)

_HINTS = {
    304: Sentence("it says that nothing has changed, though it was asked for everything; tell its publisher"),
    401: Sentence("it wants a user and a password: put them into the address as https://user:password@host/"),
    403: Sentence("its publisher does not let this program read it; ask there, or unsubscribe"),
    404: Sentence("there is no feed at this address (any more); look on the publisher's site for the new one"),
}
_NO_FEED = Sentence("that is no feed; open the address in a browser to see what is there")


class FetchStatus(StrEnum):
    """How a server answered, where that is no error."""

    FRESH = "fresh"
    UNCHANGED = "unchanged"  # 304
    GONE = "gone"  # 410: never ask again
    LATER = "later"  # 429 or 503: ask again, but not yet


@dataclass(frozen=True, slots=True)
class Fetched:
    """A server's answer to one request, its body inflated."""

    status: FetchStatus
    data: bytes = b""  # inflated
    content_type: str = ""
    etag: str = ""  # to be sent at the next fetch; "" if the body was not whole
    last_modified: str = ""
    moved_to: str = ""  # the feed's new address for good, with its credentials; "" if it has not moved
    retry_after_s: float | None = None  # of LATER alone; None if the server did not say
    warnings: tuple[str, ...] = ()
    url: str = ""  # whence a fresh answer came after all redirects, with its credentials


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers and body as they came over the wire."""

    status: int
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    is_cut: bool = False  # by us, at the most bytes that are read
    set_cookies: tuple[str, ...] = ()  # these headers may come several times


def location(target: Target, answer: Answer) -> str:
    """Where a redirect leads, as it says it.

    Raises:
        FetchError: It does not say.
    """
    text = answer.headers.get("location", "")
    if not text:
        raise FetchError(
            Sentence(
                "{address}: redirects (HTTP {status}) without saying where; tell its publisher",
                address=target.shown,
                status=answer.status,
            )
        )
    with suppress(UnicodeError):  # headers are read as Latin-1; servers that send more than ASCII mean UTF-8
        return text.encode("latin-1").decode("utf-8")
    return text


def read_answer(
    target: Target, answer: Answer, moved_to: str, max_bytes: int, now: datetime, *, is_conditional: bool
) -> Fetched:
    """What an answer that is no redirect says.

    Args:
        is_conditional: Whether "not modified" was a possible answer.
        max_bytes: Most bytes of the inflated body.
        now: Judges a Retry-After date if the server does not tell its own time.

    Raises:
        FetchError: It says that there is no feed, or its body cannot be inflated.
    """
    etag, last_modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    match answer.status:
        case 200 | 203:
            inflated = inflate(answer.body, answer.headers.get("content-encoding", ""), max_bytes, target.shown)
            warnings = [inflated.warning] if inflated.warning else []
            if answer.is_cut:
                warnings.insert(0, f"more than {len(answer.body):,} bytes: the rest was not fetched")
            promised = answer.headers.get("content-length", "")
            is_short = promised.isdecimal() and len(answer.body) < int(promised[:18])
            if is_short and not answer.is_cut:
                warnings.append(f"cut short: {len(answer.body):,} of {int(promised[:18]):,} bytes came")
            is_whole = inflated.is_whole and not is_short and not answer.is_cut
            return Fetched(
                FetchStatus.FRESH,
                inflated.data,
                answer.headers.get("content-type", "")[:200],
                etag if is_whole else "",
                last_modified if is_whole else "",
                moved_to,
                warnings=tuple(f"{target.shown}: {warning}" for warning in warnings),
                url=target.address,
            )
        case 304 if is_conditional:
            return Fetched(FetchStatus.UNCHANGED, etag=etag, last_modified=last_modified, moved_to=moved_to)
        case 410:
            return Fetched(FetchStatus.GONE)
        case 429 | 503:
            return Fetched(FetchStatus.LATER, retry_after_s=retry_after(answer.headers, now))
    if answer.status >= 500:
        hint = Sentence("the server is in trouble; it is asked again later")
    else:
        hint = _HINTS.get(answer.status, _NO_FEED)
    raise FetchError(
        Sentence("{address}: HTTP {status}: {hint}", address=target.shown, status=answer.status, hint=hint)
    )


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Seconds from now, or None. A date is compared with the server's own clock: ours may have no idea of the time."""
    text = headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,12}", text):
        return float(text)
    until = http_date(text)
    if until is None:
        return None
    return max(0.0, (until - (http_date(headers.get("date", "")) or now)).total_seconds())


def http_date(text: str) -> datetime | None:
    """A date of a header; None if it is none."""
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    return date if date.tzinfo else date.replace(tzinfo=UTC)
