"""The feed as it is shown while two orders are compared, through the reader."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from edge_runtime import Article, ListFilter, OrderChoice, Origin, Reader, ScoredArticle, SentPush, Signal
from edge_runtime.storage.profile import ProfileStore
from edge_runtime.types import FeedList, RuleEffect, RuleKind
from edge_runtime.worth.lists import LEAST_OPENS, OPEN_FOR_S, SITTING_S

MINUTE = timedelta(minutes=1)
WORDS = ("Otters", "Budget", "Comet", "Bridge", "Harvest", "Violin", "Glacier", "Ferry", "Library", "Marathon")


def ids(feed: list[ScoredArticle]) -> list[str]:
    return [one.article.article_id for one in feed]


def list_of(feed: list[ScoredArticle]) -> FeedList:
    assert feed[0].listed
    return feed[0].listed


def store_of(reader: Reader) -> ProfileStore:
    return reader._profile.store


def choices(reader: Reader, now: datetime) -> tuple[int, int]:
    worth = reader.worth(now)
    return worth.wins, worth.choices


@pytest.fixture
def begun(full: Reader, now: datetime) -> Reader:
    """A reader who has opened enough from the feed."""
    for _ in range(LEAST_OPENS):
        assert full.worth(now).stage is None
        full.record(full.feed(now)[0].article.article_id, Signal.OPEN, now, origin=Origin.FEED)
    assert full.worth(now).stage == "trial"
    return full


def test_nothing_is_drafted_for_opens_from_elsewhere(full, now):
    for origin in (Origin.ELSEWHERE, Origin.SEARCH, Origin.NOTIFICATION) * LEAST_OPENS:
        full.record(full.feed(now)[3].article.article_id, Signal.OPEN, now, origin=origin)
        full.mark_shown(full.feed(now, 10), now)
    assert full.feed(now) == full.feed(now, order=OrderChoice.RANKED)
    assert full.worth(now).stage is None and full.feed(now)[0].listed is None


def test_the_first_ten_are_drafted_from_both_orders_and_nothing_is_lost(begun, now):
    feed, ranked, newest = (begun.feed(now, order=order) for order in (None, OrderChoice.RANKED, OrderChoice.NEWEST))
    assert sorted(ids(feed)) == sorted(ids(ranked)) == sorted(ids(newest))
    pairs = [one for one in list_of(feed).articles if one.pair is not None]
    by_side = {side: [one.article_id for one in pairs if one.is_ranked is side] for side in (True, False)}
    assert len(by_side[True]) == len(by_side[False]) > 0
    assert not set(by_side[True]) & set(by_side[False])
    assert {*by_side[True]} <= {*ids(ranked)[:10]} and {*by_side[False]} <= {*ids(newest)[:10]}
    assert [one.article_id for one in list_of(feed).articles] == ids(feed)[:10]
    rest = [name for name in ids(ranked) if name not in ids(feed)[:10]]
    assert ids(feed)[10:] == rest
    # A shorter list is the beginning of the longer one.
    assert all(ids(begun.feed(now, limit)) == ids(feed)[:limit] for limit in (1, 3, 7, 10, 12))


def test_newest_first_goes_by_when_an_article_came_if_it_claims_a_later_time(begun, now):
    ahead = Article("ahead", "Otters return to the river", published=now + timedelta(days=1))
    late = Article("late", "Budget vote in the senate", published=now)
    begun.add([ahead], now - MINUTE)
    begun.add([late], now)
    order = ids(begun.feed(now, order=OrderChoice.NEWEST))
    assert order.index("late") < order.index("ahead")


def test_what_is_read_comes_last_in_newest_first_too(begun, now):
    newest = begun.feed(now, order=OrderChoice.NEWEST)
    begun.mark_read([newest[0].article.article_id], now)
    again = begun.feed(now, order=OrderChoice.NEWEST)
    assert again[0] == newest[1] and all(one.is_read or one.is_story_read for one in again[-2:])


def test_what_is_disliked_leads_no_list_by_its_date(begun, now):
    newest = begun.feed(now, order=OrderChoice.NEWEST)
    begun.record(newest[0].article.article_id, Signal.DISLIKE, now)
    after = begun.feed(now, order=OrderChoice.NEWEST)
    assert ids(after)[0] == ids(newest)[1] and newest[0].article.article_id in ids(after)
    assert newest[0].article.article_id not in [one.article_id for one in list_of(begun.feed(now)).articles]
    assert "You disliked this" in [one.reason for one in after]


def test_a_redraw_keeps_the_list_and_its_coins_until_the_sitting_is_over(begun, now):
    first = begun.feed(now, 10)
    begun.mark_shown(first, now)
    begun.record(ids(first)[2], Signal.OPEN, now + MINUTE, origin=Origin.FEED)
    later = now + timedelta(seconds=SITTING_S - 1)
    again = begun.feed(later, 10)
    assert ids(again)[:9] == [name for name in ids(first) if name != ids(first)[2]]
    before = store_of(begun).state()
    begun.mark_shown(again, later)
    assert store_of(begun).trial().last_list == list_of(again).number == 1
    assert store_of(begun).state()[1] - before[1] <= 20  # what was shown for the first time, and no new list
    assert list_of(begun.feed(now + timedelta(seconds=SITTING_S), 10)).number == 2


@pytest.mark.parametrize("change", ["like", "rule", "article", "picks"])
def test_what_is_to_change_the_list_changes_it_at_once(begun, now, change):
    begun.mark_shown(begun.feed(now, 10), now)
    {
        "like": lambda: begun.record(ids(begun.feed(now))[4], Signal.LIKE, now),
        "rule": lambda: begun.set_rule(RuleKind.TOPIC, "science", RuleEffect.FOLLOW, now),
        "article": lambda: begun.add([Article("new", "Something new under the sun", published=now)], now),
        "picks": lambda: begun.pick_topics(["science"]),
    }[change]()
    assert list_of(begun.feed(now, 10)).number == 2


def test_a_feed_that_is_made_but_not_shown_from_its_top_is_no_list(begun, now):
    feed = begun.feed(now, 20)
    begun.mark_shown(feed[3:9], now)
    begun.mark_shown([feed[1], feed[0]], now)
    begun.mark_shown(begun.feed(now, 5, ListFilter(is_unread=True)), now)
    assert store_of(begun).trial().last_list == 0
    begun.mark_shown(feed[:3], now)
    assert store_of(begun).trial().last_list == 1


def test_only_opens_from_the_list_vote(begun, now):
    feed = begun.feed(now, 10)
    begun.mark_shown(feed, now)
    first = next(one for one in list_of(feed).articles if one.is_ranked)
    for origin in (Origin.ELSEWHERE, Origin.SEARCH, Origin.NOTIFICATION):
        begun.record(first.article_id, Signal.OPEN, now, origin=origin)
    begun.record(first.article_id, Signal.SAVE, now, origin=Origin.FEED)
    over = now + timedelta(seconds=OPEN_FOR_S)
    assert choices(begun, over) == (0, 0)
    begun.record(first.article_id, Signal.OPEN, over - MINUTE, origin=Origin.FEED)
    assert choices(begun, over) == (1, 1)
    begun.undo()
    assert choices(begun, over) == (0, 0)


def test_an_open_after_six_hours_or_by_a_clock_that_went_back_is_no_vote(begun, now):
    feed = begun.feed(now, 10)
    begun.mark_shown(feed, now)
    first, second, *_ = (one.article_id for one in list_of(feed).articles if one.pair is not None)
    begun.record(first, Signal.OPEN, now + timedelta(seconds=OPEN_FOR_S), origin=Origin.FEED)
    assert choices(begun, now + timedelta(days=1)) == (0, 0)
    begun.record(first, Signal.OPEN, now - MINUTE, origin=Origin.FEED)  # ends the list
    begun.record(second, Signal.OPEN, now + MINUTE, origin=Origin.FEED)
    assert choices(begun, now + timedelta(days=1)) == (0, 0)


def test_an_article_of_a_notification_stands_in_no_pair(begun, now):
    feed = begun.feed(now, 10)
    first = next(one for one in list_of(feed).articles if one.is_ranked)
    store_of(begun).record_pushes([SentPush(first.article_id, "", 0.5, now)])
    again = begun.feed(now, 10)
    sides = {one.article_id: one.pair for one in list_of(again).articles}
    assert first.article_id in sides and sides[first.article_id] is None
    # One that is sent while the list is there takes its pair out.
    begun.mark_shown(again, now)
    paired = next(one for one in list_of(again).articles if one.pair is not None)
    store_of(begun).record_pushes([SentPush(paired.article_id, "", 0.5, now)])
    begun.record(paired.article_id, Signal.OPEN, now, origin=Origin.FEED)
    assert choices(begun, now + timedelta(days=1)) == (0, 0)


def test_in_private_nothing_is_drafted_and_the_profile_keeps_its_bytes(begun, now, tmp_path):
    begun.mark_shown(begun.feed(now, 10), now)
    begun.private = True
    path = Path(begun.info()["data_dir"]) / "profile.db"
    before = path.read_bytes()
    feed = begun.feed(now)
    assert feed == begun.feed(now, order=OrderChoice.RANKED) and feed[0].listed is None
    assert not begun.worth(now).is_news
    begun.mark_shown(feed, now)
    begun.record(ids(feed)[0], Signal.OPEN, now, origin=Origin.FEED)
    assert path.read_bytes() == before


def test_an_order_set_by_hand_is_kept_and_compares_nothing(begun, now):
    for choice in (OrderChoice.RANKED, OrderChoice.NEWEST):
        begun.set_order(choice, now)
        feed = begun.feed(now)
        assert (begun.order, feed) == (choice, begun.feed(now, order=choice))
        begun.mark_shown(feed, now)
        begun.record(ids(feed)[0], Signal.OPEN, now, origin=Origin.FEED)
        assert store_of(begun).trial().last_list == 0 and choices(begun, now + timedelta(days=1)) == (0, 0)
    begun.set_order(OrderChoice.AUTO, now)
    assert list_of(begun.feed(now)).number == 1


def test_a_reader_who_opens_the_newest_gets_newest_first_and_can_ask_again(begun, now):
    at = now
    while begun.worth(at).stage == "trial":
        feed = begun.feed(at, 10)
        begun.mark_shown(feed, at)
        for one in list_of(feed).articles:
            if one.pair is not None and not one.is_ranked:
                begun.record(one.article_id, Signal.OPEN, at, origin=Origin.FEED)
        at += timedelta(hours=7)
        begun.add([Article(f"{at:%d%H}-{n}", f"{WORDS[n]} of {at:%d %H}", published=at) for n in range(10)], at)
    worth = begun.worth(at)
    assert (worth.stage, worth.is_news, worth.wins, worth.choices >= 15) == ("newest", True, 0, True)
    feed = begun.feed(at)
    assert ids(feed) == ids(begun.feed(at, order=OrderChoice.NEWEST))
    begun.mark_shown(feed, at)
    assert not begun.worth(at).is_news
    begun.set_order(OrderChoice.AUTO, at)
    assert (begun.worth(at).stage, begun.worth(at).trial, begun.worth(at).is_news) == ("trial", 2, True)


def test_votes_travel_with_the_profile_and_begin_a_new_trial_there(begun, now, tmp_path):
    feed = begun.feed(now, 10)
    begun.mark_shown(feed, now)
    begun.record(list_of(feed).articles[0].article_id, Signal.OPEN, now, origin=Origin.FEED)
    exported = begun.export_profile()
    assert exported["worth"]["trial"] == 1 and "key" not in exported["worth"]
    key = store_of(begun).trial().key
    begun.import_profile(json.dumps(exported).encode())
    assert begun.export_profile() == exported
    trial, worth = store_of(begun).trial(), begun.worth(now)
    assert trial.key != key and trial.pending is None and (worth.trial, worth.choices) == (2, 0)
    begun.erase()
    assert store_of(begun).trial() is None and begun.worth(now).stage is None


def test_what_is_kept_is_small(begun, now):
    begun.mark_shown(begun.feed(now, 10), now)
    db = store_of(begun)._db
    sizes = {
        table: sum(len(str(value)) if not isinstance(value, bytes) else len(value) for row in rows for value in row)
        for table in ("trial", "listed")
        if (rows := db.execute(f"SELECT * FROM {table}").fetchall())
    }
    assert sizes["trial"] < 150 and sum(sizes.values()) < 500
