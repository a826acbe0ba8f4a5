"""Settings, about, licences, and what stands on the screen where the app itself failed."""

from __future__ import annotations

import errno
import itertools
import time
from typing import Any

import pytest

from android_demo.core.fault_log import FILE_NAME
from android_demo.core.pages.about import LICENCES, ROOT
from android_demo.core.settings import load_settings
from edge_runtime import Notice, Reader, Remedy, Signal, StorageError


def test_the_settings_come_part_by_part_from_the_top(start):
    driver = start()
    driver.app.navigation.go("settings")
    driver.until(lambda: driver.app.navigation.place.screen == "settings")
    screen, numbers = driver.app.navigation.screen("settings"), []
    while "about" not in screen.ids:
        numbers.append(len([one for one in screen.walk(restrict=True) if type(one).__name__.startswith("Settings")]))
        driver.frames(1)
    assert len(numbers) > 4 and all(later - one <= 1 for one, later in itertools.pairwise(numbers))
    driver.rest()
    titles = [one.words for one in driver.all_of("SectionTitle", screen)]
    assert titles == ["Colours", "Language", "Text size", "Reading"]


def test_settings_are_kept_and_the_ways_to_the_other_screens_lead_there(start, tmp_path):
    driver = start()
    screen = driver.go("settings")
    for name in ("serif", "read_on_scroll", "images"):
        driver.show(screen.ids[name])
        driver.tap(screen.ids[name])
        driver.until(lambda name=name: getattr(driver.app.settings, name))
    driver.show(screen.ids.reading_size)
    driver.tap(driver.find("Pill", screen.ids.reading_size, words=driver.app.tr("Larger")))
    driver.until(lambda: driver.app.settings.reading_scale == 1.1)
    driver.show(screen.ids.newest)
    driver.tap(screen.ids.newest)
    driver.until(lambda: screen.order == "newest")
    driver.rest()
    kept = load_settings(tmp_path / "data")
    assert (kept.serif, kept.read_on_scroll, kept.images, kept.reading_scale) == (True, True, True, 1.1)
    with Reader.open(tmp_path / "data" / "reader") as reader:
        assert reader.order == "newest"
    for name in ("feeds", "notifying", "about"):
        driver.show(screen.ids[name])
        driver.tap(screen.ids[name])
        driver.on_screen(name)
        driver.app.back()
        driver.on_screen("settings")
    about = driver.go("about")
    assert len(about.page.privacy) == 5 and "0." in about.page.version and "Kivy" in about.page.limits[0]
    for licence, (_, path) in LICENCES.items():
        shown = driver.go("licence", licence=licence)
        text = (ROOT / path).read_text(encoding="utf-8")
        paragraphs = [block for block in text.split("\n\n") if block.strip("\n =-")]
        number = len(paragraphs)
        driver.until(lambda shown=shown, number=number: len(shown.ids.text.children) == number)
        assert shown.ids.text.children[-1].words.split()[:3] == paragraphs[0].split()[:3]
        driver.app.back()


def test_a_full_disk_is_said_at_a_like_and_at_a_setting_and_tried_again(start, monkeypatch, now):
    driver = start()
    banner = driver.app.shell.ids.banner
    card = driver.cards()[0]
    full = StorageError("/a/b/profile.db: cannot be written: database or disk is full", Remedy.FREE_SPACE)

    def no_room(*_: object, **__: object) -> Any:
        raise full

    with monkeypatch.context() as at_a_like:
        at_a_like.setattr(Reader, "record", no_room)
        driver.tap(driver.find("IconButton", card, sign="like"))
        driver.until(lambda: "full" in banner.text)
        assert "/" not in banner.text
        driver.until(lambda: driver.card(card.article_id).marks.verdict == "")
    driver.tap(banner.ids.act)
    driver.until(lambda: driver.card(card.article_id).marks.verdict == "like")
    driver.rest()

    def no_file(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as at_a_setting:
        at_a_setting.setattr("android_demo.app.save_settings", no_file)
        driver.app.set(serif=True)
        driver.until(lambda: "full" in banner.text)
        assert driver.app.settings.serif  # until the app ends
    banner.dismiss()
    with monkeypatch.context() as at_a_sync:
        at_a_sync.setattr(Reader, "begin_sync", no_room)
        driver.app.commands.refresh_feeds()
        driver.until(lambda: "full" in banner.text and not driver.app.feeds.is_running)


def test_several_notices_are_shown_one_after_the_other(start, monkeypatch):
    told = (Notice("the cache was damaged and is now x; a new one was begun", Remedy.SYNC), Notice("Another thing"))
    monkeypatch.setattr(Reader, "notices", told)
    driver = start()
    banner = driver.app.shell.ids.banner
    assert banner.text.startswith("The stored stories were damaged.")
    driver.tap(banner.ids.close)
    assert banner.text == "Another thing"
    driver.tap(banner.ids.close)
    assert banner.text == ""


@pytest.mark.parametrize("place", ["screen", "worker", "touch"])
def test_a_fault_of_the_app_is_a_page_with_a_way_on(start, tmp_path, monkeypatch, place):
    driver = start()
    driver.is_strict = False
    failed = []

    def fails(*_: object, **__: object) -> None:
        failed.append(time.monotonic())
        raise ValueError("A secret title")

    if place == "screen":
        monkeypatch.setattr("android_demo.ui.feeds.FeedsScreen.show", fails)
        driver.app.navigation.go("feeds")
    elif place == "worker":
        driver.app.commands.do(fails, once="fails")
    else:
        monkeypatch.setattr(driver.app.commands, "judge", fails)
        from kivy.base import ExceptionManager

        with pytest.raises(ValueError, match="secret") as caught:  # Kivy's own loop gives it to its handlers
            driver.tap(driver.find("IconButton", driver.cards()[0], sign="like"))
        assert ExceptionManager.handle_exception(caught.value) == ExceptionManager.PASS
    driver.until(lambda: driver.app.navigation.place.screen == "fault")
    screen = driver.on_screen("fault")
    driver.until(lambda: time.monotonic() > failed[0] + 0.4)  # after 0.2 s Kivy's lists tell a touch's end once more
    assert len(failed) == 1
    kept = (tmp_path / "data" / FILE_NAME).read_text()
    assert "ValueError" in kept and "secret" not in kept and str(tmp_path) not in kept
    driver.tap(screen.ids.go_on)
    assert driver.on_screen("feed").ids.cards.rows
    monkeypatch.undo()
    done = []
    driver.app.commands.do(lambda session: session.reader.count(), done.append, once="fails")
    driver.until(lambda: bool(done))
    driver.judge(driver.cards()[0].article_id, Signal.LIKE)


def test_a_newer_database_is_said_at_the_start(start, monkeypatch):
    def newer(*_: object, **__: object) -> None:
        raise StorageError("/a/profile.db: written by a newer release (schema 99, this one knows 11)", Remedy.UPDATE)

    with monkeypatch.context() as once:
        once.setattr(Reader, "open", newer)
        driver = start("message")
        message = driver.app.navigation.screen("message")
        driver.until(lambda: message.can_retry)
        assert message.message == "A newer version of the app made this. Update the app."
    driver.tap(message.ids.retry)
    assert driver.on_screen("feed").ids.cards.rows
