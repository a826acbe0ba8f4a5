"""Reading in the real app: a long text, links, sizes, the way to the next story, and a read that is taken away."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from edge_runtime import Article, Origin, Signal, parse_feed

PARAGRAPH = "The council said on Monday that small models, not large ones, will run on phones. " * 3
HTML = (
    "<p>Read <a href='https://example.org/map'>this map</a> first.</p>"
    + "".join(f"<p>{number}. {PARAGRAPH}</p>" for number in range(120))
    + "<p>قال الرئيس</p>"
)
FEED = f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>
<item><title>A long report</title><guid>1</guid><link>https://example.org/1</link>
<pubDate>Tue, 24 Nov 2026 09:20:00 GMT</pubDate><description>Long.</description>
<content:encoded><![CDATA[{HTML}]]></content:encoded></item></channel></rss>"""


@pytest.fixture
def reading(start, now):
    """The app with a long article open, from a list in which two others follow; the addresses that it hands over."""
    from android_demo.platform.sharing import Shared

    opened = []

    def share(title, url):
        opened.append(f"shared {title}: {url}")
        return Shared.COPIED

    others = [
        Article(f"b{n}", f"Other {n}", url="https://example.org/b", published=now - timedelta(hours=n + 1))
        for n in range(2)
    ]
    driver = start(first_articles=lambda at: others, open_link=opened.append, share=share)
    app = driver.app
    parsed = parse_feed(FEED.encode(), "https://example.org/feed", now)

    def take_in(session):
        session.reader.add_feed(parsed, "https://example.org/feed", now)
        return next(one.article_id for one in session.reader.latest(9) if one.title == "A long report")

    found = []
    app.commands.do(take_in, found.append)
    driver.until(lambda: bool(found))
    driver.go("latest")
    app.commands.open(found[0], Origin.ELSEWHERE)
    screen = driver.on_screen("article")
    driver.until(lambda: len(screen.ids.text.pieces()) > 5)
    return driver, screen, opened


def key(char):
    from kivy.core.window import Window

    Window.dispatch("on_keyboard", ord(char), 1, char, [])


def test_a_long_article_is_made_while_it_is_read_and_keeps_its_place(reading):
    driver, screen, _ = reading
    text, scroller = screen.ids.text, screen.ids.scroller
    first = len(text.pieces())
    assert first < 40  # of 120 paragraphs
    for _ in range(4):
        scroller.scroll_y = 0.2
        driver.frames(12)
    assert len(text.pieces()) > first + 4
    assert max(piece.height for piece in text.pieces()) < 2048
    place = text.place()
    assert place.block > 5
    key("j")
    driver.until(lambda: screen.article_id.startswith("b"))
    driver.rest()
    key("k")
    driver.until(lambda: screen.title == "A long report")
    driver.until(lambda: text._wanted is None)
    assert text.place().block == place.block and text.place().below == pytest.approx(place.below, abs=0.05)
    driver.app.set(reading_scale=2.0, serif=True)
    driver.until(lambda: text._wanted is None and len(text.pieces()) > 3)
    assert text.place().block == place.block


def test_a_link_opens_and_a_swipe_goes_on_and_keys_save_and_mark(reading):
    driver, screen, opened = reading
    (piece, *_) = [piece for piece in screen.ids.text.pieces() if piece.zones]
    zone = piece.zones[0]
    driver.touch_at(*piece.to_window(piece.x + zone.x + 5, piece.y + zone.y + 5, relative=False))
    driver.until(lambda: bool(opened))
    key("o")
    assert opened == ["https://example.org/map", "https://example.org/1"]
    key("s")
    driver.until(lambda: screen.marks.is_saved)
    driver.rest()
    assert screen.marks.is_read
    key("m")
    driver.until(lambda: not screen.marks.is_read)
    driver.rest()
    screen.share()
    assert opened[-1] == "shared A long report: https://example.org/1" and driver.app.shell.ids.banner.text
    driver.rest()
    signals = []
    driver.app.commands.do(lambda session: signals.extend(session.reader.profile().events))
    driver.rest()
    assert Signal.SHARE in {event.signal for event in signals}
    touch = driver.drag(350, 500, 0, steps=1)
    touch.touch_move(60, 505)
    driver.frames(2)
    touch.touch_up()
    driver.until(lambda: screen.article_id.startswith("b"))
    assert screen.before.title == "A long report" and screen.excerpt


def test_an_article_that_is_turned_to_is_timed_as_any_other(reading, saved_profile):
    driver, screen, _ = reading
    seen = [screen.article_id]
    for _ in range(2):
        screen.turn(1)
        driver.until(lambda: screen.article_id not in seen)
        driver.rest()
        seen.append(screen.article_id)
        end = time.monotonic() + 0.3
        while time.monotonic() < end:
            driver.frames(1)
    driver.app.back()
    driver.rest()
    timed = [event for event in saved_profile().events if event.signal is Signal.DWELL]
    assert sorted(event.article.article_id for event in timed) == sorted(seen)  # each once
    assert all(event.dwell_s >= 0.3 for event in timed if event.article.article_id != seen[0])


def test_a_read_taken_away_moves_the_score_and_undo_brings_it_back(start, now):
    driver = start()
    app = driver.app

    def read_some(session):
        ids = [one.article_id for one in session.reader.latest(40) if one.language == "en"]
        for article_id in ids[1:4]:
            session.reader.record(article_id, Signal.LIKE, now)
        return ids[0]

    found = []
    app.commands.do(read_some, found.append)
    driver.until(lambda: bool(found))
    app.show_why(found[0])
    driver.until(lambda: app.sheet is not None and app.sheet._anim_alpha == 1)
    sheet = app.sheet
    total, reads = sheet.total, len(sheet.ids.reads.children)
    row = driver.all_of("SimilarReadRow", sheet)[0]
    driver.find("Scroller", sheet).scroll_y = 0
    driver.frames(3)
    driver.tap(row.ids.take)
    driver.until(lambda: bool(sheet.taken))
    assert sheet.total_was == total != sheet.total
    assert any(part.was for part in driver.all_of("PartRow", sheet))
    driver.rest()
    driver.tap(sheet.ids.bring_back)
    driver.until(lambda: not sheet.taken)
    assert (sheet.total, sheet.total_was, len(sheet.ids.reads.children)) == (total, "", reads)


def test_foreign_text_is_drawn_in_the_devices_font_from_the_right(window, monkeypatch):
    from pathlib import Path

    from android_demo.ui import runs
    from android_demo.ui.text import FONT

    font = Path("/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf")
    if not font.exists():
        pytest.skip("no DejaVu Sans here; on Debian: apt install fonts-dejavu-core")

    def drawn(fonts):
        monkeypatch.setattr(runs, "device_fonts", lambda: fonts)
        label = runs.RunsLabel(text="الصغيرة", font_name=FONT, font_size=20)
        label.refresh()
        label.texture.bind()
        return label.texture.size, bytes(label.texture.pixels)

    (boxes_size, boxes), (size, pixels) = drawn({}), drawn({"Arab": (str(font), str(font))})
    assert pixels != boxes and size[0] < boxes_size[0]  # its letters are joined


def test_next_goes_on_behind_what_was_loaded_of_the_list(start, now):
    def many(at):
        return [Article(f"n{place}", f"Story {place}", published=at - timedelta(minutes=place)) for place in range(300)]

    driver = start(first_articles=many)
    latest = driver.go("latest")
    cards = latest.ids.cards
    loaded = [row.article_id for row in cards.rows]
    assert len(loaded) < 300 and cards.num_shown < len(loaded)
    driver.app.commands.open(loaded[-1], latest.origin)
    article = driver.on_screen("article")
    driver.until(lambda: article.after is not None)
    assert article.before.article_id == loaded[-2]
    article.turn(1)
    driver.until(lambda: article.article_id == f"n{len(loaded)}")
    article.turn(-1)
    driver.until(lambda: article.article_id == loaded[-1])
