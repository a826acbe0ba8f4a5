"""Subscribing in a terminal: a bar while feeds are asked, questions where a reader decides, and what came of it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace

from edge_runtime.addresses import parse_target
from edge_runtime.cli.call import Call
from edge_runtime.cli.printing import Screen, clean_text, warn
from edge_runtime.cli.progress import progress_bar
from edge_runtime.cli.remedies import told_again
from edge_runtime.feeds.outcome import SyncOptions
from edge_runtime.feeds.wanted import NamedFeed, SubscribeOutcome, SubscribeStatus, WantedFeed
from edge_runtime.model.json_lines import Json
from edge_runtime.reader import Reader

NUM_LINES = 20  # of feeds one by one
NUM_NAMED = 5  # other feeds of a page


def subscribed(
    call: Call, reader: Reader, wanted: Sequence[WantedFeed], how: SyncOptions | None
) -> list[SubscribeOutcome]:
    """Subscribe, and ask on a terminal which feed of a page is meant and whether a dead one is to be kept.

    Args:
        call: Whose screen and time are used.
        reader: Who subscribes.
        wanted: The feeds.
        how: How to fetch; None if the next sync is to do that.
    """
    if not wanted:
        return []
    if how is None:
        return _unasked(call, reader, [*dict.fromkeys(wanted)])
    can_ask = sys.stdin.isatty() and sys.stderr.isatty() and not call.screen.is_json
    with progress_bar(len(wanted)) as step:
        outcomes = reader.subscribe(
            wanted,
            call.now,
            how,
            lambda outcome: step(clean_text(outcome.feed.title) or outcome.feed.shown_url),
            takes_first=not can_ask,
        )
    return [_decided(call, reader, outcome, how) for outcome in outcomes] if can_ask else outcomes


def outcome_lines(screen: Screen, outcomes: Sequence[SubscribeOutcome]) -> list[str]:
    """A line for each feed; of a long list only what did not go as wished. Private feeds are warned of."""
    lines: list[str] = []
    troubles = [one for one in outcomes if one.status is SubscribeStatus.KEPT and one.error and not one.is_private]
    for one in outcomes if len(outcomes) <= NUM_LINES else ():
        if one.status in (SubscribeStatus.SUBSCRIBED, SubscribeStatus.KNOWN):
            lines += screen.paragraph(_said(one))
            lines += _other_lines(screen, one)
    for one in outcomes:
        if one.is_private:
            warn(
                f"{one.wanted.shown_url}: subscribed, but not fetched: it is at an address of your own network; "
                "`edge-news sync --allow-private` fetches it"
            )
    if any(one.is_offline for one in troubles):
        lines += screen.paragraph(
            "no server was reached: this device's network seems to be down; subscribed all the same, and fetched at "
            "the next sync"
        )
    for one in [one for one in troubles if not one.is_offline][:NUM_LINES]:
        lines += screen.paragraph(f"subscribed, but not fetched: {told_again(one.error)}")
    if len(troubles) > NUM_LINES:
        lines += screen.paragraph("and more: `edge-news feeds` says of each how it is")
    for one in outcomes:
        if one.feed is None:
            lines += screen.paragraph(f"not subscribed: {told_again(one.error)}")
    if any(one.is_unreached for one in outcomes):
        lines += screen.paragraph("(`edge-news add --no-fetch` subscribes without asking)")
    return lines


def total_line(outcomes: Sequence[SubscribeOutcome], *, is_fetched: bool) -> list[str]:
    """The counts; of one feed that was fetched its own line says it all."""
    if len(outcomes) == 1 and is_fetched and not outcomes[0].is_private:
        return []
    new = sum(one.status in (SubscribeStatus.SUBSCRIBED, SubscribeStatus.KEPT) for one in outcomes)
    known = sum(one.status is SubscribeStatus.KNOWN for one in outcomes)
    failed = len(outcomes) - new - known
    said = f"feeds: {new} new, {known} known before" + (f", {failed} not subscribed" if failed else "")
    if is_fetched:
        added = sum(one.added for one in outcomes)
        return [f"{said}; {added} articles added" if new else said]
    return [f"{said}{'; `edge-news sync` fetches them' if new else ''}"]


def outcome_fields(outcome: SubscribeOutcome) -> Json:
    """What became of one feed, as it is printed in JSON."""
    feed = outcome.feed
    return {
        "asked": outcome.wanted.shown_url,
        "url": feed.shown_url if feed else "",
        "title": feed.title if feed else outcome.wanted.title,
        "status": outcome.status.value,
        "articles": outcome.articles,
        "added": outcome.added,
        "updated": outcome.updated,
        "named": [{"url": _whole(one), "title": one.title} for one in outcome.named],
        "warnings": list(outcome.warnings),
        "error": told_again(outcome.error),
    }


def _unasked(call: Call, reader: Reader, wanted: Sequence[WantedFeed]) -> list[SubscribeOutcome]:
    rows = [(one.addresses[0], one.title, one.topic, one.folder) for one in wanted]
    are_new = reader.feeds.subscribe_all(rows, call.now)
    feeds = {feed.url: feed for feed in reader.feeds.feeds()}
    return [
        SubscribeOutcome(one, SubscribeStatus.KEPT if is_new else SubscribeStatus.KNOWN, feeds[one.addresses[0]])
        for one, is_new in zip(wanted, are_new, strict=True)
    ]


def _decided(call: Call, reader: Reader, outcome: SubscribeOutcome, how: SyncOptions) -> SubscribeOutcome:
    """The outcome after the reader was asked, if there was something to ask."""
    if outcome.status is SubscribeStatus.CHOICE:
        chosen = _chosen(outcome)
        if chosen is None:
            return outcome
        wish = replace(outcome.wanted, addresses=(chosen.url,))
        return reader.subscribe([wish], call.now, how)[0]
    if outcome.status is SubscribeStatus.REFUSED:
        print(
            f"{clean_text(told_again(outcome.error))}\nKeep it all the same? [y/N] ",
            end="",
            file=sys.stderr,
            flush=True,
        )
        if sys.stdin.readline().strip().lower() in ("y", "yes"):
            return replace(_unasked(call, reader, [outcome.wanted])[0], error=outcome.error)
    return outcome


def _chosen(outcome: SubscribeOutcome) -> NamedFeed | None:
    """The feed of a page that the reader means; the first without an answer, none for what is no number of one."""
    print(f"{outcome.wanted.shown_url} has {len(outcome.named)} feeds:", file=sys.stderr)
    for number, feed in enumerate(outcome.named, start=1):
        print(f"{number:3}. {clean_text(feed.title) or _whole(feed)}", file=sys.stderr)
    print("Which one? [1] ", end="", file=sys.stderr, flush=True)
    answer = sys.stdin.readline().strip() or "1"
    if answer.isascii() and answer.isdigit() and 1 <= int(answer[:4]) <= len(outcome.named):
        return outcome.named[int(answer[:4]) - 1]
    return None


def _said(one: SubscribeOutcome) -> str:
    if one.feed is None:
        return ""
    title = clean_text(one.feed.title) or one.feed.shown_url
    if one.status is SubscribeStatus.KNOWN:
        return f"{title}: known before"
    held = {0: "no articles yet", 1: "1 article"}.get(one.articles, f"{one.articles} articles")
    about = f" about {clean_text(one.feed.topic)}" if one.feed.topic else ""
    is_elsewhere = one.feed.url not in one.wanted.addresses
    return f"{title}: {held}{about}" + (f", from {one.feed.shown_url}" if is_elsewhere else "")


def _other_lines(screen: Screen, one: SubscribeOutcome) -> list[str]:
    """The other feeds of a page, so that one of them can be added too."""
    if not one.named:
        return []
    lines = screen.paragraph("the page has other feeds too:", 2)
    for feed in one.named[:NUM_NAMED]:
        lines.append(f"    {_whole(feed)}" + (f"  {clean_text(feed.title)}" if feed.title else ""))
    more = len(one.named) - NUM_NAMED
    return [*map(screen.dim, lines), *([screen.dim(f"    and {more} more; --json lists all")] if more > 0 else [])]


def _whole(feed: NamedFeed) -> str:
    """The address with its query: a page that anyone can read names it, and it is to be typed."""
    return parse_target(feed.url).url
