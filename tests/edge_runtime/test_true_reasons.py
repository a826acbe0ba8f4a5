"""Whatever the profile and the cache: what a reason names is in the profile in the sense claimed, and its part is > 0.

The claims are checked against the events themselves, not against what the runtime counted of them.
"""

from __future__ import annotations

import random
import re
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from edge_runtime import (
    Article,
    Event,
    Popularity,
    Reader,
    RuleEffect,
    RuleKind,
    ScoredArticle,
    Signal,
    demo_articles,
    read_bundle,
    write_bundle,
)
from edge_runtime.content.function_words import is_taste
from edge_runtime.content.titles import is_pair, language_of_article, title_words
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.article_text import text_of
from edge_runtime.pages.why import why_page
from edge_runtime.personal.reasons import CLOSE, NEW_S, NOT_KNOWN
from edge_runtime.storage.profile import ProfileStore

BUNDLES = {
    "default": {},
    "without topic head": {"topic_head": None},
    "without word counts": {"word_counts": None},
    "of another language": {"languages": ("fi",)},
}
CATEGORIES = ["food & drink", "politics", "sports", "Fishing", "Cryptocurrencies", "", "travel"]
SOURCES = ["HuffPost", "The Gazette", "示例", ""]
WORDS = [
    "volcano",
    "during",
    "senate",
    "budget",
    "storm",
    "pandemic",
    "two",
    "2018",
    "harbour",
    "would",
    "recipe",
    "ferry",
]
CHINESE = ["城南图书馆延长周末开放时间", "社区食堂推出少油少盐的家常菜单", "疫情期间图书馆关闭"]
OPENS = {Signal.OPEN, Signal.DWELL}


@pytest.fixture(scope="module")
def bundles(tmp_path_factory) -> dict[str, Path]:
    usual, folder = read_bundle(DEFAULT_BUNDLE), tmp_path_factory.mktemp("bundles")
    paths = {}
    for name, changed in BUNDLES.items():
        paths[name] = folder / f"{name}.bundle"
        languages = changed.get("languages", usual.manifest.languages)
        members = {key: value for key, value in changed.items() if key != "languages"}
        manifest = replace(usual.manifest, languages=languages)
        write_bundle(paths[name], replace(usual, manifest=manifest, **members))
    return paths


def some_articles(chance: random.Random, now: datetime, sources: list[str]) -> list[Article]:
    articles = []
    for n in range(120):
        title = " ".join(chance.sample(WORDS, 4)).capitalize()
        if n % 8 == 0:
            title = f"{chance.choice(CHINESE)}{n}"
        published = now - timedelta(hours=chance.choice([-30, 0, 1, 30, 60, 400]), minutes=n)
        counts = Popularity(100, chance.randrange(60), now) if n % 5 == 0 else None
        language = "zh" if n % 8 == 0 else chance.choice(["en", "", "de"])
        article = Article(f"x{n}", title, "", chance.choice(CATEGORIES), chance.choice(sources), language=language)
        articles.append(replace(article, published=published, popularity=counts))
    return articles + [replace(one, source=chance.choice(sources)) for one in demo_articles(now)[::3]]


def live(reader: Reader, data: Path, chance: random.Random, now: datetime, num_events: int) -> None:
    """A life with a clock that jumps."""
    at = now - timedelta(days=3)
    for _ in range(3):
        reader.mark_shown(reader.feed(at, limit=40), at)
        at += timedelta(hours=chance.choice([-5, 8, 20]))
    articles = sorted(reader.latest(), key=lambda one: (one.category != "food & drink", chance.random()))
    events = []
    for n in range(num_events):
        one = articles[min(int(chance.expovariate(1 / 8)), len(articles) - 1)]
        signal = chance.choice([Signal.OPEN] * 6 + [*Signal])
        when = now - timedelta(minutes=chance.choice([-3000, 5, 90, 4000]) + n)
        events.append(Event(one, signal, when, 50.0 if signal is Signal.DWELL else 0.0))
    # As another process writes them, all at once.
    with closing(ProfileStore(data / "profile.db")) as store:
        store.record_all(events)
    if num_events:
        reader.pick_topics(chance.sample(["food", "travel", "sports"], chance.randrange(3)))
        reader.search("library weekend", now - timedelta(minutes=2))
        reader.set_rule(RuleKind.WORD, "ferry", RuleEffect.FOLLOW, now)
        reader.mark_read([articles[-1].article_id], now)


class Told:
    """What the profile says, counted anew."""

    def __init__(self, reader: Reader, now: datetime) -> None:
        self.now, self.profile, self.info = now, reader.profile(), reader.info()
        self.reader = reader
        self.by_id = {event.article.article_id: event.article for event in self.profile.events}
        opened = {event.article.article_id for event in self.profile.events if event.signal in OPENS}
        self.opened = [self.by_id[name] for name in opened]
        self.topics = dict(zip(opened, reader._intake.topics(self.opened), strict=True))
        self.disliked = {one.article.article_id for one in self.profile.events if one.signal is Signal.DISLIKE}
        self.queries = {search.query for search in self.profile.searches}
        order = (maker := reader._maker(now)).order(maker.parts(), len(maker.rows))
        mixed = [place for place in order.places.tolist() if order.is_for_variety(place)]
        self.for_variety = {maker.rows.article_ids[place] for place in mixed}

    def check(self, one: ScoredArticle) -> None:
        """Fail unless the reason of an article is true."""
        article, reason, parts = one.article, one.reason, one.parts
        if reason in ("", NOT_KNOWN):
            return
        for pattern, part, holds in (
            ("You often read (.+)", "topic", self.reads_topic),
            ("You asked for (.+)", "topic", lambda topic, _: topic in self.profile.picked_topics),
            ("You often open (.+)", "source", self.opens_source),
            ("You follow (.+)", "followed", lambda name, _: name in {rule.value for rule in self.profile.rules}),
            ("Words you pick: (.+)", "words", self.picks_words),
            ("(.+) writes seldom", "rare", lambda source, one: source == one.source),
            ("(You disliked) this", "", lambda _, one: one.article_id in self.disliked),
            ("(For variety)", "", lambda _, one: one.article_id in self.for_variety),
            ("Like “(.+)”, which you (?:read|liked|saved|shared)", "interest", self.did),
            ("Like “(.+)”, which you (?:read|liked|saved|shared) just now", "session", self.did_just_now),
            ("You searched “(.+)”", "interest session", lambda query, _: query in self.queries),
            ("(.+) writes seldom", "rare", lambda source, one: source == one.source),
            ("Close to what you (searched|liked|saved|shared)", "interest average", self.has_only),
            ("(You disliked) this", "", self.dislikes),
            ("(For) variety", "", lambda *_: True),
            ("Readers of “(.+)” opened it too", "co_clicks", self.did),
            ("(The kind) that you pick from your lists", "learned", lambda *_: len(self.opened) > 0),
            ("(The kind) of headline that readers open", "prior", lambda *_: True),
            ("(To find) out whether you like its kind", "exploration", lambda *_: True),
            ("(Many) readers open it", "popularity", lambda _, one: one.popularity is not None),
            ("(New)", "freshness", self.is_new),
            (f"({CLOSE})", "interest average", lambda *_: len(self.opened) > 0),
            (r"In ([^,]+), which this model cannot read: ranked by .*time and source", "", self.is_unread_language),
            ("(You have) read this", "", lambda *_: one.is_read and parts["already read"] < 0),
        ):
            if found := re.fullmatch(pattern, reason):
                assert holds(found[1], article), (reason, article)
                assert not part or any(parts[name] > 0 for name in part.split()), (reason, parts)
                return
        raise AssertionError(f"no such reason: {reason}")

    def reads_topic(self, topic: str, article: Article) -> bool:
        is_known = topic in self.info["topics"] and self.reader._intake.topics([article]) == [topic]
        return is_known and list(self.topics.values()).count(topic) >= 3

    def opens_source(self, source: str, article: Article) -> bool:
        return source == article.source and sum(one.source == source for one in self.opened) >= 3

    def picks_words(self, names: str, article: Article) -> bool:
        words = names.split(", ")
        title = title_words(article)
        return len(words) <= 3 and all(
            word in title.words
            and is_taste(word, title.language)
            and not is_pair(word)
            and sum(word in title_words(one).words for one in self.opened) >= 2
            for word in words
        )

    def did(self, quote: str, article: Article) -> bool:
        assert len(quote) <= 41
        start = quote.removesuffix("…")
        others = [one for name, one in self.by_id.items() if name != article.article_id]
        return any(" ".join(text_of(one).split()).startswith(start) for one in others)

    def did_just_now(self, quote: str, article: Article) -> bool:
        start = quote.removesuffix("…")
        return any(
            event.article.article_id != article.article_id
            and text_of(event.article).startswith(start)
            and timedelta(0) <= self.now - event.at <= timedelta(hours=1)
            for event in self.profile.events
        )

    def has_only(self, verb: str, _: Article) -> bool:
        signals = {event.signal for event in self.profile.events}
        done = {"liked": Signal.LIKE in signals, "saved": Signal.SAVE in signals, "shared": Signal.SHARE in signals}
        return not self.opened and (bool(self.queries) if verb == "searched" else done[verb])

    def dislikes(self, _: str, article: Article) -> bool:
        said = [event.signal for event in self.profile.events if event.article.article_id == article.article_id]
        return next(one for one in said if one in (Signal.LIKE, Signal.DISLIKE)) is Signal.DISLIKE

    def is_new(self, _: str, article: Article) -> bool:
        return article.published is None or (self.now - article.published).total_seconds() < NEW_S

    def is_unread_language(self, _: str, article: Article) -> bool:
        return language_of_article(article) not in self.info["languages"]


def check_all(reader: Reader, now: datetime) -> None:
    told, feed = Told(reader, now), reader.feed(now)
    found = [one.reason for one in feed]
    for one in [*feed, *reader.search("library", now, teach=False)]:
        told.check(one)
    for begin in range(len(found)):
        page = [reason for reason in found[begin : begin + 10] if reason]
        assert all(page.count(reason) <= 3 for reason in page)
        assert len(set(found[begin : begin + 3])) > 1 or begin > len(found) - 3 or not found[begin]
    for one in (feed[0], feed[len(feed) // 2], feed[-1]):
        explained = reader.explain(one.article.article_id, now)
        told.check(explained.scored)
        page = why_page(explained, now)
        assert round(100 * page.score) == sum(round(100 * part.value) for part in page.parts)
        assert "already read" not in {part.name for part in page.parts}
        assert bool(page.standing) == one.is_read
        if explained.topic == "" and not explained.other_topics:
            assert all(part.meaning == "its topic is not known" for part in page.parts if part.name == "topic")


@pytest.mark.parametrize(
    ("bundle", "seed"), [("default", 0), ("default", 2), *((name, 1) for name in BUNDLES), ("of another language", 2)]
)
def test_every_reason_is_true(bundle, seed, bundles, tmp_path, one_model, now):
    chance = random.Random(f"{bundle} {seed}")
    sources = SOURCES if seed else ["The Gazette"]
    with Reader.open(tmp_path / "data", bundles[bundle]) as reader:
        reader.add(some_articles(chance, now, sources), now)
        live(reader, tmp_path / "data", chance, now, chance.choice([0, 5, 60]) if seed > 1 else 60 * seed)
        check_all(reader, now)
        if (bundle, seed) == ("default", 1):
            told = " ".join(one.reason for one in reader.feed(now))
            for claim in ("You often read food", "Like “", CLOSE, "In Chinese"):
                assert claim in told


def test_a_profile_without_anything_claims_nothing_of_the_reader(reader, now):
    reader.add(some_articles(random.Random(0), now, SOURCES), now)
    assert not [one.reason for one in reader.feed(now) if re.search(r"\b[Yy]ou(r reading)?\b", one.reason)]


@pytest.mark.slow
def test_ten_thousand_events_claim_only_what_is_so(tmp_path, one_model, now):
    chance = random.Random(1)
    articles = some_articles(chance, now, SOURCES)
    with Reader.open(tmp_path / "data") as reader:
        reader.add(articles, now)
    signals = [Signal.OPEN] * 8 + [Signal.LIKE, Signal.HIDE]
    with closing(ProfileStore(tmp_path / "data" / "profile.db")) as store:
        store.record_all(
            [
                Event(chance.choice(articles), chance.choice(signals), now - timedelta(minutes=10_000 - n))
                for n in range(10_000)
            ]
        )
    with Reader.open(tmp_path / "data") as reader:
        check_all(reader, now)
