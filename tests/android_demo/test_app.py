"""The app as a person uses it: touches on an offscreen window, the real runtime behind."""

import shutil
import sqlite3
import time
from contextlib import closing
from datetime import timedelta
from importlib.resources import files

import numpy as np
import pytest

from android_demo.ui import sight
from edge_runtime import Article, Signal, demo_articles
from edge_runtime.screens.rows import AHEAD, FIRST_ROWS, MORE_ROWS

CHINESE_TITLE = "臺灣的書店，慢一点再慢一点"


def ids(driver, screen="feed"):
    return [card["article_id"] for card in driver.app.navigation.screen(screen).ids.cards.data]


def events(profile):
    return [(event.article.article_id, event.signal) for event in profile.events if event.signal is not Signal.DWELL]


def shown_ids(data_dir):
    """What the profile holds, from another connection."""
    with closing(sqlite3.connect(data_dir / "reader" / "profile.db")) as db:
        return [name for (name,) in db.execute("SELECT article_id FROM shown ORDER BY rowid")]


def wait(driver, seconds):
    """Let time pass, with frames."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        driver.frames(1)


def pixels(driver, path):
    from PIL import Image

    return np.asarray(Image.open(driver.picture(path)).convert("RGB")).astype(int)


def press(code, char=None):
    from kivy.core.window import Window

    return bool(Window.dispatch("on_keyboard", code, 1, char, []))


def test_the_first_start_shows_the_samples_and_says_so(start, now):
    driver = start()
    feed = driver.app.navigation.screen("feed")
    # All of them but second articles of a story, or as many as are ranked at first.
    assert len(feed.ids.cards.rows) > 0.9 * min(len(demo_articles(now)), FIRST_ROWS + AHEAD)
    assert "samples" in feed.note
    assert all(card.title and card.meta for card in driver.cards())
    assert len(driver.cards()) >= 6


def test_a_like_shows_at_once_is_kept_and_changes_the_order_when_asked(start, saved_profile):
    driver = start()
    before = ids(driver)
    liked = driver.cards()[3].article_id
    driver.judge(liked, "like")
    assert events(saved_profile()) == [(liked, Signal.LIKE)]
    feed = driver.app.navigation.screen("feed")
    driver.until(lambda: feed.is_moved)
    assert ids(driver) == before  # nothing moves under the finger
    driver.tap(feed.ids.new_order)
    driver.rest()
    assert ids(driver) != before and not feed.is_moved
    assert feed.ids.cards.scroll_y == 1


def test_a_second_tap_takes_a_like_back_and_undo_gives_it_again(start, saved_profile):
    driver = start()
    liked = driver.cards()[2].article_id
    driver.judge(liked, "like")
    driver.tap(driver.find("IconButton", driver.card(liked), sign="liked"))
    driver.until(lambda: driver.card(liked).marks.verdict == "")
    driver.rest()
    assert events(saved_profile()) == []
    driver.tap(driver.app.shell.ids.undo.ids.act)
    driver.until(lambda: driver.card(liked).marks.verdict == "like")
    driver.rest()
    assert events(saved_profile()) == [(liked, Signal.LIKE)]


def test_a_touch_that_is_told_twice_counts_once(start, saved_profile):
    driver = start()
    card = driver.cards()[1]
    liked = card.article_id
    button = driver.find("IconButton", card, sign="like")
    driver.touch_twice(*button.to_window(*button.center))
    driver.rest()
    assert events(saved_profile()) == [(liked, Signal.LIKE)]
    assert driver.card(liked).marks.verdict == "like"


def test_two_wishes_for_the_same_sheet_open_one(start):
    driver = start()
    from kivy.core.window import Window

    article_id = driver.cards()[0].article_id
    driver.app.show_why(article_id)
    driver.app.show_why(article_id)
    driver.rest()
    assert len([child for child in Window.children if type(child).__name__ == "Why"]) == 1


def test_a_like_that_cannot_be_kept_is_taken_back_and_can_be_tried_again(start, saved_profile, monkeypatch):
    from edge_runtime import Remedy, StorageError

    driver = start()
    liked = driver.cards()[1].article_id
    judge, full = driver.app.session.__class__.judge, [True]

    def failing(session, *arguments):
        if full:
            raise StorageError("the disk is full", Remedy.FREE_SPACE)
        judge(session, *arguments)

    monkeypatch.setattr("android_demo.core.session.Session.judge", failing)
    driver.tap(driver.find("IconButton", driver.card(liked), sign="like"))
    driver.rest()
    banner = driver.app.shell.ids.banner
    assert driver.card(liked).marks.verdict == "" and "full" in banner.text
    assert driver.app.navigation.place.screen == "feed"  # nobody is thrown off the list
    full.clear()
    driver.tap(banner.ids.act)
    driver.rest()
    assert driver.card(liked).marks.verdict == "like" and not banner.text
    assert events(saved_profile()) == [(liked, Signal.LIKE)]


def test_a_tap_opens_the_article_and_is_kept(start, saved_profile):
    driver = start()
    card = driver.cards()[0]
    article_id, title = card.article_id, card.title.replace("\n", " ")
    driver.read(article_id)
    article = driver.app.navigation.screen("article")
    assert article.title == title
    assert events(saved_profile()) == [(article_id, Signal.OPEN)]
    driver.app.back()
    driver.on_screen("feed")
    assert driver.card(article_id).marks.is_read
    assert [event.signal for event in saved_profile().events] == [Signal.DWELL, Signal.OPEN]


def test_saved_stories_have_a_list_and_can_leave_it(start, saved_profile):
    driver = start()
    wanted = driver.cards()[2].article_id
    driver.more(wanted)
    driver.tap(driver.app.sheet.ids.save)
    driver.until(lambda: driver.card(wanted).marks.is_saved)
    driver.rest()
    driver.go("saved")
    assert ids(driver, "saved") == [wanted]
    driver.tap(driver.find("IconButton", driver.card(wanted, "saved"), sign="more"))
    driver.until(lambda: driver.app.sheet._anim_alpha == 1)
    driver.tap(driver.app.sheet.ids.save)
    driver.rest()
    driver.go("feed")
    driver.go("saved")
    assert ids(driver, "saved") == [] and driver.app.navigation.screen("saved").empty


def test_what_rested_in_sight_counts_as_shown_and_the_rest_does_not(start, tmp_path, monkeypatch):
    monkeypatch.setattr(sight, "REST_S", 1e9)  # nothing rests so long, however slow the machine
    driver = start()
    order = ids(driver)
    driver.drag(200, 300, 250).touch_up()
    driver.app.on_pause()
    driver.rest()
    assert shown_ids(tmp_path / "data") == []
    driver.until(lambda: driver.app.navigation.screen("feed").ids.cards.effect_y.velocity == 0)
    monkeypatch.setattr(sight, "REST_S", 1.0)
    wait(driver, 4.0)
    driver.app.on_pause()
    driver.rest()
    seen = shown_ids(tmp_path / "data")
    first = order.index(seen[0])
    assert 0 < first < 12 and seen == order[first : first + len(seen)] and 4 <= len(seen) < 12
    wait(driver, 1.5)
    driver.app.on_pause()
    driver.rest()
    assert shown_ids(tmp_path / "data") == seen  # each once


def test_a_list_that_is_not_on_the_screen_is_not_seen(start, tmp_path):
    driver = start()
    driver.go("you")
    driver.rest()
    wait(driver, 4.0)
    driver.app.on_pause()
    driver.rest()
    assert shown_ids(tmp_path / "data") == []


def test_after_an_erasing_nothing_that_was_seen_before_is_kept(start, tmp_path, saved_profile, monkeypatch):
    driver = start()
    driver.judge(ids(driver)[0], "like")
    wait(driver, 4.0)
    monkeypatch.setattr(sight, "REST_S", 1e9)  # nothing is seen anew, however slow the machine
    driver.app.erase()
    driver.app.on_pause()  # before the erasing is done
    driver.rest()
    driver.app.on_pause()
    driver.rest()
    assert shown_ids(tmp_path / "data") == [] and saved_profile().events == ()
    assert driver.card(ids(driver)[0]).marks.verdict == ""


def test_less_like_this_sinks_the_story(start, saved_profile):
    driver = start()
    first = ids(driver)[0]
    driver.judge(first, "dislike")
    assert events(saved_profile()) == [(first, Signal.DISLIKE)]
    driver.app.navigation.screen("feed").accept()
    driver.rest()
    assert first not in ids(driver)[:20]


def test_a_tap_beside_a_sheet_puts_it_away_and_opens_nothing(start, saved_profile):
    driver = start()
    driver.more(driver.cards()[0].article_id)
    driver.touch_at(200, 880)
    driver.until(lambda: driver.app.sheet.parent is None)
    assert driver.app.navigation.place.screen == "feed" and not saved_profile().events


def test_colours_and_language_change_at_once_and_are_kept(start, tmp_path):
    driver = start()
    light = pixels(driver, tmp_path / "light.png")
    settings = driver.go("settings")
    driver.tap(settings.ids.dark)
    driver.tap(settings.ids.zh)
    driver.go("feed")
    dark = pixels(driver, tmp_path / "dark.png")
    assert np.median(light) > 220 and np.median(dark) < 50
    again = start()  # on the same data directory
    assert np.median(pixels(again, tmp_path / "again.png")) < 50
    assert again.app.tr.language == "zh"


def test_a_chinese_title_is_drawn_with_its_own_glyphs(start, tmp_path, now):
    driver = start(first_articles=lambda at: [Article("zh", CHINESE_TITLE, published=at)])
    card = driver.cards()[0]
    picture = pixels(driver, tmp_path / "zh.png")
    top = picture.shape[0] - int(card.to_window(card.x, card.top)[1])
    title = picture[top + 30 : top + 62, 20:330]
    assert (title.max(axis=2) < 100).sum() > 400  # dark ink on a white card

    from kivy.core.text import Label

    from android_demo.ui.text import FONT

    def drawn(char):
        label = Label(text=char, font_name=FONT, font_size=40, bold=True)
        label.refresh()
        return bytes(label.texture.pixels)

    box = drawn("\U00020bb7")  # not in the font: its .notdef box
    shapes = {drawn(char) for char in CHINESE_TITLE}
    assert box not in shapes and len(shapes) == len(set(CHINESE_TITLE))


def test_five_hundred_stories_scroll_and_are_appended_without_a_jump(start, now):
    def many(at):
        return [
            Article(
                f"n{number}",
                f"Story {number} about " + "a long way home " * (number % 5),
                category="travel",
                published=at - timedelta(minutes=number),
            )
            for number in range(500)
        ]

    driver = start(first_articles=many)
    cards = driver.app.navigation.screen("feed").ids.cards
    assert len(cards.data) == FIRST_ROWS
    assert len(cards.rows) == FIRST_ROWS + AHEAD  # whatever the cache holds, until the list's end is near
    finger = driver.drag(200, 300, 300)
    assert cards.scroll_y < 1
    finger.touch_up()  # Kivy lets a fling run backwards when a frame takes long, so only the drag is certain
    driver.until(lambda: cards.effect_y.velocity == 0)  # the list comes to rest

    cards.scroll_y = 1.1 * cards.height / (cards.layout_manager.height - cards.height)
    driver.frames(3)
    num_before = len(cards.data)
    place = {card.article_id: card.to_window(0, card.top)[1] for card in driver.cards()}
    finger = driver.drag(200, 200, 300)  # enough to come near the end
    assert len(cards.data) == num_before + MORE_ROWS
    moved = [
        card.to_window(0, card.top)[1] - place[card.article_id] for card in driver.cards() if card.article_id in place
    ]
    # Every card that was in sight is still there, moved by what the finger moved less the distance that tells a
    # drag from a tap; a jump would have been of thousands of pixels.
    assert moved and max(moved) - min(moved) < 2 and 0 < moved[0] <= 302
    finger.touch_up()

    while len(cards.data) < 500:
        cards.effect_y.velocity = 0
        cards.scroll_y = 0
        driver.frames(3)
    cards.scroll_y = 0
    driver.frames(3)
    assert driver.cards()[-1].article_id == cards.rows[-1].article_id
    assert len(cards.layout_manager.children) < 16  # the same few widgets show them all


def test_a_device_that_cannot_rank_says_so_and_can_try_again(start, tmp_path):
    bundle = tmp_path / "absent.bundle"
    driver = start(screen="message", bundle=bundle)
    message = driver.app.navigation.screen("message")
    driver.until(lambda: message.can_retry)
    assert message.heading == "This device cannot rank the news"
    shutil.copyfile(str(files("edge_runtime") / "default" / "news.bundle"), bundle)
    driver.tap(message.ids.retry)
    driver.on_screen("feed")
    assert ids(driver)


def test_back_closes_the_sheet_then_the_page_then_goes_to_the_feed_then_leaves(start):
    driver = start()
    driver.go("you")
    driver.go("settings")
    driver.app.show_why(ids(driver)[0])
    driver.until(lambda: driver.app.sheet is not None and driver.app.sheet.parent is not None)
    assert press(27)
    driver.until(lambda: driver.app.sheet.parent is None)
    assert driver.app.navigation.place.screen == "settings"
    assert press(27) and driver.app.navigation.place.screen == "you"
    assert press(1001) and driver.app.navigation.place.screen == "feed"
    assert not driver.app.back()


def test_an_article_of_a_list_goes_back_to_that_list(start):
    driver = start()
    driver.go("latest")
    driver.tap(driver.cards("latest")[0])
    driver.on_screen("article")
    assert driver.app.back()
    driver.on_screen("latest")


def test_time_goes_on_when_the_app_comes_back(start, now):
    clock = [now]
    driver = start(now=lambda: clock[0])
    before = driver.cards()[0].meta
    clock[0] = now + timedelta(days=1)
    driver.app.on_pause()
    driver.app.on_resume()
    driver.rest()
    assert driver.cards()[0].meta != before


def test_the_link_is_handed_to_the_browser(start):
    opened = []
    driver = start(open_link=opened.append)
    linked = next(card for card in driver.cards() if "HuffPost" in card.meta)
    driver.read(linked.article_id)
    article = driver.app.navigation.screen("article")
    driver.tap(article.ids.link)
    assert opened == [article.url] and opened[0].startswith("https://")


def test_only_web_addresses_go_to_the_browser(window, monkeypatch):
    from android_demo.platform import links

    opened = []
    monkeypatch.setattr(links.webbrowser, "open", opened.append)
    links.open_in_browser("https://example.org/story")
    with pytest.raises(ValueError, match="not a web address"):
        links.open_in_browser("file:///etc/passwd")
    assert opened == ["https://example.org/story"]


def test_the_app_keeps_its_files_in_a_place_of_its_own(window, monkeypatch, tmp_path):
    from android_demo.platform.storage import app_data_dir

    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert app_data_dir() == tmp_path / ".local" / "share" / "edge-news-app"
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    assert app_data_dir() == tmp_path / "data" / "edge-news-app"


def test_settings_change_where_nothing_can_be_kept(start, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("android_demo.app.save_settings", full)
    driver = start()
    before = driver.app.theme
    driver.app.set(theme="dark")
    driver.rest()
    assert driver.app.theme is not before


def test_an_app_killed_after_a_like_knows_it_at_the_next_start(start, tmp_path):
    driver = start()
    liked = driver.cards()[0].article_id
    driver.judge(liked, "like")
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "data", copy)  # the disk as a kill would leave it: the app still runs
    again = start(data_dir=copy)
    row = next(row for row in again.app.navigation.screen("feed").ids.cards.rows if row.article_id == liked)
    assert row.marks.verdict == "like"
