"""Notifications through the reader: what the profile keeps between two looks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, time, timedelta

import pytest

from edge_runtime import PushSettings, Reader, RuleEffect, RuleKind, Signal, demo_articles, feed_maker
from edge_runtime.notify.steady_clock import SteadyTime, steady_time
from edge_runtime.notify.texts import notifications

EAGER = PushSettings(threshold=0.0, min_gap_minutes=1, quiet_hours=(time(0), time(0)))


@pytest.fixture
def eager(reader, make_article, now):
    titles = ["Volcano erupts in Iceland", "Senate votes on budget", "Soup with white beans"]
    reader.add([make_article(str(n), title, age_h=1 + n) for n, title in enumerate(titles)], now)
    reader.push_settings = EAGER
    return reader


def sent(reader: Reader, at) -> list[str]:
    decision = reader.decide_pushes(at, UTC)
    reader.mark_sent(decision, at)
    return [one.article.article_id for one in decision.send]


def test_settings_come_back_as_they_were_kept(reader):
    assert reader.push_settings == PushSettings()
    chosen = replace(EAGER, quiet_hours=(time(21, 30), time(6)), digest_times=(time(7, 15),), daily_cap=2)
    reader.push_settings = chosen
    assert reader.push_settings == chosen


def test_every_article_gets_a_verdict_and_deciding_alone_keeps_nothing(eager, now):
    first = eager.decide_pushes(now, UTC)
    assert set(first.verdicts) == {"0", "1", "2"}
    assert eager.decide_pushes(now, UTC) == first
    assert notifications(first)[0].article_id == first.send[0].article.article_id


@pytest.mark.parametrize("settings", [EAGER, replace(EAGER, digest_times=(time(0), time(6), time(12), time(18)))])
def test_what_is_sent_has_the_reason_of_the_feed_and_no_other_reason_is_made(eager, settings, now, monkeypatch):
    eager.push_settings = replace(settings, digest_size=2)
    eager.set_rule(RuleKind.WORD, "senate", RuleEffect.FOLLOW, now)
    reasons = {scored.article.article_id: scored.reason for scored in eager.feed(now)}
    made = []

    def counted(parts, typical, claims):
        made.append(claims.article.article_id)
        return reasons_of(parts, typical, claims)

    reasons_of = feed_maker.reasons
    monkeypatch.setattr(feed_maker, "reasons", counted)
    decision = eager.decide_pushes(now, UTC)
    chosen = decision.send + decision.digest
    assert [one.article.article_id for one in chosen] == made
    assert 0 < len(made) < len(reasons)
    assert [one.reason for one in chosen] == [reasons[name] for name in made]
    assert reasons["1"] == "You follow senate"


def test_nothing_is_sent_twice_not_even_by_another_process(eager, tmp_path, now):
    gone = sent(eager, now)
    gone += sent(eager, now + timedelta(minutes=2))
    with Reader.open(tmp_path / "data") as again:
        gone += sent(again, now + timedelta(minutes=4))
        assert sorted(gone) == ["0", "1", "2"]
        assert sent(again, now + timedelta(minutes=6)) == []


def test_a_clock_that_was_set_forward_earns_no_second_cap(eager, make_article, now):
    eager.push_settings = replace(EAGER, daily_cap=1)

    def look(at, steady):
        eager.add([replace(make_article(f"new {at}", f"Glacier {at:%d%H} bursts its dam"), published=at)], at)
        decision = eager.decide_pushes(at, UTC, steady)
        eager.mark_sent(decision, at, steady)
        return len(decision.records)

    assert look(now, SteadyTime("a", 1000.0)) == 1
    assert look(now + timedelta(hours=30), SteadyTime("a", 1600.0)) == 0  # ten minutes by the steady clock
    assert look(now + timedelta(hours=55), SteadyTime("a", 1000.0 + 25 * 3600)) == 1  # a day later, truly
    assert look(now + timedelta(hours=85), SteadyTime("b", 60.0)) == 1  # after a restart the clock is believed


def test_the_steady_clock_goes_on():
    first, second = steady_time(), steady_time()
    if first is None:
        pytest.skip("this system has no clock that counts from its start")
    assert first.boot == second.boot and first.seconds <= second.seconds


def test_what_was_read_or_muted_is_not_sent(eager, now):
    eager.record("0", Signal.OPEN, now)
    eager.set_rule(RuleKind.WORD, "senate", RuleEffect.MUTE, now)
    decision = eager.decide_pushes(now, UTC)
    assert [one.article.article_id for one in decision.send] == ["2"]
    assert "read" in decision.verdicts["0"]
    assert "muted word “senate”" in decision.verdicts["1"]


def test_an_opened_list_makes_the_next_ones_likelier(eager, make_article, now):
    before = eager.decide_pushes(now, UTC).send[0].probability
    eager.add(demo_articles(now)[-30:], now)
    feed = eager.feed(now)
    eager.mark_shown(feed, now)
    for scored in feed:
        eager.record(scored.article.article_id, Signal.OPEN, now)
    eager.add([make_article("later", "Chess champion retires", age_h=0)], now)
    (later,) = eager.decide_pushes(now, UTC).send
    assert later.article.article_id == "later"
    assert later.probability > before


def test_a_notification_that_was_not_opened_was_passed_over_and_a_dislike_is_no_opening(eager, now):
    (first,) = sent(eager, now)
    later = now + timedelta(hours=1)
    assert eager.explain(first, now).scored.parts["passed"] == 0
    assert eager.explain(first, later).scored.parts["passed"] < 0
    before = eager.decide_pushes(later, UTC).send[0].probability
    eager.record(first, Signal.HIDE, later)
    assert eager.decide_pushes(later, UTC).send[0].probability <= before
