"""The screen as a reader uses it: real keys, a real reader, and a terminal of Textual's that is only kept in memory."""

from __future__ import annotations

import asyncio
import errno
import socket
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Article, Reader, Signal, demo_articles
from edge_runtime.cli.screen import program
from tests.edge_runtime.feeds.hostile_server import response, rss, slowly

pytest.importorskip("textual", reason="the screen needs Textual: pip install 'edge-news[tui]'")

from edge_runtime.tui import app as tui_app
from edge_runtime.tui import rows_view
from edge_runtime.tui.bars import BottomBar, TopBar
from edge_runtime.tui.lines_view import LinesView
from edge_runtime.tui.reader_thread import ReaderThread
from edge_runtime.tui.screens import TextScreen

pytestmark = pytest.mark.slow  # a screen is started for each

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
TITLES = ["Rain again in the hills", "社区食堂推出少油少盐的家常菜单", "Soup for cold days", "The cup final"]
HTML = "<p>It rains <a href='https://b.example/'>here</a>.</p><ul><li>much</li></ul>"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(rows_view, "STILL_S", 0.05)


@pytest.fixture
def data(tmp_path):
    """A data directory with four articles, the first the newest."""
    articles = [
        Article(
            f"a{n}",
            title,
            "It rains.",
            source="Gazette",
            url=f"https://news.example/{n}",
            published=NOW - timedelta(hours=n),
        )
        for n, title in enumerate(TITLES, start=1)
    ]
    with Reader.open(tmp_path / "data") as reader:
        reader.add(articles, NOW)
        reader._cache.put_contents({"a1": HTML})
    return tmp_path / "data"


@asynccontextmanager
async def screen(data, size=(80, 24), **changes):
    """The running app and its pilot, after the first list has come."""
    given = replace(program(data, NOW, allow_private=True), **changes)
    thread = ReaderThread(given.open_reader)
    app = tui_app.NewsApp(given, thread)
    try:
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app._listing.rows or app._listing.empty)
            yield app, pilot
            # As a reader leaves: a pilot that ends takes the screens away while the app still answers.
            app.exit()
            await asyncio.wait_for(app._task, 10)
    finally:
        app.stop_sync()
        await asyncio.to_thread(thread.close)


async def until(pilot, holds, most_s=10.0):
    end = time.monotonic() + most_s
    while not holds():
        assert time.monotonic() < end, "it never came about"
        await pilot.pause(0.01)


def drawn(app):
    """The text and the bars of what is on the screen."""
    view, bar = app.screen.query_one(LinesView), app.screen.query_one(BottomBar)
    top = [one.content.plain for one in app.screen.query(TopBar)]
    return "\n".join([*top, *(view.render_line(y).text.rstrip() for y in range(view.size.height)), bar.content.plain])


def known(data):
    """What the profile holds after the screen was left."""
    with Reader.open(data) as reader:
        return reader.export_profile()


def test_an_article_is_opened_saved_and_let_go_by_keys(data):
    async def read():
        async with screen(data) as (app, pilot):
            await pilot.press("2")
            await until(pilot, lambda: "2 Latest" in drawn(app) and "• " in drawn(app))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, TextScreen))
            assert "It rains here[1].\n\n• much\n\n[1] https://b.example/" in drawn(app)
            await pilot.press("s")
            await until(pilot, lambda: drawn(app).endswith("saved: Rain again in the hills"))
            await pilot.press("q")
            await until(pilot, lambda: " ★ Rain again" in drawn(app))  # read, so without its dot
            await pilot.press("s")
            await until(pilot, lambda: "   Rain again" in drawn(app))
            assert "no longer saved" in drawn(app)
            await pilot.press("u")
            await until(pilot, lambda: " ★ Rain again" in drawn(app))
            await pilot.press("m")
            await until(pilot, lambda: "•★ Rain again" in drawn(app))
            await pilot.press("j", "l")
            await until(pilot, lambda: "liked: 社区食堂" in drawn(app))

    asyncio.run(read())
    events = [(event["article"]["article_id"], event["signal"]) for event in known(data)["events"]]
    assert sorted(events) == [("a1", "open"), ("a1", "save"), ("a2", "like")]


@pytest.mark.parametrize(("listed", "stage"), [("1", "trial"), ("2", None)])
def test_what_is_opened_from_the_feed_votes_and_the_help_says_what_is_known(data, listed, stage):
    async def read():
        async with screen(data) as (app, pilot):
            await pilot.press(listed)
            await until(pilot, lambda: app._listing.kind == ("feed" if stage else "latest"))
            for _ in range(3):
                await pilot.press("enter")
                await until(pilot, lambda: isinstance(app.screen, TextScreen))
                await pilot.press("q", "j")
            await until(pilot, lambda: len([row for row in app._listing.rows if row.is_read]) == 3)
            await pilot.press("question_mark", "G")
            await until(pilot, lambda: "Nothing to compare yet" in drawn(app))
            if stage:
                await pilot.press("q", "1")
                await until(pilot, lambda: "this list is of two orders" in drawn(app))

    asyncio.run(read())
    with Reader.open(data) as reader:
        assert reader.worth(NOW).stage == stage


def test_only_what_was_on_the_screen_counts_as_seen(tmp_path):
    with Reader.open(tmp_path / "data") as reader:
        reader.add(demo_articles(NOW), NOW)

    async def look():
        async with screen(tmp_path / "data", size=(80, 12)) as (app, pilot):
            view = app._lists.rows_view
            first = [row.article_id for row in view.visible_rows()]
            # 12 lines less two above and one below; a row takes two or three, and a free one.
            assert 2 <= len(first) <= 3
            await until(pilot, lambda: app._seen == set(first))
            await pilot.press("2")  # of what is not ranked, nothing is told
            await until(pilot, lambda: "2 Latest" in drawn(app))
            await pilot.press("1", "question_mark", "q", "G")
            await until(pilot, lambda: len(app._seen) > len(first))
            return first, [row.article_id for row in view.visible_rows()]

    first, last = asyncio.run(look())
    assert sorted(one["article_id"] for one in known(tmp_path / "data")["shown"]) == sorted({*first, *last})


def test_a_slow_reader_blocks_no_key_and_the_newest_question_wins(data):
    asked = []

    def slow_reader():
        reader = Reader.open(data)
        latest, saved = reader.latest, reader.saved
        reader.latest = lambda limit=None: (asked.append("latest"), time.sleep(1), latest(limit))[-1]
        reader.saved = lambda: (asked.append("saved"), saved())[-1]
        return reader

    async def hurry():
        async with screen(data, open_reader=slow_reader) as (app, pilot):
            await pilot.press("2")
            await until(pilot, lambda: asked == ["latest"])
            begin = time.monotonic()
            await pilot.press("j", "3", "2", "3")
            assert app._lists.rows_view.selected == 1 and time.monotonic() - begin < 0.5
            await until(pilot, lambda: "nothing saved: s saves an article" in drawn(app))

    asyncio.run(hurry())
    # The first was running already; of the three after it the last alone was begun.
    assert asked == ["latest", "saved"]


@pytest.mark.parametrize("size", [(20, 10), (200, 50), (1, 1), (80, 3)])
def test_every_size_draws_what_fits_and_loses_no_letter(data, size):
    async def look():
        async with screen(data, size=size) as (app, pilot):
            for keys in (["j"], ["enter"], ["w"], ["q"], ["q"], ["slash", "x", "enter"]):
                await pilot.press(*keys)
                await pilot.pause(0.1)
                view = app.screen.query_one(LinesView)
                lines = [view.render_line(y) for y in range(view.size.height)]
                assert all(line.cell_length == view.scrollable_content_region.width for line in lines)
            await pilot.press("escape")
            await until(pilot, lambda: app._listing.rows)
            return "".join("".join(span.text for span in line) for line in app._lists.rows_view._lines)

    words = asyncio.run(look()).replace(" ", "")
    if size[0] > 1:
        assert all(title.replace(" ", "") in words for title in TITLES)


def test_an_empty_cache_says_what_to_do(tmp_path):
    async def said():
        async with screen(tmp_path / "data") as (app, _):
            return drawn(app)

    assert "edge-news add --demo" in asyncio.run(said())
    with Reader.open(tmp_path / "data") as reader:
        reader.feeds.subscribe("https://news.example/feed.xml", "", "", NOW)
    assert "no articles yet: r fetches your feeds" in asyncio.run(said())


def test_a_sync_runs_beside_reading(tmp_path, server):
    server.answers["/a"] = response(body=rss("Rain", "Snow"))
    server.answers["/b"] = slowly(response(body=rss("Hail")), 0.3, 100)
    with Reader.open(tmp_path / "data") as reader:
        for path in ("/a", "/b"):
            reader.feeds.subscribe(server.url(path), f"Feed {path}", "", NOW)

    async def sync():
        async with screen(tmp_path / "data") as (app, pilot):
            await pilot.press("r", "r")
            await until(pilot, lambda: "1/2 Feed /a" in drawn(app))
            await pilot.press("2")
            await until(pilot, lambda: "Snow" in drawn(app))
            assert app._sync
            await until(pilot, lambda: "3 articles added, 0 updated; feeds: 2 new" in drawn(app))
            await until(pilot, lambda: "Hail" in drawn(app))

    asyncio.run(sync())


def test_a_network_that_is_down_is_a_line_below_the_list(data, monkeypatch):
    def unreachable(self, address):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    with Reader.open(data) as reader:
        reader.feeds.subscribe("http://127.0.0.1:9/feed", "", "", NOW)

    async def sync():
        async with screen(data) as (app, pilot):
            await pilot.press("r")
            await until(pilot, lambda: "network seems to be down" in drawn(app))
            assert "Rain again" in drawn(app) and app.progress is None

    asyncio.run(sync())


def test_private_mode_is_shown_and_keeps_nothing(data):
    with Reader.open(data) as reader:
        reader.private = True

    async def read():
        async with screen(data) as (app, pilot):
            assert drawn(app).splitlines()[0].endswith("private")
            await pilot.press("m", "s")
            await until(pilot, lambda: "private mode is on" in drawn(app))
            assert "★" not in drawn(app)
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, TextScreen))

    asyncio.run(read())
    assert known(data)["events"] == [] and known(data)["shown"] == []


def test_what_the_reader_did_last_is_kept_though_the_screen_is_left_at_once(data):
    def slow_reader():
        reader = Reader.open(data)
        record = reader.record
        reader.record = lambda *given, **how: (time.sleep(0.3), record(*given, **how))[-1]
        return reader

    async def leave():
        async with screen(data, open_reader=slow_reader) as (_, pilot):
            await pilot.press("l", "j", "l", "j", "s", "q")

    asyncio.run(leave())
    assert [event["signal"] for event in known(data)["events"]] == [Signal.LIKE, Signal.LIKE, Signal.SAVE]


def test_pages_and_links_are_opened_in_the_browser(data):
    opened = []

    async def browse():
        async with screen(data, browse=opened.append) as (app, pilot):
            await pilot.press("2", "o")
            await until(pilot, lambda: "opened in the browser" in drawn(app))
            await pilot.press("enter")
            await until(pilot, lambda: isinstance(app.screen, TextScreen))
            await pilot.press("2")
            await until(pilot, lambda: "no link 2" in drawn(app))
            await pilot.press("backspace", "1")
            await until(pilot, lambda: "Enter opens https://b.example/" in drawn(app))
            await pilot.press("enter")
            await until(pilot, lambda: len(opened) == 2)

    asyncio.run(browse())
    assert opened == ["https://news.example/1", "https://b.example/"]


def test_a_click_opens_what_it_hits(data):
    async def click():
        async with screen(data) as (app, pilot):
            await pilot.press("2")
            await until(pilot, lambda: "2 Latest" in drawn(app) and "• " in drawn(app))
            await pilot.click(rows_view.RowsView, offset=(10, 3))  # after two lines and a free one: the second
            await until(pilot, lambda: isinstance(app.screen, TextScreen))
            assert app.screen.row.article_id == "a2"
            await pilot.press("n")
            await until(pilot, lambda: isinstance(app.screen, TextScreen) and app.screen.row.article_id == "a3")

    asyncio.run(click())
