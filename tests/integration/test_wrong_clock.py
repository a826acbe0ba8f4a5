"""A device whose clock is wrong: a Raspberry Pi starts in 1970, a phone may stand in 2100, and both jump back."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from edge_runtime import Article, Reader, Signal, SyncOptions
from edge_runtime.feeds.sync import FeedStatus
from edge_runtime.notify.steady_clock import SteadyTime
from tests.edge_runtime.feeds.hostile_server import response, rss

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FAR = datetime(2100, 1, 1, tzinfo=UTC)
WRONG = [EPOCH, EPOCH - timedelta(days=1), FAR, datetime(9999, 12, 31, 23, tzinfo=UTC)]
TITLES = {
    "bread": "Old bakers save a bread recipe",
    "cheese": "Cheese makers try a new recipe",
    "vote": "Parliament votes on the treaty",
    "final": "Striker wins the cup final",
}


@pytest.fixture
def reader(tmp_path) -> Iterator[Reader]:
    with Reader.open(tmp_path / "data") as opened:
        yield opened


def articles(now: datetime) -> list[Article]:
    return [Article(name, title, published=now - timedelta(hours=1)) for name, title in TITLES.items()]


@pytest.mark.parametrize("wrong", WRONG)
def test_everything_answers_by_a_wrong_clock_and_nothing_is_lost_when_it_is_set(reader, wrong):
    reader.add(articles(NOW), wrong)
    assert {scored.article.article_id for scored in reader.feed(wrong)} == set(TITLES)
    reader.mark_shown(reader.feed(wrong), wrong)
    for name, signal in (("bread", Signal.OPEN), ("bread", Signal.LIKE), ("vote", Signal.SAVE), ("final", Signal.HIDE)):
        reader.record(name, signal, wrong)
    reader.search("recipe", wrong)
    reader.explain("cheese", wrong)
    reader.mark_sent(reader.decide_pushes(wrong, UTC), wrong)
    for now in (NOW, NOW + timedelta(days=1)):
        feed = reader.feed(now)
        assert [scored.article.article_id for scored in feed if scored.is_read] == ["bread"]
        assert [hidden.article.article_id for hidden in reader.hidden(now)] == ["final"]
        assert [article.article_id for article in reader.saved()] == ["vote"]
        assert all(abs(scored.score) < 1_000 for scored in feed)
        reader.decide_pushes(now, UTC)
    assert [event.signal for event in reader.profile().events] == [Signal.HIDE, Signal.SAVE, Signal.LIKE, Signal.OPEN]


@pytest.mark.parametrize("wrong", WRONG)
def test_no_notification_goes_by_an_impossible_clock_and_all_go_on_once_it_is_set(reader, wrong):
    reader.push_settings = reader.push_settings.__class__(threshold=0.0, quiet_hours=(NOW.time(), NOW.time()))
    reader.add(articles(NOW), NOW)
    decision = reader.decide_pushes(wrong, UTC)
    if wrong < NOW:
        assert not (decision.send or decision.digest or decision.settled)
        assert all("the clock says" in verdict for verdict in decision.verdicts.values())
    reader.mark_sent(decision, wrong)
    sent = set()
    for hour in range(1, 24):
        now = NOW + timedelta(hours=hour)
        reader.add([Article(f"n{hour}", f"{'abcdefghijklmnopqrstuvw'[hour - 1] * 5} opens a shop", published=now)], now)
        steady = SteadyTime("boot", 3600.0 * hour)
        decision = reader.decide_pushes(now, UTC, steady)
        sent |= {one.article.article_id for one in decision.send}
        reader.mark_sent(decision, now, steady)
    assert sent


@pytest.mark.parametrize("ahead", [timedelta(days=2), FAR - NOW])
def test_what_was_opened_while_the_clock_was_ahead_is_no_session_for_ever(reader, ahead):
    reader.add(articles(NOW), NOW)
    reader.record("bread", Signal.OPEN, NOW + ahead)
    parts = {scored.article.article_id: scored.parts["session"] for scored in reader.feed(NOW + timedelta(hours=12))}
    assert set(parts.values()) == {0.0}
    reader.record("final", Signal.OPEN, NOW + timedelta(hours=12))  # a session of now counts beside it
    parts = {scored.article.article_id: scored.parts["session"] for scored in reader.feed(NOW + timedelta(hours=12))}
    assert parts["final"] == max(parts.values()) > 0


def test_articles_that_came_while_the_clock_was_wrong_are_evicted_as_by_their_own_date(reader):
    reader.add([Article("then", "Old bakers save a bread recipe", published=NOW - timedelta(days=3))], FAR)
    reader.add([Article("now", "Parliament votes on the treaty", published=NOW)], NOW)
    assert reader._intake._cache.evict((), max_articles=1) == ["then"]
    assert reader.latest()[0].article_id == "now"


def test_a_feed_is_asked_again_as_soon_as_the_clock_is_set_back(reader, server):
    server.answers["/feed"] = response(body=rss("Bread", "Cheese"))
    reader.feeds.subscribe(server.url("/feed"), "", "", FAR)
    options = SyncOptions(allow_private=True)

    def status(now: datetime) -> FeedStatus:
        (outcome,) = reader.sync(now, options)
        return outcome.status

    for wrong in (EPOCH, FAR):
        for now in (wrong, NOW):
            assert status(now) in (FeedStatus.NEW, FeedStatus.UNCHANGED)
            assert status(now + timedelta(minutes=5)) is FeedStatus.TOO_EARLY
    assert len(server.asked()) == 4
    assert len(reader.latest()) == 2


def test_a_clock_that_jumps_every_time_breaks_nothing(reader):
    reader.add(articles(NOW), NOW)
    jumps = itertools.cycle([NOW, EPOCH, NOW - timedelta(days=400), FAR, NOW + timedelta(seconds=1)])
    for number, now in zip(range(30), jumps, strict=False):
        reader.add([Article(f"j{number}", f"Storm {number} reaches the coast")], now)
        feed = reader.feed(now, 5)
        reader.mark_shown(feed, now)
        reader.record(feed[0].article.article_id, Signal.OPEN, now)
        steady = SteadyTime("boot", 60.0 * number)
        reader.mark_sent(reader.decide_pushes(now, UTC, steady), now, steady)
    assert len(reader.profile().events) == 30
    assert len(reader.latest()) == 34
