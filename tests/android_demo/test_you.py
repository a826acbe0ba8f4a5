"""What the device believes, looked at and changed with a finger: the real runtime behind an offscreen window."""

import hashlib
from datetime import timedelta
from importlib.resources import files
from pathlib import Path

import pytest

from edge_runtime import RuleEffect, RuleKind, Shown, Signal

BUNDLE = Path(str(files("edge_runtime"))) / "default" / "news.bundle"


@pytest.fixture
def lived(start, now):
    """An app whose reader opened five stories, one a day, and mutes a word."""

    def begin():
        driver = start()

        def live():
            reader = driver.app.session.reader
            ids = [article.article_id for article in reader.latest(40)[::8]]
            for days, article_id in zip(range(5, 0, -1), ids, strict=True):
                reader.record(article_id, Signal.OPEN, now - timedelta(days=days))
            reader.set_rule(RuleKind.WORD, "football", RuleEffect.MUTE, now)
            reader._profile.record_shown([Shown(article.article_id, 0.0, now) for article in reader.latest(20)])

        driver.app.worker.run(live)
        driver.rest()
        return driver

    return begin


def see(driver, screen, widget):
    """Scroll until a widget is in sight, and wait until it rests."""
    scroller = next(one for one in screen.walk() if hasattr(one, "scroll_to"))
    scroller.scroll_to(widget, animate=False)
    driver.frames(3)
    return widget


def enter(driver, name):
    """Go to You by its tab and on by the entry of a name."""
    driver.go("you")
    you = driver.app.navigation.screen("you")
    driver.tap(see(driver, you, you.ids[name]))
    screen = driver.on_screen(name)
    driver.until(lambda: all(one.is_filled for one in driver.all_of("Rows", screen)))
    driver.frames(3)
    return screen


def yes(driver):
    """Answer the question in front."""
    driver.until(lambda: driver.app.sheet is not None and driver.app.sheet._anim_alpha == 1)
    driver.tap(driver.app.sheet.ids.yes)
    driver.rest()


def profile_bytes(driver):
    """A hash of every file of the profile."""
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in driver.app.session.data_dir.glob("profile.db*")
    }


def asked(driver, call):
    """What the reader says on its own thread."""
    answers = []
    driver.app.worker.run(lambda: call(driver.app.session.reader), answers.append)
    driver.rest()
    return answers[0]


def test_rules_words_and_deeds_are_taken_away_by_a_tap(lived, now):
    driver = lived()
    rules = enter(driver, "rules")
    (mute,) = driver.all_of("NoteRow", rules.ids.mutes)
    driver.tap(mute.ids.act)
    driver.rest()
    assert not driver.all_of("NoteRow", rules.ids.mutes) and asked(driver, lambda reader: reader.profile().rules) == ()
    driver.tap(driver.app.shell.ids.undo.ids.act)
    driver.rest()
    assert len(driver.all_of("NoteRow", rules.ids.mutes)) == 1
    driver.app.shell.ids.undo.dismiss()

    words = enter(driver, "words")
    row = driver.all_of("NoteRow", words)[0]
    word = row.words
    driver.tap(row.ids.act)
    driver.rest()
    assert asked(driver, lambda reader: reader.dropped_words()) == (word,)
    (dropped,) = driver.all_of("NoteRow", words.ids.dropped)
    driver.tap(see(driver, words, dropped).ids.act)
    driver.rest()
    assert asked(driver, lambda reader: reader.dropped_words()) == ()

    deeds = enter(driver, "deeds")
    first, second = driver.all_of("NoteRow", deeds.ids.deeds)[:2]
    gone, next_title = first.words, second.words
    driver.tap(see(driver, deeds, first).ids.act)
    driver.rest()
    driver.until(lambda: deeds.ids.deeds.is_filled)
    titles = [row.words for row in driver.all_of("NoteRow", deeds.ids.deeds)]
    assert titles[0] == next_title and gone not in titles and len(titles) == 4
    driver.tap(see(driver, deeds, deeds.ids.undo))  # the rule that came back is the last thing done
    driver.rest()
    assert asked(driver, lambda reader: reader.profile().rules) == ()


def test_private_mode_is_in_sight_everywhere_and_keeps_nothing(start, saved_profile):
    driver = start()
    you = driver.go("you")
    driver.tap(you.ids.private)
    driver.rest()
    strip = driver.app.shell.ids.private
    assert you.ids.private.active and strip.height > 0
    driver.go("feed")
    assert strip.height > 0 and strip.opacity == 1
    driver.read(driver.cards()[0].article_id)
    driver.rest()
    assert saved_profile().events == ()
    again = start()  # the mark is there after a start
    again.rest()
    assert again.app.shell.is_private
    driver = again
    you = driver.go("you")
    driver.tap(you.ids.private)
    driver.rest()
    assert driver.app.shell.ids.private.height == 0 and not saved_profile().private


def test_the_variety_dial_is_kept_where_the_finger_leaves_it(start):
    driver = start()
    mixture = enter(driver, "mixture")
    dial = mixture.ids.dial
    driver.touch_at(*dial.to_window(dial.right - 12, dial.center_y))
    driver.rest()
    assert asked(driver, lambda reader: reader.variety) == 1.0 and mixture.variety == 1.0
    driver.touch_at(*dial.to_window(dial.x + 12, dial.center_y))
    driver.rest()
    assert asked(driver, lambda reader: reader.variety) == 0.0


def test_time_travel_and_back_leaves_the_bytes_of_the_profile(lived):
    driver = lived()
    travel = enter(driver, "travel")
    before = profile_bytes(driver)  # by now it is kept what the feed showed
    today, about = [row.words for row in driver.all_of("NoteRow", travel)], travel.about
    dial = travel.ids.dial
    driver.touch_at(*dial.to_window(dial.x + 12, dial.center_y))
    driver.rest()
    driver.until(lambda: travel.ids.rows.is_filled)
    driver.frames(3)
    assert travel.about != about and dial.value == 0
    driver.touch_at(*dial.to_window(dial.right - 12, dial.center_y))
    driver.rest()
    driver.until(lambda: travel.ids.rows.is_filled)
    driver.frames(3)
    assert [row.words for row in driver.all_of("NoteRow", travel)] == today and travel.about == about
    assert profile_bytes(driver) == before


def test_a_profile_goes_out_is_erased_with_proof_and_comes_back(lived, tmp_path, monkeypatch, saved_profile):
    monkeypatch.setattr("android_demo.ui.own_data.documents_dir", lambda: tmp_path / "documents")
    driver = lived()
    own = enter(driver, "own_data")
    driver.tap(see(driver, own, own.ids.export))
    driver.rest()
    (path,) = (tmp_path / "documents").iterdir()
    assert str(path) in driver.app.shell.ids.banner.text
    driver.app.shell.ids.banner.dismiss()
    driver.frames(2)
    driver.tap(see(driver, own, own.ids.erase))
    yes(driver)
    driver.until(lambda: own.has_proof)
    proof = [row.value for row in driver.all_of("FactRow", own.ids.proof)]
    assert proof[0] == "5, now 0" and proof[-1] == "5, now 0"
    assert saved_profile().events == () and not own.has_any
    driver.frames(5)
    (file,) = driver.all_of("NoteRow", own.ids.files)
    driver.tap(see(driver, own, file).ids.act)
    yes(driver)
    assert len(saved_profile().events) == 5 and own.has_any


def test_a_broken_model_is_refused_and_a_whole_one_can_be_taken_back(start, tmp_path, monkeypatch):
    monkeypatch.setattr("android_demo.ui.lab.documents_dir", lambda: tmp_path)
    (tmp_path / "broken.bundle").write_bytes(BUNDLE.read_bytes()[:-100])
    (tmp_path / "whole.bundle").write_bytes(BUNDLE.read_bytes())
    driver = start()
    lab = enter(driver, "lab")
    broken, whole = driver.all_of("NoteRow", lab.ids.files)
    driver.tap(see(driver, lab, broken).ids.act)
    yes(driver)
    assert driver.app.shell.ids.banner.text and not lab.can_bring_back
    driver.app.shell.ids.banner.dismiss()
    driver.frames(2)
    driver.tap(see(driver, lab, whole).ids.act)
    yes(driver)
    assert lab.can_bring_back
    driver.app.shell.ids.banner.dismiss()
    driver.frames(2)
    driver.tap(see(driver, lab, lab.ids.back))
    driver.rest()
    assert not lab.can_bring_back and asked(driver, lambda reader: len(reader.feed(driver.app.now(), 3))) == 3
