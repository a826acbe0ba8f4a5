"""The app by keys alone: the ring, what it presses, and the way out."""

from __future__ import annotations

from typing import Any

import pytest

TAB, ENTER, ESCAPE, DOWN, RIGHT = 9, 13, 27, 274, 275


def press(driver: Any, code: int, *modifiers: str) -> None:
    from kivy.core.window import Window

    Window.dispatch("on_keyboard", code, 1, chr(code) if code < 256 else None, [*modifiers])
    driver.frames(2)


def tab_to(driver: Any, wanted: Any) -> None:
    """Press Tab until a widget has the ring."""
    for _ in range(60):
        if driver.app.keys.ring.at == wanted:
            return
        press(driver, TAB)
    pytest.fail("Tab never comes there")


def test_settings_are_changed_and_left_by_keys_alone(start):
    driver = start()
    ring = driver.app.keys.ring
    screen = driver.go("settings")
    press(driver, TAB)
    assert ring.at == screen.ids.bar.ids.back  # reading begins at the top
    press(driver, TAB)
    assert ring.at == screen.ids.feeds
    press(driver, TAB, "shift")
    assert ring.at == screen.ids.bar.ids.back
    tab_to(driver, screen.ids.images)
    _, y = ring.at.to_window(*ring.at.center)
    assert driver.app.shell.ids.tabs.top < y < driver.app.shell.top  # it was scrolled into sight
    press(driver, ENTER)
    driver.until(lambda: driver.app.settings.images)
    tab_to(driver, screen.ids.about)
    press(driver, ENTER)
    driver.on_screen("about")
    assert ring.at is None  # what had it is gone
    press(driver, ESCAPE)
    driver.on_screen("settings")
    tab_to(driver, driver.app.shell._tabs["search"])
    press(driver, ENTER)
    field = driver.on_screen("search").ids.field
    driver.until(lambda: field.focus)
    field.keyboard_on_key_down(None, (TAB, "tab"), "", [])
    assert not field.focus and ring.at is not None
    driver.touch_at(5, 5)
    assert ring.at is None  # fingers need none


def test_a_list_is_one_stop_a_dial_turns_and_a_sheet_keeps_the_keys(start):
    driver = start()
    ring = driver.app.keys.ring
    cards = driver.app.navigation.screen("feed").ids.cards
    tab_to(driver, cards)
    press(driver, DOWN)
    assert cards.focus == 1 and [card.is_focused for card in driver.cards()[:3]] == [False, True, False]
    press(driver, TAB)
    assert cards.focus == -1 and ring.at != cards
    press(driver, TAB, "shift")
    press(driver, ENTER)
    assert driver.on_screen("article").article_id == cards.rows[0].article_id
    press(driver, ESCAPE)
    dial = driver.go("mixture").ids.dial
    before = dial.value
    tab_to(driver, dial)
    press(driver, RIGHT)
    assert dial.value == pytest.approx(before + dial.step)
    driver.go("feed")
    sheet = driver.more(cards.rows[1].article_id)
    press(driver, ord("j"))
    assert cards.focus == -1
    for _ in range(12):
        press(driver, TAB)
        above = ring.at
        while above is not sheet and above.parent is not above:
            above = above.parent
        assert above is sheet
    press(driver, ESCAPE)
    driver.until(lambda: sheet.parent is None)
