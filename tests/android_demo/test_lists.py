"""Lists of stories as fingers and keys use them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from edge_runtime import Article, OrderChoice, RuleKind, Signal


def ids(driver: Any, screen: str = "feed") -> list[str]:
    return [card["article_id"] for card in driver.app.navigation.screen(screen).ids.cards.data]


def deeds(profile: Any) -> list[tuple[str, Signal]]:
    return [(event.article.article_id, event.signal) for event in profile.events if event.signal is not Signal.DWELL]


def press(char: str) -> None:
    from kivy.core.window import Window

    Window.dispatch("on_keyboard", 13 if char == "enter" else ord(char), 1, char, [])


def many(number: int) -> Callable[[Any], list[Article]]:
    """So many stories, the newest first; every tenth is of another source."""
    return lambda at: [
        Article(
            f"n{place}",
            f"Word{place} of story {place}",
            category="travel",
            source="Other" if place % 10 == 2 else "Example",
            published=at - timedelta(minutes=place),
        )
        for place in range(number)
    ]


@pytest.mark.parametrize(("size", "least"), [((412, 915), 6), ((360, 640), 4)])
def test_a_screen_holds_enough_stories(start: Any, size: tuple[int, int], least: int) -> None:
    driver = start()
    shell = driver.app.shell
    shell.size_hint, shell.size, shell.pos = (None, None), size, (0, 0)
    driver.frames(4)
    feed = driver.app.navigation.screen("feed")
    cards = feed.ids.cards
    assert feed.note  # which takes room
    assert sum(bottom <= cards.height for bottom in cards._bottoms) >= least


def test_a_card_in_sight_stays_that_of_its_story_when_more_are_dealt_and_when_one_goes(start: Any) -> None:
    driver = start(first_articles=many(60))
    cards = driver.app.navigation.screen("feed").ids.cards

    def in_sight() -> dict[str, Any]:
        return {view.article_id: view for view in cards.view_adapter.views.values()}

    def the_same(before: dict[str, Any], after: dict[str, Any]) -> int:
        return sum(before.get(name) is view for name, view in after.items())

    before, dealt = in_sight(), cards.num_shown
    cards._more_cards()
    assert cards.num_shown == dealt  # the end is not near
    cards.is_all, cards.num_shown = True, dealt
    cards.data.extend(cards._card(row) for row in cards.rows[dealt : dealt + 8])
    driver.frames(2)
    assert the_same(before, in_sight()) == len(before) > 4
    cards.data.pop()
    gone = cards.rows[1].article_id
    cards.take_out({gone})
    driver.frames(2)
    after = in_sight()
    assert gone not in after and the_same(before, after) == len(before) - 1


def test_the_cards_of_a_screen_are_made_one_in_a_frame_before_there_is_a_list(start: Any) -> None:
    driver = start()
    from kivy.core.window import Window
    from kivy.metrics import dp
    from kivy.uix.recycleview.views import _cached_views

    from android_demo.ui.story_card import BUTTONS, StoryCard

    cards, pile = driver.go("saved").ids.cards, _cached_views[StoryCard]
    assert not cards.rows
    pile.clear()
    cards.make_ahead()
    numbers = [len(pile)]
    for _ in range(20):
        driver.frames(1)
        numbers.append(len(pile))
    most = int(Window.height / dp(2 * BUTTONS))
    assert numbers == [min(number, most) for number in range(1, 22)] and most > 6


def test_a_swipe_right_likes_left_wants_less_and_a_short_one_nothing(start: Any, saved_profile: Any) -> None:
    driver = start()
    first, second, third = driver.cards()[:3]
    names = [card.article_id for card in (first, second, third)]
    list_ = driver.app.navigation.screen("feed").ids.cards

    touch = driver.slide(first, 60)
    assert list_._swipe.card is first and list_._swipe._shift.x == pytest.approx(60) and not list_._swipe.verdict
    touch.touch_up()
    driver.rest()
    assert list_._swipe is None and not deeds(saved_profile())

    driver.slide(second, 130).touch_up()
    driver.rest()
    driver.slide(third, -130).touch_up()
    driver.rest()
    assert deeds(saved_profile()) == [(names[2], Signal.DISLIKE), (names[1], Signal.LIKE)]
    assert driver.card(names[1]).marks.verdict == "like" and driver.card(names[2]).marks.verdict == "dislike"
    assert driver.app.navigation.place.screen == "feed"  # no swipe opens

    touch = driver.slide(driver.cards()[3], 40, 260)  # a scroll that is not quite straight
    assert list_._swipe is None and list_.scroll_y < 1
    touch.touch_up()


def test_a_list_pulled_down_at_its_top_fetches_the_feeds(start: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    driver = start()
    asked: list[str] = []
    monkeypatch.setattr(driver.app.commands, "refresh_feeds", lambda *_: asked.append("feeds"), raising=False)
    driver.slide(driver.cards()[0], 0, -60).touch_up()
    assert not asked
    driver.slide(driver.cards()[0], 0, -120).touch_up()
    assert asked == ["feeds"] and driver.app.navigation.screen("feed").ids.cards.pull == 0


def test_what_is_hidden_or_muted_goes_at_once_and_undo_brings_it_to_its_place(start: Any, saved_profile: Any) -> None:
    driver = start(first_articles=many(60))
    feed = driver.app.navigation.screen("feed")
    cards = feed.ids.cards
    cards.scroll_y = 0
    driver.frames(3)
    cards.scroll_y = 0.8
    driver.frames(3)
    before = ids(driver)
    still, gone = driver.cards()[1], driver.cards()[3].article_id
    name, top = still.article_id, still.to_window(0, still.top)[1]
    driver.more(gone)
    driver.tap(driver.app.sheet.ids.hide)
    driver.rest()
    assert ids(driver) == [one for one in before if one != gone]
    assert driver.card(name).to_window(0, driver.card(name).top)[1] == pytest.approx(top, abs=1)
    driver.tap(driver.app.shell.ids.undo.ids.act)
    driver.rest()
    assert ids(driver) == before and not deeds(saved_profile())
    assert driver.card(name).to_window(0, driver.card(name).top)[1] == pytest.approx(top, abs=1)

    muted = {row.article_id for row in cards.rows if row.source == "Other"}
    driver.app.commands.mute(RuleKind.SOURCE, "Other")
    driver.rest()
    assert len(muted) == 6 and ids(driver)[:20] == [one for one in before if one not in muted][:20]
    driver.app.shell.ids.undo.act()
    driver.rest()
    assert ids(driver)[:20] == before[:20] and not saved_profile().rules


def test_marks_change_in_place(start: Any) -> None:
    driver = start(first_articles=many(100))
    cards = driver.app.navigation.screen("feed").ids.cards
    cards.scroll_y = 0.5
    driver.frames(3)
    card = driver.cards()[2]
    scrolled, top, dealt = cards.scroll_y, cards._hidden_above(), []
    cards.layout_manager.bind(children=lambda *_: dealt.append("again"))
    driver.app.commands.judge(card.article_id, "like", card.marks)
    assert card.marks.verdict == "like" and cards.scroll_y == scrolled and not dealt  # before it is kept
    driver.rest()
    assert cards._hidden_above() == pytest.approx(top, abs=1)  # though the way back takes room at the bottom


def test_a_new_order_is_offered_once(start: Any) -> None:
    driver = start()
    feed, before = driver.app.navigation.screen("feed"), ids(driver)
    driver.judge(driver.cards()[3].article_id, "like")
    assert feed.is_moved
    feed._decline()  # as it is after a while
    driver.app.commands.rank()
    driver.rest()
    assert not feed.is_moved and ids(driver) == before
    driver.judge(driver.cards()[1].article_id, "dislike")
    assert feed.is_moved
    driver.tap(feed.ids.new_order)
    driver.rest()
    assert not feed.is_moved and ids(driver) != before


def test_the_feed_is_ordered_by_time_by_one_tap(start: Any) -> None:
    driver = start()
    ranked = ids(driver)
    feed = driver.app.navigation.screen("feed")
    driver.tap(feed.ids.tool)
    driver.rest()
    order: list[OrderChoice] = []
    driver.app.commands.do(lambda session: session.reader.order, order.append)
    driver.rest()
    assert feed.tool_active and order == [OrderChoice.NEWEST]
    newest = ids(driver)
    assert newest != ranked
    driver.app.shell.ids.undo.act()
    driver.rest()
    assert not feed.tool_active and ids(driver) == ranked


def test_what_is_scrolled_past_is_read_where_that_is_wanted(start: Any) -> None:
    driver = start(first_articles=many(60))
    driver.app.set(read_on_scroll=True)
    cards = driver.app.navigation.screen("feed").ids.cards
    for top in (520.0, 930.0):
        cards._scroll_to(top)
        driver.frames(2)
        for _ in range(3):
            cards._look(0.3)
        driver.rest()
    passed = sum(bottom <= 930 for bottom in cards._bottoms)
    assert [row.marks.is_read for row in cards.rows[: passed + 2]] == [True] * passed + [False] * 2
    undo = driver.app.shell.ids.undo
    assert undo.text == f"{passed} marked as read"
    latest = driver.go("latest")
    driver.tap(latest.ids.tool)
    driver.rest()
    assert len(latest.ids.cards.rows) == 60 - passed and latest.note
    undo.act()
    driver.rest()
    assert not any(row.marks.is_read for row in cards.rows)


def test_a_story_unfolds_into_who_reports_it(start: Any, saved_profile: Any) -> None:
    driver = start()
    cards = driver.app.navigation.screen("feed").ids.cards
    place = next(place for place, row in enumerate(cards.rows) if row.unfold)
    cards._scroll_to(cards._bottoms[place] - 300)
    driver.frames(3)
    driver.tap(driver.card(cards.rows[place].article_id).ids.others)
    driver.until(lambda: driver.app.sheet is not None and driver.app.sheet._anim_alpha == 1)
    (entry, *_) = driver.all_of("Entry", driver.app.sheet)
    title = entry.words
    driver.tap(entry)
    driver.on_screen("article")
    ((event, signal),) = [(event, event.signal) for event in saved_profile().events]
    assert signal is Signal.OPEN and event.article.title == title


def test_keys_move_and_do(start: Any, saved_profile: Any) -> None:
    driver = start()
    order = [row.article_id for row in driver.app.navigation.screen("feed").ids.cards.rows]
    for key in "jjk":
        press(key)
    assert driver.card(order[0]).is_focused and not driver.card(order[1]).is_focused
    press("j")
    for key in "slm":
        press(key)
        driver.rest()
    marks = driver.card(order[1]).marks
    assert marks.is_saved and marks.is_read and marks.verdict == "like"
    assert {signal for _, signal in deeds(saved_profile())} == {Signal.SAVE, Signal.LIKE}
    for _ in range(20):
        press("j")
        driver.frames(2)
    driver.frames(3)
    assert driver.card(order[21]).is_focused  # the list follows
    press("enter")
    driver.on_screen("article")


def test_a_press_is_of_the_story_under_the_finger_though_a_second_pane_moves_the_list(start):
    from kivy.tests.common import UnitTestTouch

    driver = start()
    shell, navigation = driver.app.shell, driver.app.navigation
    shell.size_hint, shell.size, shell.pos = (None, None), (892, 412), (0, 0)
    driver.rest()
    feed = navigation.screen("feed")
    first, second = (card.article_id for card in driver.cards()[:2])
    card = driver.card(second)
    touch = UnitTestTouch(*card.to_window(card.right - 120, card.top - 40))  # where the article will be
    touch.touch_down()
    driver.until(lambda: driver.card(second).state == "down")
    driver.app.commands.open(first, feed.origin)
    driver.until(lambda: [page.name for page in navigation.in_sight()] == ["feed", "article"])
    driver.rest()
    assert navigation.screen("article").article_id == first
    touch.touch_up()
    driver.until(lambda: navigation.screen("article").article_id == second)
