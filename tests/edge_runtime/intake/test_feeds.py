"""Feeds on their way into the cache: what is one article, which text it has, when it is from, and what stays out."""

from __future__ import annotations

import hashlib
import json
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Article, Reader, Signal, parse_feed
from edge_runtime.intake.feeds import FeedIntake
from edge_runtime.storage.feeds import Feed

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BLOG, LINKS = "https://weir.example/feed", "https://links.example/feed"


def json_feed(*items: dict, title: str = "News", site: str = "https://news.example/") -> bytes:
    return json.dumps({"version": "1.1", "title": title, "home_page_url": site, "items": items}).encode()


def item(number: int | str, **fields) -> dict:
    link = f"https://news.example/{number}"
    return {"id": f"g{number}", "url": link, "title": f"Title {number}", "content_text": f"Text {number}"} | fields


@pytest.fixture
def take(reader):
    """Takes in a feed as `sync` does; says (added, updated)."""
    read: dict[str, datetime] = {}

    def taken(data: bytes, url: str = "https://news.example/feed", now: datetime = NOW, identity: str = ""):
        feed = Feed(url, "", "", NOW, identity=identity or url)
        reader.feeds.subscribe(feed.identity, "", "", NOW)
        feeds = [replace(one, last_ok=read.get(one.identity)) for one in reader.feeds.feeds()]
        intake = FeedIntake(reader._intake, reader._cache, feeds, reader._kept())
        report = intake.take(feed, parse_feed(data, url, now), now)
        read[feed.identity] = now
        reader._intake.evict(reader._kept())
        return report.added, report.updated

    return taken


def titles(reader: Reader) -> list[str]:
    return [article.title for article in reader.latest()]


def test_a_corrected_link_and_a_neighbour_leave_the_read_mark(reader, take):
    take(json_feed(item(1)))
    (article,) = reader.latest()
    reader.record(article.article_id, Signal.OPEN, NOW)
    corrected = item(1, url="https://news.example/one", title="Ferry times change")
    assert take(json_feed(item(2, title="Volcano erupts"), corrected), now=NOW + DAY) == (1, 1)
    assert {one.article.title: one.is_read for one in reader.feed(NOW)} == {
        "Volcano erupts": False,
        "Ferry times change": True,
    }


def test_a_feed_that_moves_brings_nothing_new(reader, take):
    notes = [{"id": "1", "content_text": "A note"}, {"id": "2", "content_text": "Another note"}]
    assert take(json_feed(*notes)) == (2, 0)
    moved = "https://elsewhere.example/feed"
    assert take(json_feed(*notes), moved, NOW + DAY, identity="https://news.example/feed") == (0, 0)


@pytest.mark.slow
def test_unchanged_feeds_update_nothing_and_the_articles_own_site_has_the_say(reader, take):
    page = "https://weir.example/freeze"
    blog = json_feed(item(1, url=page, title="Why weirs freeze"), title="Weir log", site="https://weir.example/")
    links = json_feed(
        item(9, url=page, title="Why weirs freeze (2026)", content_text="Comments"), site="https://links.example/"
    )
    for feeds in ([(blog, BLOG), (links, LINKS)], [(links, LINKS), (blog, BLOG)]):
        for data, url in feeds:
            take(data, url)
        assert [take(data, url, NOW + DAY) for data, url in feeds] == [(0, 0), (0, 0)]
        (article,) = reader.latest()
        assert (article.title, article.abstract, article.source) == ("Why weirs freeze", "Text 1", "Weir log")
        reader._intake.clear()
    reader.feeds.unsubscribe(BLOG)  # its feed has no say any more
    assert take(links, LINKS, NOW + 2 * DAY) == (1, 0)


def test_the_order_of_feeds_and_of_their_items_changes_nothing(tmp_path):
    rng = random.Random(7)
    pages = [f"https://site{n % 3}.example/{n}" for n in range(12)]
    rounds = []  # of (feed's number, items)
    for _ in range(4):
        feeds = []
        for number in range(3):
            chosen = rng.sample(range(12), 8)
            items = [
                item(f"{number}-{n}", url=pages[n], title=f"Title {n} by {number}", content_text=f"{number} says {n}")
                for n in chosen
            ]
            feeds.append((number, items))
        rounds.append(feeds)
    seen = []
    for order in range(3):
        with Reader.open(tmp_path / str(order)) as reader:
            for at, feeds in enumerate(rounds):
                shuffled = sorted(feeds, key=lambda feed: (feed[0] * 7 + order * 5) % 3)
                known = [Feed(f"https://site{number}.example/feed", "", "", NOW) for number in range(3)]
                intake = FeedIntake(reader._intake, reader._cache, known, ())
                for number, items in shuffled:
                    site = f"https://site{number}.example/"
                    data = json_feed(*items[:: -1 if order % 2 else 1], title=f"Site {number}", site=site)
                    intake.take(known[number], parse_feed(data, known[number].url, NOW), NOW + at * DAY)
            seen.append({(one.article_id, one.title, one.abstract, one.source) for one in reader.latest()})
    assert seen[0] == seen[1] == seen[2]
    assert len({article_id for article_id, *_ in seen[0]}) == len(seen[0]) > 8


def test_the_future_is_the_moment_of_the_first_sight_and_stays_it(reader, take):
    fair = item(1, date_published="2027-06-19T10:00:00Z")
    take(json_feed(fair))
    for now in (NOW + DAY, NOW + 300 * DAY):  # the second one after the fair
        assert take(json_feed(fair), now=now) == (0, 0)
        assert reader.latest()[0].published == NOW
    assert take(json_feed(item(1, date_published="2026-11-20T10:00:00Z")), now=NOW + DAY) == (0, 1)
    assert reader.latest()[0].published == datetime(2026, 11, 20, 10, tzinfo=UTC)


def old_id(*identity: str) -> str:
    """As the release before made it."""
    return hashlib.sha256("\0".join(identity).encode()).hexdigest()[:24]


def test_a_cache_of_the_release_before_gets_no_duplicates_and_keeps_its_read_marks(reader, take):
    """Three kinds of ids: by address, by GUID where one link was shared, by title."""
    home, scope = "https://news.example", "https://news.example/feed"
    old = [
        Article(old_id("url", f"{home}/1"), "Title 1", "Text 1", source="News", url=f"{home}/1"),
        Article(old_id("guid", scope, f"{home}/log", "g2"), "Two", "Text 2", source="News", url=f"{home}/log"),
        Article(old_id("title", scope, f"{home}/log", "Three"), "Three", "Text 3", source="News", url=f"{home}/log"),
        Article(old_id("guid", scope, home, "g4"), "Four", "Text 4", source="News", url=f"{home}/"),
        Article(old_id("url", f"{home}/page"), "Five", "Text 5", source="News", url=f"{home}/page#5"),
    ]
    reader.add(old, NOW - DAY)
    for article in old:
        reader.record(article.article_id, Signal.OPEN, NOW - DAY)
    now = [
        item(1),
        item(2, url=f"{home}/log", title="Two"),
        {"url": f"{home}/log", "title": "Three", "content_text": "Text 3"},
        item(4, url=f"{home}/", title="Four"),
        item(5, url=f"{home}/page#5", title="Five"),
    ]
    assert take(json_feed(*now)) == (0, 0)
    assert take(json_feed(*now[1:], item(6)), now=NOW + DAY) == (1, 0)
    assert all(one.is_read for one in reader.feed(NOW) if one.article.title != "Title 6")


def test_a_full_cache_takes_in_no_old_articles_but_the_newest_ten_of_a_feed(reader, take, monkeypatch):
    monkeypatch.setattr(type(reader._cache), "is_full", lambda cache: cache.count() >= 40)
    evict = type(reader._cache).evict
    monkeypatch.setattr(type(reader._cache), "evict", lambda cache, keep: evict(cache, keep, max_articles=40))
    news = [Article(f"n{n}", f"Harbour note {n}", published=NOW - n * timedelta(hours=1)) for n in range(40)]
    reader.add(news, NOW)
    archive = [item(n, date_published=f"2015-03-{1 + n:02d}T08:00:00Z") for n in range(30)]
    assert take(json_feed(*archive)) == (10, 0)
    assert take(json_feed(*archive), now=NOW + DAY) == (0, 0)
    assert sorted(title for title in titles(reader) if "Title" in title) == sorted(f"Title {n}" for n in range(20, 30))
    assert reader._cache.count() == 40


@pytest.mark.parametrize(("age_h", "has_gone"), [(None, False), (30, False), (1, True)])
def test_what_a_feed_held_when_it_came_is_not_notified_of_unless_it_is_news(reader, take, age_h, has_gone):
    reader.push_settings = replace(reader.push_settings, threshold=0, max_age_h=48, at_once=5)
    dated = {} if age_h is None else {"date_published": (NOW - timedelta(hours=age_h)).isoformat()}
    take(json_feed(item(1, **dated)))
    later = NOW + timedelta(minutes=5)
    assert bool(reader.decide_pushes(later, UTC).send) is has_gone
    take(json_feed(item(1, **dated), item(2, title="Volcano erupts")), now=NOW + timedelta(minutes=20))
    decision = reader.decide_pushes(NOW + timedelta(minutes=25), UTC)
    assert "Volcano erupts" in [one.article.title for one in decision.send]


def test_two_notices_of_a_page_that_the_feed_repeats_are_two_lines_and_reading_one_hides_none(reader, take):
    def pumps(*numbers: int) -> bytes:
        return json_feed(
            *(item(n, url="https://news.example/", title=f"Maintenance of pump {n} tonight") for n in numbers)
        )

    take(pumps(1))
    reader.record(reader.latest()[0].article_id, Signal.OPEN, NOW)
    take(pumps(2, 1), now=NOW + timedelta(hours=1))
    lines = {one.article.title[-9:-8]: (one.is_read, one.same_story) for one in reader.feed(NOW)}
    assert [one.article.title for one in reader.feed(NOW) if not one.is_read] == ["Maintenance of pump 2 tonight"]
    assert all(not others for _, others in lines.values())


def test_what_is_remembered_outlives_the_program_and_goes_with_everything(tmp_path):
    def taken(reader: Reader, link: str) -> int:
        feed = Feed("https://news.example/feed", "", "", NOW)
        intake = FeedIntake(reader._intake, reader._cache, [feed], ())
        return intake.take(feed, parse_feed(json_feed(item(1, url=link)), feed.url, NOW), NOW).added

    with Reader.open(tmp_path) as reader:
        assert taken(reader, "https://news.example/a") == 1
    with Reader.open(tmp_path) as reader:
        assert taken(reader, "https://news.example/b") == 0
        reader.erase_everything()
        assert taken(reader, "https://news.example/b") == 1


def test_a_text_changes_hands_where_its_own_site_has_dropped_the_item(reader, take):
    page = "https://weir.example/freeze"
    own = item(1, url=page, title="Why weirs freeze")
    blog = {"title": "Weir log", "site": "https://weir.example/"}
    links = json_feed(item(9, url=page, title="Weirs, frozen", content_text="Comments"), site="https://links.example/")
    for day in range(2):
        take(json_feed(own, item(2), **blog), BLOG, NOW + day * DAY)
        take(links, LINKS, NOW + day * DAY)
    assert "Why weirs freeze" in titles(reader)
    for day in range(2, 5):  # the blog goes on without it
        take(json_feed(item(3), item(2), **blog), BLOG, NOW + day * DAY)
        take(links, LINKS, NOW + day * DAY)
    assert "Weirs, frozen" in titles(reader)
    assert "Why weirs freeze" not in titles(reader)


def test_a_link_that_another_feed_repeats_names_no_article(reader, take):
    status = "https://news.example/status"
    take(json_feed(item(1, url=status), item(2, url=status)))
    assert take(json_feed(item(3, url=status)), LINKS) == (1, 0)
    assert sorted(titles(reader)) == ["Title 1", "Title 2", "Title 3"]


def test_a_feed_gives_pictures_to_its_own_articles_alone(reader, take):
    page = "https://weir.example/freeze"
    own = item(1, url=page, image="https://weir.example/ice.jpg")
    take(json_feed(own, title="Weir log", site="https://weir.example/"), BLOG)
    hostile = item(9, url=page, image="https://links.example/other.jpg")
    take(json_feed(hostile, title="Links", site="https://links.example/"), LINKS)
    assert [one.image for one in reader.latest()] == ["https://weir.example/ice.jpg"]
