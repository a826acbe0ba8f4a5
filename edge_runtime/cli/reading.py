"""Commands that list articles: feed, latest, search, saved, hidden, digest."""

from __future__ import annotations

from edge_runtime.cli import first_screen
from edge_runtime.cli.argument_types import count, words
from edge_runtime.cli.article_lists import NUM_LISTED, article_fields, scored_fields, show_list
from edge_runtime.cli.call import Call, Commands, kept
from edge_runtime.cli.filters import NOTHING_FITS, add_filters, filter_of, names_known
from edge_runtime.cli.printing import tell
from edge_runtime.cli.remedies import told_of_article
from edge_runtime.notify.texts import digest_title
from edge_runtime.pages.rows import article_rows, feed_rows, nothing_found
from edge_runtime.pages.worth import worth_news
from edge_runtime.types import Origin

NUM_DIGEST = 5
NO_ARTICLES = "no articles yet: `edge-news add` takes in some, `edge-news add --demo` a few to look at"
PEEK = "leave no trace: these do not count as seen, and keep no numbers"


def add_commands(commands: Commands) -> None:
    commands.group("read")
    feed = commands.add(
        "feed",
        _feed,
        "your articles, best first, each with a reason",
        "feed --limit 5",
        "What it lists counts as seen: what you pass over teaches it too. `latest` shows everything, and `hidden` what "
        "it leaves out.",
    )
    latest = commands.add("latest", _latest, "every article, newest first, unranked", "latest --limit 30")
    search = commands.add(
        "search",
        _search,
        "articles with all of these words, newest first",
        "search solar power -cricket",
        "It looks in title, abstract and source, within longer words too. -WORD must not be there; a phrase stands in "
        "quotes that the shell leaves alone, as in '\"solar power\"'.",
    )
    search.takes_minus = True
    search.add_argument("word", nargs="+", type=words)
    search.add_argument("--ranked", action="store_true", help="the best first, as the feed has it")
    search.add_argument("--teach", action="store_true", help="let it count as a weak interest")
    saved = commands.add("saved", _saved, "what you saved, latest first", "saved")
    digest = commands.add(
        "digest",
        _digest,
        "what is worth reading of the last day and a half",
        "digest --limit 8",
        "For the morning: run it from a timer, or at login. It names what you have neither seen nor read, and fewer "
        "where less is worth it.",
    )
    for parser in (feed, latest, search):
        parser.add_argument(
            "--limit", type=count, metavar="N", help=f"how many ({NUM_LISTED}, or as your settings say)"
        )
        parser.set_defaults(usual_limit=NUM_LISTED)
        add_filters(parser)
    digest.add_argument("--limit", type=count, default=NUM_DIGEST, metavar="N", help=f"how many at most ({NUM_DIGEST})")
    for parser in (feed, latest, saved, digest):
        parser.add_argument("--peek", action="store_true", help=PEEK)


def add_hidden_command(commands: Commands) -> None:
    commands.add("hidden", _hidden, "what the feed leaves out, and what to undo", "hidden")


def _feed(call: Call) -> None:
    where = filter_of(call)
    with call.open() as reader, names_known(call):
        feed = reader.feed(call.now, call.options.limit, where)
        empty = NO_ARTICLES
        if reader.count():
            empty = NOTHING_FITS if where else "nothing to show: `edge-news hidden` says what is left out"
        rows = feed_rows(reader, feed, call.now)
        if not where and first_screen.is_usual(call.options):
            kept(lambda: first_screen.keep(reader, call, call.options.limit, feed, rows))
        if feed and not where and (news := worth_news(reader.worth(call.now))):
            tell(news, call.screen.width)
        origin = Origin.ELSEWHERE if where else Origin.FEED
        if show_list(call, reader, rows, [*map(scored_fields, feed)], empty, origin=origin):
            kept(lambda: reader.mark_shown(feed, call.now))


def _latest(call: Call) -> None:
    where = filter_of(call)
    with call.open() as reader, names_known(call):
        articles = reader.latest(call.options.limit, where)
        empty = NOTHING_FITS if where and reader.count() else NO_ARTICLES
        rows = article_rows(reader, articles, call.now)
        show_list(call, reader, rows, [*map(article_fields, articles)], empty)


def _search(call: Call) -> None:
    options, where = call.options, filter_of(call)
    query = " ".join(options.word)
    with call.open() as reader, names_known(call):
        found = reader.find(query, call.now, options.limit, where, newest_first=not options.ranked, teach=options.teach)
        shown, total = len(found.articles), f"{found.total:,}"
        rows = feed_rows(reader, found.articles, call.now)
        show_list(
            call,
            reader,
            rows,
            [*map(scored_fields, found.articles)],
            nothing_found(query),
            f"{total} found" if shown == found.total else f"{shown} of {total} found",
            {"query": query, "total": found.total},
            Origin.SEARCH,
        )


def _saved(call: Call) -> None:
    with call.open() as reader:
        articles = reader.saved()
        rows = article_rows(reader, articles, call.now)
        empty = "nothing saved: `edge-news save 3` saves an article"
        show_list(call, reader, rows, [*map(article_fields, articles)], empty)


def _hidden(call: Call) -> None:
    with call.open() as reader:
        hidden = reader.hidden(call.now)
        reasons = [told_of_article(one.reason, one.remedy, one.article.article_id) for one in hidden]
        articles = [one.article for one in hidden]
        told = zip(articles, reasons, strict=True)
        fields = [{**article_fields(article), "reason": reason} for article, reason in told]
        show_list(call, reader, article_rows(reader, articles, call.now, reasons), fields, "nothing is hidden")


def _digest(call: Call) -> None:
    with call.open() as reader:
        digest = reader.digest(call.now, call.options.limit)
        best = digest.articles
        title = digest_title(len(best), digest.new, digest.since, call.now)
        rows = feed_rows(reader, best, call.now)
        facts = {"new": digest.new, "since": digest.since.isoformat(), "title": title}
        if show_list(call, reader, rows, [*map(scored_fields, best)], title, title, facts):
            kept(lambda: reader.mark_shown(best, call.now))
