"""What nobody should do and somebody will: a window turned in a refresh, taps without aim, odd stories, a full disk."""

from __future__ import annotations

import os
import random
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from android_demo.core.settings import Settings, save_settings
from edge_runtime import Article, Reader, RuleKind, SyncOptions, demo_articles, parse_feed
from tests.edge_runtime.feeds.hostile_server import response, rss

LOCAL = SyncOptions(force=True, allow_private=True, time_limit_s=5)
PORTRAIT, LANDSCAPE = (412, 892), (892, 412)
KEYS = (ord("j"), ord("k"), ord("o"), ord("s"), ord("m"), ord("l"), ord("/"), 13, 27)


def press(code: int) -> None:
    from kivy.core.window import Window

    Window.dispatch("on_keyboard", code, 1, chr(code), [])


def turn(driver: Any, size: tuple[int, int]) -> None:
    """Give the app a window of another size."""
    shell = driver.app.shell
    shell.size_hint, shell.size, shell.pos = (None, None), size, (0, 0)
    driver.frames(2)


def whole(data_dir: Path) -> list[str]:
    """What SQLite finds wrong with the databases."""
    found = []
    for path in sorted((data_dir / "reader").glob("*.db")):
        with closing(sqlite3.connect(path)) as db:
            found += [f"{path.name}: {line}" for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
    return found


def test_a_window_that_turns_in_a_refresh_keeps_list_article_and_news(start, server):
    goes_on = Event()

    def slow_feed() -> Iterator[bytes]:
        goes_on.wait(20)
        yield response(body=rss("A first story"))

    server.answers["/feed"] = slow_feed
    driver = start(sync_options=LOCAL)
    now = driver.app.now()
    driver.app.commands.do(
        lambda session: session.reader.feeds.subscribe_all([(server.url("/feed"), "A paper", "", "")], now)
    )
    driver.rest()
    driver.app.commands.refresh_feeds()
    driver.until(lambda: driver.app.feeds.is_running)
    for size in (LANDSCAPE, PORTRAIT, (1024, 768)):
        turn(driver, size)
    first = driver.cards()[0].article_id
    driver.app.commands.open(first, driver.app.navigation.screen("feed").origin)
    driver.until(lambda: [page.name for page in driver.app.navigation.in_sight()] == ["feed", "article"])
    turn(driver, PORTRAIT)
    assert [page.name for page in driver.app.navigation.in_sight()] == ["article"]
    turn(driver, LANDSCAPE)
    assert driver.app.feeds.is_running
    goes_on.set()
    driver.rest()
    assert driver.app.navigation.screen("article").article_id == first
    assert driver.app.back() and [page.name for page in driver.app.navigation.in_sight()] == ["feed"]
    latest = driver.go("latest")
    assert "A first story" in [row.title for row in latest.ids.cards.rows]


@pytest.mark.parametrize(
    ("seed", "taps"), [(0, 30), *(pytest.param(seed, 100, marks=pytest.mark.long) for seed in range(1, 11))]
)
@pytest.mark.slow
def test_taps_without_aim_break_nothing(start, tmp_path, monkeypatch, seed, taps):
    def no_network(*_: object, **__: object) -> Any:
        raise OSError("the tests have no network")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.setenv("HOME", str(tmp_path))  # where files are exported to
    rng, driver = random.Random(seed), start()
    done: list[str] = []
    for _ in range(taps):
        try:
            done.append(step(driver, rng))
        except BaseException as error:
            error.add_note(f"seed {seed}, after: " + "; ".join(done[-12:]))
            raise
    driver.rest()
    assert not whole(tmp_path / "data")
    feed = start().app.navigation.screen("feed")
    assert feed.ids.cards.rows or feed.empty  # everything may have been erased


def step(driver: Any, rng: random.Random) -> str:
    """Tap, press a key, turn the window or go elsewhere, and name what was done."""
    from android_demo.ui.screens import TABS

    what = rng.random()
    if what < 0.06:
        tab = rng.choice(TABS)[0]
        driver.app.navigation.go(tab)
        driver.frames(3)
        return f"go {tab}"
    if what < 0.14:
        key = rng.choice(KEYS)
        press(key)
        driver.frames(3)
        return f"key {key}"
    if what < 0.17:
        size = rng.choice((PORTRAIT, LANDSCAPE))
        turn(driver, size)
        return f"turn {size}"
    targets = touchable(driver)
    if not targets:
        driver.frames(10)
        return "nothing to tap"
    target = rng.choice(targets)
    place = driver.app.navigation.place
    driver.tap(target)
    return f"{type(target).__name__} {getattr(target, 'name', '') or getattr(target, 'words', '')} of {place.screen}"


def touchable(driver: Any) -> list[Any]:
    """What in the window takes a tap."""
    from kivy.core.window import Window
    from kivy.uix.behaviors import ButtonBehavior

    found = []
    for widget in driver._top().walk(restrict=True):
        if isinstance(widget, ButtonBehavior) and not widget.disabled and widget.get_root_window() is not None:
            x, y = widget.to_window(*widget.center)
            if 0 <= x < Window.width and 0 <= y < Window.height:
                found.append(widget)
    return found


@pytest.mark.long
def test_odd_stories_are_shown_and_opened(start, now):
    odd = [
        Article("emoji", "🎉🎊🥳", source="🗞️", published=now),
        Article("long", "word " * 12_000, published=now - timedelta(hours=1)),
        Article("unbroken", "ａ" * 5_000, source="x" * 500, published=now - timedelta(hours=2)),
        Article("blank", "\u200b\u200b \u00ad", published=now - timedelta(hours=3)),
        Article("control", "Bold [b]not[/b] &bl;x&br; \x07\ud7ff", published=now - timedelta(hours=4)),
    ]
    driver = start(first_articles=lambda at: odd)
    feed = driver.app.navigation.screen("feed")
    assert {row.article_id for row in feed.ids.cards.rows} == {one.article_id for one in odd}
    paragraphs = "".join(f"<p>{'A sentence of eight words stands right here. ' * 20}</p>" for _ in range(2_300))
    parsed = parse_feed(
        f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>T</title><item>
        <title>Two million bytes</title><guid>big</guid><link>https://a.example/big</link>
        <content:encoded><![CDATA[{paragraphs}]]></content:encoded></item></channel></rss>""".encode(),
        "https://a.example/feed",
        now,
    )
    assert len(paragraphs) > 2_000_000
    driver.app.commands.do(lambda session: session.reader.add_feed(parsed, "https://a.example/feed", now))
    driver.rest()
    latest = driver.go("latest")
    ids = [row.article_id for row in latest.ids.cards.rows]
    assert len(ids) == len(odd) + 1
    for article_id in ids:
        driver.app.commands.open(article_id, latest.origin)
        article = driver.on_screen("article")
        driver.until(lambda article=article, article_id=article_id: article.article_id == article_id)
        for _ in range(3):
            driver.swipe(200, 200, 500)
        driver.app.show_why(article_id)
        driver.rest()
        driver.close_sheet()


@contextmanager
def small_disk(path: Path, options: str) -> Iterator[None]:
    """A file system of its own in memory, for root alone."""
    path.mkdir(exist_ok=True)
    mounted = os.geteuid() == 0 and shutil.which("mount") is not None
    if mounted:
        call = ["mount", "-t", "tmpfs", "-o", options, "none", str(path)]
        mounted = subprocess.run(call, capture_output=True, check=False).returncode == 0
    if not mounted:
        pytest.skip("a small disk needs the right to mount one")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(path)], check=True)


def fill(path: Path) -> None:
    """Leave no byte of a disk free."""
    with (path / "filler").open("wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue


@pytest.mark.long
def test_a_disk_that_is_full_takes_nothing_that_was_kept_and_goes_on_once_there_is_room(start, tmp_path):
    disk = tmp_path / "disk"
    with small_disk(disk, "size=24m"):
        driver = start(data_dir=disk / "data")
        shell, ids = driver.app.shell, [card.article_id for card in driver.cards()]
        driver.judge(ids[0], "like")
        fill(disk)
        deeds: list[Callable[[], object]] = [
            lambda: driver.tap(driver.find("IconButton", driver.card(ids[1]), sign="like")),
            lambda: driver.app.commands.save(ids[2], driver.card(ids[2]).marks),
            lambda: driver.app.commands.open(ids[3], driver.app.navigation.screen("feed").origin),
            lambda: driver.app.set(serif=True),
            lambda: driver.app.commands.mute(RuleKind.WORD, "zebra"),
            lambda: driver.app.on_pause(),
        ]
        said = []
        for deed in deeds:
            deed()
            driver.rest()
            said.append(shell.ids.banner.text)
            while shell.ids.banner.text:
                shell.ids.banner.dismiss()
            driver.go("feed")
        assert any("full" in text for text in said), said
        assert all(not text or "full" in text for text in said), said
        (disk / "filler").unlink()
        driver.app.navigation.screen("feed").take_next()  # the oldest articles made room for what was done
        driver.app.commands.rank()
        driver.rest()
        liked = next(card.article_id for card in driver.cards() if not card.marks.verdict)
        driver.judge(liked, "like")
        assert not whole(disk / "data")
        again = start(data_dir=disk / "data")
        verdicts = {row.article_id: row.marks.verdict for row in again.app.navigation.screen("feed").ids.cards.rows}
        assert verdicts[ids[0]] == "like" == verdicts[liked]


def test_a_disk_that_can_only_be_read_is_said_and_harms_nothing_and_can_be_written_later(start, tmp_path, now):
    disk = tmp_path / "disk"
    with small_disk(disk, "size=24m"):
        save_settings(disk / "data", Settings(is_started=True))
        with Reader.open(disk / "data" / "reader") as reader:
            reader.add(demo_articles(now)[:30], now)
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        driver = start(data_dir=disk / "data")
        banner, liked = driver.app.shell.ids.banner, driver.cards()[1].article_id
        driver.tap(driver.find("IconButton", driver.card(liked), sign="like"))
        driver.rest()
        assert "can only be read" in banner.text and driver.card(liked).marks.verdict == ""
        driver.tap(banner.ids.act)
        driver.rest()
        assert "can only be read" in banner.text  # still
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        driver.tap(banner.ids.act)
        driver.rest()
        assert driver.card(liked).marks.verdict == "like" and banner.text == ""
        assert not whole(disk / "data")
        again = start(data_dir=disk / "data")
        assert {row.article_id: row.marks.verdict for row in again.app.navigation.screen("feed").ids.cards.rows}[
            liked
        ] == "like"
