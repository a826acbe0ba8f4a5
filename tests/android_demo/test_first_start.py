"""The first start: to a list of stories in a few touches, without a network; and feeds from a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from edge_runtime import Reader, RuleKind, Signal, SyncOptions
from tests.edge_runtime.feeds.hostile_server import response, rss

LOCAL = SyncOptions(force=True, allow_private=True, time_limit_s=5)


@pytest.fixture
def kept(tmp_path) -> Callable[[], Any]:
    """The data directory by another program."""

    def look(call: Callable[[Reader], Any]) -> Any:
        with Reader.open(tmp_path / "data" / "reader") as reader:
            return call(reader)

    return look


def test_topics_and_words_are_picked_and_the_next_start_is_the_list(start, kept):
    driver = start("start")
    screen = driver.app.navigation.screen("start")
    assert not driver.app.shell.has_tabs and len(screen.ids.topics.children) > 10
    for topic in ("food", "science and technology"):
        driver.tap(driver.find("TopicPill", topic=topic))
    screen.ids.words.text = "solar power"
    driver.show(screen.ids.add_words)
    driver.tap(screen.ids.add_words)
    driver.until(lambda: screen.own_words == ["solar power"])
    driver.tap(screen.ids.begin)
    feed = driver.on_screen("feed")
    assert feed.ids.cards.rows and feed.note and driver.app.shell.has_tabs
    profile = kept(lambda reader: reader.profile())
    assert set(profile.picked_topics) == {"food", "science and technology"}
    assert [(rule.kind, rule.value) for rule in profile.rules] == [(RuleKind.TEXT, "solar power")]
    assert start("feed").app.settings.is_started


def test_all_of_it_can_be_skipped(start, kept):
    driver = start("start")
    driver.tap(driver.app.navigation.screen("start").ids.skip)
    assert driver.on_screen("feed").ids.cards.rows
    assert not kept(lambda reader: reader.profile()).picked_topics


def test_a_site_is_looked_at_one_of_its_feeds_chosen_and_its_news_take_the_samples_place(start, kept, server, now):
    link = "<link rel='alternate' type='application/rss+xml' title='{}' href='{}'>"
    page = f"<html>{link.format('News', '/news')}{link.format('Sport', '/sport')}</html>"
    server.answers["/"] = response(body=page.encode(), Content_Type="text/html")
    server.answers["/news"] = response(body=rss("One", "Two", "Three"))
    driver = start(sync_options=LOCAL)
    saved = driver.app.navigation.screen("feed").ids.cards.rows[0].article_id
    driver.app.commands.do(lambda session: session.reader.record(saved, Signal.SAVE, now))
    screen = driver.go("add_feed")
    screen.ids.address.text = server.url("/nothing")
    driver.tap(screen.ids.look)
    driver.until(lambda: bool(screen.trouble))
    assert "127.0.0.1" not in screen.trouble and not screen.found.url
    screen.ids.address.text = server.url("/")
    driver.tap(screen.ids.look)
    driver.until(lambda: len(screen.found.choices) == 2)
    driver.frames(2)
    driver.tap(driver.find("Entry", screen, words="News"))
    driver.until(lambda: bool(screen.found.url))
    driver.frames(3)
    assert screen.found.titles == ("One", "Two", "Three")
    assert not kept(lambda reader: reader.feeds.feeds())  # a look subscribes to nothing
    driver.show(screen.ids.subscribe)
    driver.tap(screen.ids.subscribe)
    driver.until(lambda: screen.is_known and not driver.app.feeds.is_running)
    driver.rest()
    titles = [article.title for article in kept(lambda reader: reader.latest())]
    assert set(titles) > {"One", "Two", "Three"} and len(titles) == 4  # and the saved sample
    latest = driver.go("latest")
    assert len(latest.ids.cards.rows) == 4 and driver.app.shell._tabs["latest"].number == 4
    driver.go("feed")
    driver.until(lambda: driver.app.navigation.screen("feed").note == "")


def test_a_list_of_thousands_of_feeds_comes_in_and_goes_out(start, kept, tmp_path):
    driver = start(sync_options=LOCAL)
    outlines = "".join(f'<outline type="rss" text="F{n}" xmlUrl="http://h{n}.invalid/f"/>' for n in range(5000))
    screen = driver.go("opml")
    driver.app.feeds.refresh = lambda *_, **__: None  # there is no network
    screen.ids.pasted.text = "no list"
    driver.tap(screen.ids.read_text)
    driver.until(lambda: bool(screen.trouble))
    (tmp_path / "feeds.opml").write_text(f'<opml><body><outline text="Folder">{outlines}</outline></body></opml>')
    screen.ids.path.text = str(tmp_path / "feeds.opml")
    driver.tap(screen.ids.read_file)
    driver.until(lambda: len(screen.found.feeds) == 5000)
    driver.frames(3)
    driver.show(screen.ids.subscribe)
    driver.tap(screen.ids.subscribe)
    driver.until(lambda: not screen.found.feeds)
    assert len(kept(lambda reader: reader.feeds.feeds())) == 5000
    feeds = driver.go("feeds")
    assert len(feeds.ids.list.rows) == 5001 and len(feeds.ids.list.data) == 40
    driver.app.navigation.back()
    driver.on_screen("opml")
    screen.ids.target.text = str(tmp_path / "out.opml")
    driver.show(screen.ids.write)
    driver.tap(screen.ids.write)
    driver.until((tmp_path / "out.opml").exists)
    driver.rest()
    assert (tmp_path / "out.opml").read_text().count("<outline type=") == 5000
