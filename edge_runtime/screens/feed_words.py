"""What became of a feed, in words for its reader: no address, as that stands beside it, and nothing to type."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from edge_runtime import Feed, FeedOutcome, FeedStatus, Wording, msgid

# From the English fact of the runtime, which is also how it is kept, to what a reader can do about it.
_TROUBLES = (
    (
        r"HTTP 404|HTTP 410|ended by its publisher",
        msgid("The feed is not there any more. Look on the site for a new one."),
    ),
    (r"HTTP 40[13]|HTTP 451", msgid("The site lets nobody at this feed.")),
    (r"HTTP 5\d\d", msgid("The site is in trouble. It is asked again later.")),
    (r"asks for patience", msgid("The site asks for patience. It is asked again later.")),
    (
        r"certificate",
        msgid("The site cannot prove who it is, so nothing was fetched. Is the clock of this device right?"),
    ),
    (r"no encrypted connection", msgid("The site offers no safe connection, so nothing was fetched.")),
    (
        r"network down|no way there|could not be looked up",
        msgid("There is no network. It is fetched when there is one."),
    ),
    (r"has no address|not known", msgid("There is no site of this name. Look for a typing mistake.")),
    (r"does not answer", msgid("The site does not answer. It is asked again later.")),
    (
        r"refuses the connection|connection (?:failed|ended)",
        msgid("The site could not be reached. It is asked again later."),
    ),
    (r"not a public address", msgid("It is in your own network, and feeds are fetched from the internet alone.")),
    (r"names no feed|page; the feed|a web page", msgid("This page has no feed. Look on the page for a link to RSS.")),
    (
        r"neither a feed|neither RSS|no feed|JSON|not OPML|empty;|beyond the limits|well-formed|entit",
        msgid("What is at this address is no feed. Look at it in a browser."),
    ),
    (
        r"not an address|no sound host|only http|an address of more",
        msgid("This is no web address. Look for a typing mistake."),
    ),
    (r"redirect", msgid("The address leads nowhere. See in a browser where it ends, and add that one.")),
)


def trouble_in_words(error: str, tr: Wording) -> str:
    """What went wrong with a feed, and what can be done."""
    for pattern, words in _TROUBLES:
        if re.search(pattern, error):
            return tr(words)
    return tr("It could not be fetched. It is asked again later.")


def state_in_words(feed: Feed, now: datetime, tr: Wording) -> str:
    """How a feed stands: when it was fetched, or why it was not and when it is asked again."""
    if feed.is_gone:
        return tr("Its publisher has ended it. Its stories stay.")
    if feed.last_error:
        return tr.sentences(trouble_in_words(feed.last_error, tr), next_in_words(feed.next_at, now, tr))
    if feed.last_ok is None:
        return tr("Not fetched yet")
    return tr("Fetched {age}", age=tr.age(feed.last_ok, now))


def outcome_in_words(outcome: FeedOutcome, tr: Wording) -> str:
    """What a sync has just made of a feed."""
    match outcome.status:
        case FeedStatus.NEW:
            return tr.count("{number} new story", "{number} new stories", outcome.added)
        case FeedStatus.UNCHANGED | FeedStatus.TOO_EARLY:
            return tr("Nothing new")
        case FeedStatus.STOPPED:
            return tr("Not fetched: stopped")
    return trouble_in_words(outcome.error, tr)


def next_in_words(at: datetime | None, now: datetime, tr: Wording) -> str:
    """When a feed is asked again."""
    if at is None:
        return ""
    minutes = max(1, -(-(at - now) // timedelta(minutes=1)))
    if minutes < 60:
        return tr.count("Next try in {number} minute.", "Next try in {number} minutes.", minutes)
    return tr.count("Next try in {number} hour.", "Next try in {number} hours.", round(minutes / 60))
