"""What types the public API promises; mypy reads this file, nobody runs it.

Each line is a promise to programs that use the package: an `Any` or a wider type fails `make lint`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, time, tzinfo
from pathlib import Path
from typing import Any, assert_type

import edge_runtime as api


def a_reader(folder: Path, now: datetime, zone: tzinfo) -> None:
    assert_type(api.__version__, str)
    assert_type(api.data_home(), Path)
    assert_type(api.Reader.open(folder), api.Reader)
    with api.Reader.open(folder, bundle=folder, engine="ai-edge-litert") as reader:
        assert_type(reader, api.Reader)
        assert_type(reader.notices, tuple[api.Notice, ...])
        assert_type(reader.add(api.demo_articles(now), now), api.AddReport)
        assert_type(reader.remove(["a"]), int)
        assert_type(reader.sync(now, api.SyncOptions(force=True)), list[api.FeedOutcome])
        assert_type(reader.begin_sync(now), api.SyncRun)
        assert_type(reader.accounts, api.Accounts)
        assert_type(reader.accounts.all(), list[api.Account])
        assert_type(reader.accounts.add("greader+https://example.org", "secret", now, "me"), api.Account)
        assert_type(reader.accounts.remove("1"), api.Account)
        assert_type(reader.begin_sync(now).finish(), list[api.FeedOutcome])
        assert_type(reader.subscribe([api.wanted_feed("example.org")], now), list[api.SubscribeOutcome])
        assert_type(reader.topic_named("tech"), str)
        assert_type(reader.feed(now, limit=10), list[api.ScoredArticle])
        assert_type(reader.feed(now, where=api.ListFilter(sources=("A",), since=now)), list[api.ScoredArticle])
        assert_type(reader.feed(now, order=api.OrderChoice.NEWEST), list[api.ScoredArticle])
        assert_type(reader.order, api.OrderChoice)
        assert_type(reader.worth(now), api.OrderWorth)
        assert_type(reader.state(), tuple[tuple[int, ...], tuple[int, ...]])
        assert_type(reader.latest(), list[api.Article])
        assert_type(reader.latest(10, api.ListFilter(is_unread=True)), list[api.Article])
        assert_type(reader.is_read("a"), bool)
        assert_type(reader.marks(["a"]), list[api.ArticleMarks])
        assert_type(reader.unread_counts(), api.UnreadCounts)
        assert_type(reader.numbered(), api.NumberedArticles)
        assert_type(reader.articles(["a"]), dict[str, api.Article])
        assert_type(reader.editions(), list[api.Edition])
        assert_type(reader.hidden(now), list[api.HiddenArticle])
        assert_type(reader.saved(), list[api.Article])
        assert_type(reader.count(api.ListFilter(is_unread=True)), int)
        assert_type(reader.search("rain", now), list[api.ScoredArticle])
        assert_type(reader.find("rain", now, where=api.ListFilter(), newest_first=False, teach=True), api.Found)
        assert_type(reader.explain("a", now), api.Explanation)
        assert_type(reader.article("a"), api.Article)
        assert_type(reader.profile(), api.Profile)
        assert_type(reader.rule_counts(), list[tuple[api.Rule, int]])
        assert_type(reader.names_near(api.RuleKind.SOURCE, "Times"), tuple[str, ...])
        assert_type(reader.reads_text("electric ferries"), bool)
        assert_type(reader.rule_value(api.RuleKind.TOPIC, "tech"), str)
        assert_type(reader.set_rule(api.RuleKind.WORD, "rain", api.RuleEffect.MUTE, now), api.Rule)
        assert_type(reader.drop_rule(api.RuleKind.WORD, "rain"), api.Rule)
        assert_type(reader.undo(), api.Event | api.Search | api.Rule | tuple[str, ...])
        assert_type(reader.forget_event(1), api.Event)
        assert_type(reader.forget_search(1), api.Search)
        assert_type(reader.private, bool)
        assert_type(reader.variety, float)
        assert_type(reader.languages, tuple[str, ...])
        assert_type(reader.digest(now), api.NewsDigest)
        assert_type(reader.since(now), api.NewsSince)
        assert_type(reader.since(now).stories, tuple[api.ReportedStory, ...])
        assert_type(reader.push_settings, api.PushSettings)
        assert_type(reader.known_topics(), tuple[str, ...])
        assert_type(reader.topics_of(reader.latest()), list[str])
        assert_type(api.worth_line(reader.worth(now)), str)
        assert_type(reader.listed(1), str)
        assert_type(reader.export_profile(), dict[str, Any])
        assert_type(reader.info(), dict[str, object])
        assert_type(reader.requests_made(), list[api.HostRequests])
        assert_type(reader.decide_pushes(now, zone), api.PushDecision)
        assert_type(api.zone_named("UTC"), tzinfo)


def words(reader: api.Reader, now: datetime) -> None:
    assert_type(reader.words(now), tuple[api.PickedWord, ...])
    assert_type(reader.words(now)[0].weight, float)
    assert_type(reader.drop_word("rain"), str)
    assert_type(reader.keep_word("rain"), str)
    assert_type(reader.dropped_words(), tuple[str, ...])


def what_returns_nothing(reader: api.Reader, decision: api.PushDecision, now: datetime) -> None:
    done: list[Callable[[], None]] = [
        lambda: reader.record("a", api.Signal.DWELL, now, dwell_s=12.5),
        lambda: reader.record("a", api.Signal.OPEN, now, origin=api.Origin.FEED),
        lambda: reader.set_order(api.OrderChoice.AUTO, now),
        lambda: reader.mark_shown(reader.feed(now), now),
        lambda: reader.mark_read(["a"], now, is_read=False),
        lambda: reader.unsave("a"),
        lambda: reader.unhide("a"),
        lambda: reader.unjudge("a"),
        lambda: reader.forget_article("a"),
        lambda: reader.bring_back("a"),
        lambda: reader.mark_sent(decision, now),
        lambda: reader.pick_topics(["food"]),
        lambda: reader.remember_list(["a"]),
        lambda: reader.import_profile(b""),
        lambda: reader.erase(),
        lambda: reader.erase_everything(),
        lambda: reader.close(),
    ]
    assert_type(done, list[Callable[[], None]])


def articles(
    article: api.Article, scored: api.ScoredArticle, found: api.Explanation, hidden: api.HiddenArticle
) -> None:
    assert_type(article.article_id, str)
    assert_type(article.published, datetime | None)
    assert_type(article.popularity, api.Popularity | None)
    assert_type(scored.article, api.Article)
    assert_type(scored.score, float)
    assert_type(scored.parts, Mapping[str, float])
    assert_type(scored.reason, str)
    assert_type(scored.is_read, bool)
    assert_type(scored.same_story, tuple[api.Article, ...])
    assert_type(scored.is_story_read, bool)
    assert_type(found.scored, api.ScoredArticle)
    assert_type(found.similar_reads, tuple[api.SimilarRead, ...])
    assert_type(found.words, tuple[api.WordEffect, ...])
    assert_type(found.hidden, str)
    assert_type(found.hidden_remedy, api.Remedy | None)
    assert_type(found.meanings, Mapping[str, str])
    assert_type(found.other_topics, Mapping[str, float])
    assert_type(hidden.reason, str)
    assert_type(hidden.remedy, api.Remedy | None)
    assert_type(api.score_part("interest"), api.Part)
    assert_type(api.score_part("interest").label, str)


def profile(profile: api.Profile, event: api.Event, shown: api.Shown, report: api.AddReport) -> None:
    assert_type(profile.events, tuple[api.Event, ...])
    assert_type(profile.rules, tuple[api.Rule, ...])
    assert_type(profile.searches, tuple[api.Search, ...])
    assert_type(profile.topic_shares, Mapping[str, float])
    assert_type(event.signal, api.Signal)
    assert_type(event.at, datetime)
    assert_type(shown.learned, float)
    assert_type(report.added, int)
    assert_type(report.warnings, tuple[str, ...])


def files(path: Path) -> None:
    assert_type(api.read_articles(path), tuple[list[api.Article], list[str]])
    assert_type(api.parse_article("{}"), api.Article)
    assert_type(api.read_bundle(path), api.Bundle)
    assert_type(api.is_bundle_installed(path), bool)
    assert_type(api.read_bundle(path).manifest, api.Manifest)
    assert_type(api.read_bundle(path).golden, api.Golden)
    assert_type(api.NewsModel(api.read_bundle(path)).bundle, api.Bundle)
    assert_type(api.ArticleEncoder(api.read_bundle(path)).encode([]), api.EncodedArticles)
    assert_type(api.ArticleEncoder(api.read_bundle(path)).encode([]).topics, tuple[str, ...])
    assert_type(api.ArticleEncoder(api.read_bundle(path), "numpy").engine, str)
    to_files: list[Callable[[], None]] = [
        lambda: api.write_bundle(path, api.read_bundle(path)),
        lambda: api.install_bundle(path, path),
        lambda: api.bring_back_bundle(path),
        lambda: api.prepare_engines(),
    ]
    assert_type(to_files, list[Callable[[], None]])


def feeds(now: datetime, feed: api.Feed, outcome: api.FeedOutcome) -> None:
    # They are loaded late, and typed all the same.
    assert_type(api.parse_feed(b"", "https://example.org/feed.xml", now), api.ParsedFeed)
    assert_type(api.parse_feed(b"", "https://example.org/feed.xml", now).articles, tuple[api.Article, ...])
    assert_type(api.parse_feed(b"", "https://example.org/feed.xml", now).items, tuple[api.FeedItem, ...])
    assert_type(api.wanted_feed("example.org", topic="food"), api.WantedFeed)
    assert_type(api.shelf(), tuple[api.ShelfFeed, ...])
    assert_type(api.read_opml(b""), tuple[list[api.Subscription], list[str]])
    assert_type(api.write_opml([api.Subscription("https://example.org/feed.xml")], "Feeds"), bytes)
    assert_type(api.FeedEntry(api.demo_articles(now)[0], note="", at=now).at, datetime | None)
    assert_type(api.write_atom([api.FeedEntry(one) for one in api.demo_articles(now)], now), bytes)
    assert_type(api.write_json_feed([]), bytes)
    write: Callable[[Iterable[api.Subscription], str], bytes] = api.write_opml
    assert_type(write([], ""), bytes)
    assert_type(feed.next_at, datetime | None)
    assert_type(outcome.feed, api.Feed)
    assert_type(outcome.status, api.FeedStatus)
    preview = api.preview_feed(api.wanted_feed("example.org"), now)
    assert_type(preview, api.FeedPreview)
    assert_type(preview.named, tuple[api.NamedFeed, ...])
    subscribed = api.SubscribeOutcome(api.wanted_feed("example.org"), api.SubscribeStatus.KNOWN)
    assert_type(subscribed.status, api.SubscribeStatus)
    assert_type(subscribed.named, tuple[api.NamedFeed, ...])


def notifications(decision: api.PushDecision, settings: api.PushSettings, sent: api.SentPush) -> None:
    assert_type(api.notifications(decision), tuple[api.Notification, ...])
    assert_type(decision.verdicts, Mapping[str, str])
    assert_type(decision.send, tuple[api.PushCandidate, ...])
    assert_type(decision.digest, tuple[api.PushCandidate, ...])
    assert_type(decision.records, tuple[api.SentPush, ...])
    assert_type(decision.next_at, datetime | None)
    assert_type(settings.quiet_hours, tuple[time, time])
    assert_type(settings.digest_times, tuple[time, ...])
    assert_type(sent.probability, float)


def wording(said: api.Sentence, now: datetime, folder: Path) -> None:
    tr = api.Wording("zh", [folder])
    assert_type(tr("All"), str)
    assert_type(tr.count("{number} story", "{number} stories", 2), str)
    assert_type(tr.sentence(said), str)
    assert_type(tr.age(now, now), str)
    assert_type(said.template, str)
    assert_type(said.facts, Mapping[str, object])


def pages(reader: api.Reader, found: api.Explanation, worth: api.OrderWorth, now: datetime) -> None:
    page = api.article_page(reader, "a", now)
    assert_type(page, api.ArticlePage)
    assert_type(page.blocks, tuple[api.Block, ...])
    assert_type(page.blocks[0].kind, api.BlockKind)
    assert_type(page.blocks[0].links, tuple[api.LinkSpan, ...])
    assert_type(page.published, datetime | None)
    why = api.why_page(found, now)
    assert_type(why, api.WhyPage)
    assert_type(why.parts, tuple[api.WhyPart, ...])
    assert_type(why.reads, tuple[api.WhyRead, ...])
    assert_type(why.words, tuple[api.WhyWord, ...])
    assert_type(why.reason, str)
    assert_type(api.worth_line(worth), str)
    assert_type(api.worth_explanation(worth, is_private=True), str)
    assert_type(api.worth_news(worth), str)
    assert_type(api.fetch_picture("https://example.org/a.jpg", now, api.SyncOptions()), bytes)
    assert_type(api.digest_title(3, 212, now, now), str)
    assert_type(api.since_text(now, now), str)
    assert_type(api.msgid("{number}"), str)


def errors(error: api.EdgeError, notice: api.Notice) -> None:
    assert_type(error.fact, str)
    assert_type(error.remedy, api.Remedy | None)
    assert_type(notice.fact, str)
    assert_type(notice.remedy, api.Remedy | None)
    assert_type(api.Notice.parse("text"), api.Notice)
    kinds: Sequence[type[api.EdgeError]] = (
        api.ArticleFileError,
        api.AccountError,
        api.BundleError,
        api.DamagedError,
        api.EngineError,
        api.FeedError,
        api.FetchError,
        api.PrivateAddressError,
        api.ProfileFileError,
        api.StorageError,
        api.UnknownArticleError,
        api.UnknownEntryError,
        api.UnknownFeedError,
        api.UnknownNameError,
        api.UnknownTopicError,
        api.UnknownZoneError,
    )
    storage: type[api.StorageError] = api.DamagedError
    fetching: type[api.FetchError] = api.PrivateAddressError
    assert_type([*kinds, storage, fetching], list[type[api.EdgeError]])
