"""Commands about feeds that are subscribed to: sync, feeds, unsubscribe, opml."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from edge_runtime.addresses import hide_credentials, parse_target
from edge_runtime.cli import first_screen
from edge_runtime.cli.add import Sources, add_ca_file, add_fetch_options, take_in
from edge_runtime.cli.argument_types import count, name, words, words_or_none
from edge_runtime.cli.call import Call, Commands, kept
from edge_runtime.cli.documents import read_bytes, write_document
from edge_runtime.cli.printing import Screen, clean_text, local_time
from edge_runtime.cli.progress import progress_bar
from edge_runtime.cli.remedies import told_again
from edge_runtime.errors import FetchError, UnknownFeedError
from edge_runtime.feeds.wanted import WantedFeed
from edge_runtime.model.json_lines import Json
from edge_runtime.reader import Reader

if TYPE_CHECKING:
    from edge_runtime.feeds.outcome import FeedOutcome
    from edge_runtime.storage.feeds import Feed

NO_FEEDS = "no feeds yet: `edge-news add https://…` or `edge-news opml import FILE` subscribes to some"
NETWORK_DOWN = (
    "no server was reached: this device's network seems to be down; the feeds are as they were, and the next sync asks "
    "them again"
)
NUM_WARNINGS = 3  # of a feed


def add_commands(commands: Commands) -> None:
    sync = commands.add(
        "sync",
        _sync,
        "fetch the feeds that are due",
        "sync",
        "It fails if no feed that was asked gave an answer.",
    )
    sync.add_argument("--force", action="store_true", help="also feeds that are not due")
    sync.add_argument("--workers", type=count, default=4, metavar="N", help="feeds at once, each of another host (4)")
    sync.add_argument("--verbose", action="store_true", help="also what is odd about a feed, for whoever makes it")
    sync.add_argument("--allow-private", action="store_true", help="also from servers of your own network")
    add_ca_file(sync)
    feeds = commands.add("feeds", _feeds, "your feeds, and how they are", "feeds 2 --topic science")
    feeds.add_argument("feed", nargs="?", type=words, help="this one alone, by its number or address")
    feeds.add_argument("--title", type=words_or_none, help='call it so; "" is its own title')
    feeds.add_argument("--topic", type=words_or_none, help='one of `edge-news topics`; "" leaves it to its articles')
    feeds.add_argument("--folder", type=words_or_none, help='where it lies, as in "News/Europe"; "" is in none')
    gone = commands.add("unsubscribe", _unsubscribe, "fetch feeds no longer; their articles stay", "unsubscribe 2 5")
    gone.add_argument("feed", nargs="+", type=words, help="its number in `edge-news feeds`, or its address")
    _add_opml(commands)


def _add_opml(commands: Commands) -> None:
    opml = commands.add("opml", _opml, "import or export your feeds as other readers do", "opml export feeds.opml")
    actions = opml.add_subparsers(metavar="import|export", title="action")
    taken = commands.under(
        actions, "import", _opml_import, "subscribe to all feeds of a list", "opml import feeds.opml"
    )
    taken.add_argument("file", type=name, help="- is standard input")
    add_fetch_options(taken)
    given = commands.under(actions, "export", _opml_export, "write the list of your feeds", "opml export feeds.opml")
    given.add_argument("file", nargs="?", type=name, default="-", help="without it, standard output")


def _sync(call: Call) -> int:
    from edge_runtime.feeds.outcome import FeedStatus, SyncOptions

    options = call.options
    how = SyncOptions(
        options.workers, force=options.force, allow_private=options.allow_private, ca_file=options.ca_file
    )
    with call.open() as reader, progress_bar(len(reader.feeds.feeds())) as step:
        outcomes = reader.sync(call.now, how, lambda outcome: step(feed_name(outcome.feed)))
        if first_screen.is_usual(options) and any(one.added or one.updated for one in outcomes):
            kept(lambda: first_screen.make_ahead(reader, call))
        troubles = [account.last_error for account in reader.accounts.all() if account.last_error]
    statuses = Counter(outcome.status for outcome in outcomes)
    facts = {
        "added": sum(one.added for one in outcomes),
        "updated": sum(one.updated for one in outcomes),
        "failed": statuses[FeedStatus.FAILED],
        "feeds": [*map(_outcome_fields, outcomes)],
        "accounts": [*map(told_again, troubles)],
    }
    lines = [
        line
        for outcome in outcomes
        if outcome.status is not FeedStatus.OFFLINE  # told once, not for each feed
        for line in _outcome_lines(call.screen, outcome, is_verbose=options.verbose)
    ]
    if statuses[FeedStatus.OFFLINE]:
        lines += call.screen.paragraph(NETWORK_DOWN)
    for trouble in troubles:
        lines += call.screen.paragraph(f"account: {told_again(trouble)}")
    call.screen.show(facts, [*lines, sync_total(outcomes)])
    answered = statuses[FeedStatus.NEW] + statuses[FeedStatus.UNCHANGED]
    failed = statuses[FeedStatus.FAILED] + statuses[FeedStatus.OFFLINE] + len(troubles)
    return int(failed > 0 and not answered)


def sync_total(outcomes: Sequence[FeedOutcome]) -> str:
    """What a sync brought, and of how many feeds, in a line."""
    if not outcomes:
        return NO_FEEDS
    statuses = Counter(outcome.status for outcome in outcomes)
    order = type(outcomes[0].status)
    counts = ", ".join(f"{statuses[status]} {status.value}" for status in order if statuses[status])
    added, updated = sum(one.added for one in outcomes), sum(one.updated for one in outcomes)
    return f"{added} articles added, {updated} updated; feeds: {counts}"


def _outcome_lines(screen: Screen, outcome: FeedOutcome, *, is_verbose: bool) -> list[str]:
    """Nothing for a feed of which there is nothing to say."""
    lines = []
    if outcome.added or outcome.updated:
        lines += screen.paragraph(f"{feed_name(outcome.feed)}: {outcome.added} added, {outcome.updated} updated")
    if outcome.error:
        lines += screen.paragraph(f"{outcome.status.value}: {told_again(outcome.error)}")
    if outcome.moved_from:
        lines += screen.paragraph(f"{feed_name(outcome.feed)}: has moved to {outcome.feed.shown_url}")
    # Of no use to who reads it: "text was encoded twice" is for the one who makes it.
    for warning in outcome.warnings[:NUM_WARNINGS] if is_verbose else ():
        lines += map(screen.dim, screen.paragraph(f"{feed_name(outcome.feed)}: {warning}", 2))
    return lines


def _outcome_fields(outcome: FeedOutcome) -> Json:
    return {
        "url": outcome.feed.shown_url,
        "title": outcome.feed.title,
        "status": outcome.status.value,
        "added": outcome.added,
        "updated": outcome.updated,
        "warnings": list(outcome.warnings),
        "error": told_again(outcome.error),
        "moved_from": parse_target(outcome.moved_from).shown if outcome.moved_from else "",
    }


def _feeds(call: Call) -> None:
    options = call.options
    if options.feed is None and {options.title, options.topic, options.folder} != {None}:
        call.refuse("say which feed, by its number or address")
    with call.open() as reader:
        url = None
        if options.feed is not None:
            url = _feed_named(reader, options.feed).url
            topic = reader.topic_named(options.topic) if options.topic else options.topic
            if options.title is not None:
                reader.feeds.rename(url, options.title)
            if topic is not None:
                reader.feeds.set_topic(url, topic)
            if options.folder is not None:
                reader.feeds.set_folder(url, options.folder)
        feeds = [(number, feed) for number, feed in enumerate(reader.feeds.feeds(), start=1) if url in (None, feed.url)]
        unread = reader.unread_counts()
    listed = [{**_feed_fields(number, feed), "unread": unread.by_feed.get(feed.url, 0)} for number, feed in feeds]
    facts = {"feeds": listed, "unread": unread.total}
    lines = []
    for number, feed in feeds:
        first, *rest = call.screen.paragraph(feed_name(feed), 5)
        lines += [call.screen.bold(f"{number:3}. {first.lstrip()}"), *map(call.screen.bold, rest)]
        state = " · ".join(word for word in (_unread(unread.by_feed.get(feed.url, 0)), _state_of(feed)) if word)
        lines += map(call.screen.dim, call.screen.paragraph(state, 5))
    if feeds and url is None:
        lines.append(f"unread in all: {unread.total:,}")
    call.screen.show_long(facts, lines or call.screen.paragraph(NO_FEEDS))


def _unread(count: int) -> str:
    return f"{count:,} unread" if count else ""


def _state_of(feed: Feed) -> str:
    fetched = f"fetched {local_time(feed.last_ok)}" if feed.last_ok else "never fetched"
    title = feed.shown_url if feed.title else ""
    folder = feed.folder if feed.folder != feed.topic else ""
    return " · ".join(word for word in (title, folder, feed.topic, fetched, told_again(feed.last_error)) if word)


def _feed_fields(number: int, feed: Feed) -> Json:
    return {
        "number": number,
        "url": feed.shown_url,
        "title": feed.title,
        "topic": feed.topic,
        "folder": feed.folder,
        "added": feed.added.isoformat(),
        "last_ok": feed.last_ok.isoformat() if feed.last_ok else None,
        "next_at": feed.next_at.isoformat() if feed.next_at else None,
        "last_error": told_again(feed.last_error),
        "failures": feed.failures,
        "is_gone": feed.is_gone,
    }


def _unsubscribe(call: Call) -> None:
    with call.open() as reader:
        # All are found before one is given up: the numbers of the others change then.
        feeds = list(dict.fromkeys(_feed_named(reader, one) for one in call.options.feed))
        for feed in feeds:
            reader.feeds.unsubscribe(feed.url)
    facts = {
        "unsubscribed": feeds[0].shown_url,
        "title": feeds[0].title,
        "feeds": [{"url": feed.shown_url, "title": feed.title} for feed in feeds],
    }
    said = [f"no longer subscribed to {feed_name(feed)}; its articles stay" for feed in feeds]
    call.screen.show(facts, [line for one in said for line in call.screen.paragraph(one)])


def _feed_named(reader: Reader, name: str) -> Feed:
    """A feed by its number in the list, its address, or its address as it is shown, if one alone is shown so.

    Raises:
        UnknownFeedError: There is none.
    """
    feeds = reader.feeds.feeds()
    if name.isascii() and name.isdigit() and len(name) < 7:
        if 1 <= int(name) <= len(feeds):
            return feeds[int(name) - 1]
        raise UnknownFeedError(f"no feed {int(name)}; `edge-news feeds` lists {len(feeds)}")
    try:
        address = parse_target(name).address
    except FetchError as error:
        raise UnknownFeedError(f"{hide_credentials(name)}: no number of a feed and no address") from error
    same = [feed for feed in feeds if feed.url == address] or [feed for feed in feeds if feed.shown_url == name]
    if len(same) != 1:
        raise UnknownFeedError(f"{hide_credentials(name)}: name the feed by its number in `edge-news feeds`")
    return same[0]


def _opml(call: Call) -> None:
    call.refuse("say what to do: import or export")


def _opml_import(call: Call) -> int:
    from edge_runtime.feeds.opml import read_opml

    listed, warnings = read_opml(read_bytes(call.options.file))
    wanted = [WantedFeed((one.url,), one.title, one.topic, one.folder, is_listed=True) for one in listed]
    with call.open() as reader:
        return take_in(call, reader, Sources(wanted=wanted, warnings=warnings))


def _opml_export(call: Call) -> None:
    from edge_runtime.feeds.opml import Subscription, write_opml

    with call.open() as reader:
        feeds = reader.feeds.feeds()
    feeds.sort(key=lambda feed: feed.folder.split("/"))  # so that each folder is written once
    subscriptions = [Subscription(feed.url, feed.title, feed.topic, feed.folder) for feed in feeds]
    data = write_opml(subscriptions, "Feeds of edge-news")
    if call.screen.is_json and call.options.file == "-":
        call.screen.show({"opml": data.decode()}, [])
    else:
        write_document(call, call.options.file, data, f"{len(feeds)} feeds")


def feed_name(feed: Feed) -> str:
    return clean_text(feed.title) or feed.shown_url
