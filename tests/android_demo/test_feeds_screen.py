"""The subscriptions on the screen, fetched from a real server; what fails, and what is taken back."""

from __future__ import annotations

from datetime import timedelta
from threading import Event
from typing import Any

import pytest

from edge_runtime import PushSettings, Signal, SyncOptions
from tests.edge_runtime.feeds.hostile_server import response, rss

LOCAL = SyncOptions(force=True, allow_private=True, time_limit_s=5)


class SeenNotifier:
    """Shows nothing, and remembers what it was to show."""

    def __init__(self, *, works: bool = True) -> None:
        self.works, self.asked, self.posted = works, 0, []

    def is_allowed(self) -> bool:
        return self.works

    def ask(self, answered: Any) -> None:
        self.asked += 1
        answered(self.works)

    def post(self, title: str, body: str, tag: str) -> bool:
        self.posted.append(title)
        return self.works


def open_sheet(driver: Any, name: str) -> Any:
    def cards() -> list[Any]:
        return [card for card in driver.all_of("FeedCard") if card.row.name == name]

    driver.until(lambda: bool(cards()))
    driver.tap(cards()[0])
    driver.until(lambda: driver.app.sheet is not None and driver.app.sheet._anim_alpha == 1)
    return driver.app.sheet


def states(screen: Any) -> dict[str, str]:
    return {row.name: row.state for row in screen.ids.list.rows if hasattr(row, "state")}


def subscribe(driver: Any, *feeds: tuple[str, str]) -> None:
    now = driver.app.now()
    rows = [(url, title, "", "") for url, title in feeds]
    driver.app.commands.do(lambda session: session.reader.feeds.subscribe_all(rows, now))
    driver.rest()


def test_feeds_are_fetched_named_put_away_and_brought_back(start, server, now):
    server.answers["/good"], server.answers["/gone"] = response(body=rss("One", "Two")), response("404 Not Found")
    driver = start(sync_options=LOCAL)
    subscribe(driver, (server.url("/good"), "Good"), (server.url("/gone"), "Away"))
    screen = driver.go("feeds")
    assert states(screen) == {"Good": "Not fetched yet", "Away": "Not fetched yet"}
    driver.tap(screen.ids.refresh)
    driver.until(lambda: driver.app.feeds.num_all == 2 or not driver.app.feeds.is_running)
    driver.rest()
    assert states(screen)["Good"] == "Fetched just now"
    assert states(screen)["Away"].startswith("The feed is not there any more.")
    assert "Next try in 15 minutes." in states(screen)["Away"] and "127.0.0.1" not in states(screen)["Away"]
    assert [row.unread for row in screen.ids.list.rows] == [0, 2]  # by name
    sheet = open_sheet(driver, "Good")
    sheet.ids.title.text, sheet.ids.folder.text = "Better", "News/Europe"
    driver.show(sheet.ids.keep)
    driver.tap(sheet.ids.keep)
    driver.until(lambda: "Better" in states(screen))
    assert [getattr(row, "name", "") for row in screen.ids.list.rows] == ["Away", "News › Europe", "Better"]
    driver.rest()
    sheet = open_sheet(driver, "Better")
    driver.show(sheet.ids.unsubscribe)
    driver.tap(sheet.ids.unsubscribe)
    driver.until(lambda: list(states(screen)) == ["Away"])
    driver.tap(driver.app.shell.ids.undo.ids.act)
    driver.until(lambda: states(screen).get("Better") == "Fetched just now")


def test_a_sync_can_be_stopped_while_taps_are_answered_and_being_offline_is_said(start, server, now, monkeypatch):
    hold = Event()

    def slow() -> Any:
        hold.wait(20)
        yield response(body=rss("Late"))

    server.answers["/slow"], server.answers["/good"] = slow, response(body=rss("One"))
    driver = start(sync_options=LOCAL)
    subscribe(driver, (server.url("/good", "localhost"), "Good"), (server.url("/slow"), "Slow"))
    screen = driver.go("feeds")
    driver.tap(screen.ids.refresh)
    driver.until(lambda: driver.app.feeds.num_done == 1)
    assert driver.app.feeds.line and states(screen)["Good"] == "1 new story"
    sample = driver.app.navigation.screen("feed").ids.cards.rows[0].article_id
    kept = Event()
    driver.app.commands.do(lambda session: session.reader.record(sample, Signal.LIKE, now), lambda _: kept.set())
    driver.until(kept.is_set)  # though a server has not answered
    assert driver.app.feeds.is_running
    driver.tap(screen.ids.stop)
    driver.until(lambda: not driver.app.feeds.is_running)
    hold.set()
    driver.rest()
    assert states(screen) == {"Good": "Fetched just now", "Slow": "Not fetched yet"}

    def no_network(*_: object, **__: object) -> Any:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("socket.socket.connect", no_network)
    driver.app.now = lambda: now + timedelta(hours=3)
    driver.app.feeds._now = driver.app.now
    driver.app.commands.refresh_feeds()
    driver.until(lambda: driver.app.feeds.is_running or bool(driver.app.shell.ids.banner.text))
    driver.rest()
    driver.until(lambda: driver.app.feeds.line.startswith("Offline"))
    assert "offline" in driver.app.shell.ids.banner.text


@pytest.mark.parametrize("works", [True, False])
def test_notifications_are_off_until_asked_and_then_say_what_they_would(start, server, works):
    notifier = SeenNotifier(works=works)
    driver = start(sync_options=LOCAL, notifier=notifier)
    server.answers["/good"] = response(body=rss())
    subscribe(driver, (server.url("/good"), "Good"))
    driver.app.commands.refresh_feeds()
    driver.until(lambda: driver.app.feeds.is_running)
    driver.rest()
    server.answers["/good"] = response(body=rss("A storm has reached the coast", "A new park"))
    driver.app.commands.refresh_feeds()
    driver.until(lambda: driver.app.feeds.is_running)
    driver.rest()
    assert not notifier.posted and not notifier.asked
    screen = driver.go("notifying")
    assert not screen.is_on
    driver.tap(screen.ids.on)
    driver.until(lambda: screen.is_on and notifier.asked == 1)
    driver.rest()
    assert screen.is_forbidden is not works
    screen.choose("threshold", 0.0)
    screen.choose("quiet_hours", PushSettings(quiet_hours=(driver.app.now().time(),) * 2).quiet_hours)
    driver.rest()
    assert len(screen.ids.sent.children) == 1  # one at once
    told = screen.ids.sent.children[0].title
    whys = [one.about for one in screen.ids.verdicts.children]
    assert any(why.startswith("Sent: ") for why in whys) and any("another goes first" in why for why in whys)
    driver.app.commands.refresh_feeds()
    driver.until(lambda: driver.app.feeds.is_running)
    driver.rest()
    driver.until(lambda: bool(notifier.posted))
    driver.rest()
    assert notifier.posted == [told]
    assert (told in driver.app.shell.ids.banner.text) is not works
    driver.show(screen.ids.sources)
    driver.tap(driver.find("SourceSwitch", screen.ids.sources))
    driver.rest()
    driver.until(lambda: not driver.find("SourceSwitch", screen.ids.sources).active)


def test_feeds_are_fetched_as_the_app_is_opened_and_being_offline_is_no_message(start, server, monkeypatch):
    driver = start(sync_options=LOCAL)
    app = driver.app
    subscribe(driver, (server.url("/feed"), "A paper"))
    app.on_resume()
    driver.rest()
    assert server.asked() == []  # it is off
    app.set(fetch_after_min=15)
    hold = Event()

    def slow_feed():
        hold.wait(10)
        yield response(body=rss("A first story"))

    server.answers["/feed"] = slow_feed
    app.on_resume()
    driver.until(lambda: len(server.asked()) == 1)
    app.navigation.go("rules")
    driver.until(lambda: app.navigation.place.screen == "rules")  # nothing waits for the server
    assert app.feeds.is_running
    hold.set()
    driver.rest()
    app.on_resume()
    driver.rest()
    assert len(server.asked()) == 1  # just now is lately enough
    assert "A first story" in [row.title for row in driver.go("latest").ids.cards.rows]

    def no_network(*_: object, **__: object) -> Any:
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr("socket.socket.connect", no_network)
    later = app.now() + timedelta(hours=1)
    app.now = app.feeds._now = lambda: later
    app.on_resume()
    driver.rest()
    assert app.feeds.line.startswith("Offline") and app.shell.ids.banner.text == ""
