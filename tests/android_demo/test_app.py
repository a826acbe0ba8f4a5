"""The app as a person uses it: touches on an offscreen window, the real runtime behind."""

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from importlib.resources import files

import numpy as np
import pytest

from edge_runtime import Article, Signal, demo_articles

CHINESE_TITLE = "臺灣的書店，慢一点再慢一点"


def ids(driver):
    return [card["article_id"] for card in driver.app.feed.ids.cards.data]


def shown_ids(data_dir):
    """What the profile holds, from another connection."""
    with closing(sqlite3.connect(data_dir / "reader" / "profile.db")) as db:
        return [name for (name,) in db.execute("SELECT article_id FROM shown ORDER BY rowid")]


def accept(driver):
    driver.tap(driver.app.feed.ids.chip)
    driver.frames(3)


def pixels(driver, path):
    from PIL import Image

    return np.asarray(Image.open(driver.picture(path)).convert("RGB")).astype(int)


def test_the_first_start_shows_the_samples_and_says_so(start, now):
    driver = start()
    # All of them but second articles of a story, or as many as are ranked at first.
    assert len(driver.app.feed.ids.cards.rows) > 0.9 * min(len(demo_articles(now)), 200)
    assert "Samples" in driver.app.feed.note
    assert all(card.title and card.meta for card in driver.cards())


def test_a_like_is_kept_at_once_and_changes_the_order_when_asked(start, saved_profile):
    driver = start()
    before = ids(driver)
    liked = list(driver.cards())[3].article_id
    driver.judge(liked, "like")
    assert [(event.article.article_id, event.signal) for event in saved_profile().events] == [(liked, Signal.LIKE)]
    driver.until(lambda: driver.app.feed.moved > 0)
    assert ids(driver) == before  # nothing moves under the finger
    accept(driver)
    after = ids(driver)
    assert after != before and driver.app.feed.moved == 0
    assert driver.app.feed.ids.cards.scroll_y == 1
    assert any(card.climbed > 0 for card in driver.cards())


def test_a_tap_opens_the_article_and_is_kept(start, saved_profile):
    driver = start()
    card = next(driver.cards())
    article_id, title = card.article_id, card.title.replace("\n", " ")
    driver.read(article_id)
    assert driver.app.article.title == title
    assert [(event.article.article_id, event.signal) for event in saved_profile().events] == [(article_id, Signal.OPEN)]
    driver.tap(driver.app.article.ids.back)
    driver.on_screen("feed")
    assert driver.card(article_id).is_read
    accept(driver)
    assert article_id not in ids(driver)[:20]  # what was read sinks


def test_a_story_can_be_judged_on_its_own_page(start, saved_profile):
    driver = start()
    driver.read(next(driver.cards()).article_id)
    driver.tap(driver.find("Pill", text="♡ Like"))
    driver.until(lambda: driver.app.article.verdict == "like")
    assert [event.signal for event in saved_profile().events] == [Signal.LIKE, Signal.OPEN]


def test_what_was_in_sight_counts_as_shown_and_the_rest_does_not(start, tmp_path):
    driver = start()
    order = ids(driver)
    driver.read(order[1])
    seen = shown_ids(tmp_path / "data")
    assert order[1] in seen and seen == order[: len(seen)] and len(seen) < 12
    driver.tap(driver.app.article.ids.back)
    driver.on_screen("feed")
    driver.drag(200, 300, 400).touch_up()
    driver.frames(30)
    driver.app.on_pause()
    driver.until(lambda: len(shown_ids(tmp_path / "data")) > len(seen))
    deeper = shown_ids(tmp_path / "data")
    assert deeper == order[: len(deeper)] and len(deeper) < 40  # each once


def work_done(driver):
    """Wait on the interests page until all that the app was asked for is done: it works one thing after the other."""
    driver.app.interests.summary = ""
    driver.app.show_interests()
    driver.until(lambda: bool(driver.app.interests.summary))
    driver.frames(3)


def erase(driver):
    """Forget the reader on the interests page, without waiting until it is done."""
    driver.tap(driver.find("InterestsButton"))
    driver.on_screen("interests")
    driver.app.erase()


@pytest.mark.parametrize("frames", [0, 1, 2, 60])
def test_after_an_erasing_nothing_that_was_seen_before_is_kept(start, tmp_path, frames):
    driver = start()
    driver.drag(200, 300, 400).touch_up()
    driver.frames(30)
    erase(driver)
    driver.app.on_pause()  # before the erasing is done
    driver.frames(frames)
    driver.app.on_pause()
    work_done(driver)
    driver.app.on_pause()
    work_done(driver)
    assert shown_ids(tmp_path / "data") == []


def test_after_an_erasing_what_is_seen_anew_counts_again(start, tmp_path):
    driver = start()
    erase(driver)
    work_done(driver)
    driver.app.show_feed()
    driver.on_screen("feed")
    driver.app.on_pause()
    driver.until(lambda: bool(shown_ids(tmp_path / "data")))
    seen = shown_ids(tmp_path / "data")
    assert seen == ids(driver)[: len(seen)] and len(seen) < 12


def test_a_list_that_is_not_on_the_screen_was_not_seen(start, tmp_path):
    driver = start()
    driver.tap(driver.find("InterestsButton"))
    driver.on_screen("interests")
    driver.app.on_pause()  # what was seen of the feed until then
    driver.frames(10)
    driver.until(lambda: bool(shown_ids(tmp_path / "data")))
    seen = shown_ids(tmp_path / "data")
    driver.app.feed.ids.cards.show(driver.app.feed.ids.cards.rows[20:], is_all=True)
    driver.frames(10)
    driver.app.on_pause()
    work_done(driver)
    assert shown_ids(tmp_path / "data") == seen


def test_less_like_this_sinks_the_story(start, saved_profile):
    driver = start()
    first = ids(driver)[0]
    driver.judge(first, "dislike")
    assert saved_profile().events[0].signal is Signal.DISLIKE
    accept(driver)
    assert first not in ids(driver)[:20]


def test_the_parts_on_the_why_sheet_add_up_to_the_score_it_shows(start):
    driver = start()
    # Articles in a language that the bundle does not read are similar to nothing.
    liked = [card.article_id for card in driver.cards() if not card.article_id.startswith("sample-zh")][:2]
    for article_id in liked:
        driver.judge(article_id, "like")
    driver.tap(driver.find("Pill", driver.card(liked[1]), text="Why?"))
    driver.until(lambda: bool(driver.all_of("PartRow")))
    values = [float(row.value.replace("−", "-")) for row in driver.all_of("PartRow")]
    assert sum(values) == pytest.approx(float(driver.app.sheet.total.replace("−", "-")), abs=1e-9)
    assert driver.app.sheet.total == driver.find("Why").ids.total.text
    assert 1 <= len(driver.all_of("SimilarReadRow")) <= 3
    for row in driver.all_of("PartRow"):
        assert np.sign(row.bar) == np.sign(float(row.value.replace("−", "-")))
    driver.tap(driver.app.sheet.ids.close)
    driver.until(lambda: driver.app.sheet.parent is None)


def test_a_tap_beside_the_sheet_puts_it_away_and_opens_nothing(start, saved_profile):
    driver = start()
    driver.tap(driver.find("Pill", next(driver.cards()), text="Why?"))
    driver.until(lambda: bool(driver.all_of("PartRow")))
    driver.touch_at(200, 850)
    driver.until(lambda: driver.app.sheet.parent is None)
    assert driver.app.root.current == "feed" and not saved_profile().events


def test_erasing_asks_first_and_then_leaves_nothing(start, saved_profile):
    driver = start()
    before = ids(driver)
    driver.judge(before[0], "like")
    driver.tap(driver.find("InterestsButton"))
    driver.on_screen("interests")
    assert "1 liked" in driver.app.interests.summary and len(driver.all_of("PastEvent")) == 1
    driver.tap(driver.app.interests.ids.erase)
    driver.tap(driver.app.sheet.ids.keep)
    driver.until(lambda: driver.app.sheet.parent is None)
    assert len(saved_profile().events) == 1
    driver.tap(driver.app.interests.ids.erase)
    driver.tap(driver.app.sheet.ids.erase)
    driver.until(lambda: not driver.app.interests.has_events and driver.app.sheet.parent is None)
    assert saved_profile().events == () and not driver.all_of("PastEvent")
    driver.tap(driver.app.interests.ids.back)
    driver.on_screen("feed")
    assert ids(driver) == before


def test_the_dark_theme_is_dark_and_is_kept(start, tmp_path):
    driver = start()
    light = pixels(driver, tmp_path / "light.png")
    driver.tap(driver.find("ThemeButton"))
    dark = pixels(driver, tmp_path / "dark.png")
    assert np.median(light) > 220 and np.median(dark) < 50
    again = start()  # on the same data directory
    assert np.median(pixels(again, tmp_path / "again.png")) < 50


def test_a_chinese_title_is_drawn_with_its_own_glyphs(start, tmp_path, now):
    driver = start(first_articles=lambda at: [Article("zh", CHINESE_TITLE, published=at)])
    card = next(driver.cards())
    picture = pixels(driver, tmp_path / "zh.png")
    top = picture.shape[0] - int(card.to_window(card.x, card.top)[1])
    title = picture[top + 30 : top + 62, 26:330]
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
    cards = driver.app.feed.ids.cards
    assert len(cards.data) == 100
    assert len(cards.rows) == 200  # whatever the cache holds, until the list's end is near
    finger = driver.drag(200, 300, 300)
    assert cards.scroll_y < 1
    finger.touch_up()  # Kivy lets a fling run backwards when a frame takes long, so only the drag is certain
    driver.until(lambda: cards.effect_y.velocity == 0)  # the list comes to rest

    cards.scroll_y = 1.1 * cards.height / (cards.layout_manager.height - cards.height)
    driver.frames(3)
    assert len(cards.data) == 100
    place = {card.article_id: card.to_window(0, card.top)[1] for card in driver.cards()}
    finger = driver.drag(200, 200, 300)  # enough to come near the end
    assert len(cards.data) == 150
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
    assert list(driver.cards())[-1].article_id == cards.rows[-1].article_id
    assert len(cards.layout_manager.children) < 12  # the same few widgets show them all


@pytest.mark.parametrize("scale", [1.0, 1.6])
def test_cards_are_as_high_as_their_text_at_any_text_size(start, scale):
    from kivy.metrics import Metrics

    Metrics.fontscale = scale
    try:
        driver = start()
        for card in driver.cards():
            assert card.height == pytest.approx(card.minimum_height, abs=0.5)
            assert all(pill.height >= 48 for pill in driver.all_of("Pill", card))
    finally:
        Metrics.fontscale = 1.0


def test_a_device_that_cannot_rank_says_so_and_can_try_again(start, tmp_path):
    bundle = tmp_path / "absent.bundle"
    driver = start(screen="message", bundle=bundle)
    driver.until(lambda: driver.app.message.can_retry)
    assert driver.app.message.heading == "This device cannot rank the news"
    assert str(bundle) in driver.app.message.message
    shutil.copyfile(str(files("edge_runtime") / "default" / "news.bundle"), bundle)
    driver.tap(driver.app.message.ids.retry)
    driver.on_screen("feed")
    assert ids(driver)


def test_back_closes_the_sheet_then_the_page_then_the_app(start):
    from kivy.core.window import Window

    driver = start()
    driver.read(next(driver.cards()).article_id)
    driver.tap(driver.find("Pill", text="Why?"))
    driver.until(lambda: driver.app.sheet is not None and driver.app.sheet.parent is not None)
    assert Window.dispatch("on_keyboard", 27, 1, None, [])
    driver.until(lambda: driver.app.sheet.parent is None)
    assert driver.app.root.current == "article"
    assert Window.dispatch("on_keyboard", 27, 1, None, [])
    driver.on_screen("feed")


def test_the_link_is_handed_to_the_browser(start):
    opened = []
    driver = start(open_link=opened.append)
    linked = next(card for card in driver.cards() if "HuffPost" in card.meta)
    driver.read(linked.article_id)
    driver.tap(driver.app.article.ids.link)
    assert opened == [driver.app.article.url] and opened[0].startswith("https://")


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


def test_the_theme_changes_where_nothing_can_be_kept(start, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("android_demo.app.save_settings", full)
    driver = start()
    before = driver.app.theme
    driver.app.toggle_theme()
    driver.frames(2)
    assert driver.app.theme is not before


def test_an_app_killed_after_a_like_knows_it_at_the_next_start(start, tmp_path):
    driver = start()
    liked = next(driver.cards()).article_id
    driver.judge(liked, "like")
    copy = tmp_path / "copy"
    shutil.copytree(tmp_path / "data", copy)  # the disk as a kill would leave it: the app still runs
    again = start(data_dir=copy)
    row = next(row for row in again.app.feed.ids.cards.rows if row.article_id == liked)
    assert row.verdict == "like"
