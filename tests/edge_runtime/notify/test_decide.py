from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from edge_runtime.notify.decide import decide
from edge_runtime.notify.texts import Notification, notifications
from edge_runtime.notify.types import PushCandidate, PushHistory, PushSettings
from edge_runtime.types import Article, SentPush

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAYTIME = PushSettings()  # 10 %, five a day, an hour between, quiet from 22:00 to 07:00


def candidate(article_id: str, probability: float = 0.5, age_h: float = 2, story: str = "", **fields) -> PushCandidate:
    published = NOON - age_h * HOUR
    article = Article(article_id, f"Title of {article_id}", published=published)
    return PushCandidate(article, story or article_id, probability, published, **fields)


def push(article_id: str, ago_h: float, story: str = "") -> SentPush:
    return SentPush(article_id, story or article_id, 0.5, NOON - ago_h * HOUR)


def look(candidates, sent=(), now=NOON, zone=UTC, last_run=NOON - HOUR, settings=DAYTIME, **known):
    """A decision an hour after the last one, unless told otherwise."""
    return decide(candidates, PushHistory(sent, last_run, **known), now, zone, settings)


def ids(candidates) -> list[str]:
    return [one.article.article_id for one in candidates]


def test_the_likeliest_article_is_sent_and_the_next_waits_for_the_gap():
    found = look([candidate("a", 0.2), candidate("b", 0.42)])
    assert ids(found.send) == ["b"]
    assert found.records == (SentPush("b", "b", 0.42, NOON),)
    assert found.verdicts == {"b": "sent: 42 % likely to be opened", "a": "not sent: another goes first"}
    assert found.next_at == NOON + HOUR


def test_a_quiet_source_sends_none():
    settings = PushSettings(quiet_sources=("Loud",))
    loud, other = candidate("a", 0.9), candidate("b", 0.2)
    found = look([replace(loud, article=replace(loud.article, source="Loud")), other], settings=settings)
    assert ids(found.send) == ["b"] and found.verdicts["a"] == "not sent: its source sends you none"


def test_below_the_threshold_nothing_is_sent_and_nobody_needs_to_look_again():
    found = look([candidate("a", 0.0996)])
    assert not found.send
    assert found.verdicts["a"] == "not sent: 9.96 % likely to be opened, less than 10 %"
    assert found.next_at is None


def test_in_quiet_hours_all_waits_for_their_end():
    found = look([candidate("a")], now=NOON + 11 * HOUR, last_run=NOON + 10 * HOUR)
    assert not found.send
    assert found.verdicts["a"] == "not sent: quiet hours until 07:00"
    assert found.next_at == datetime(2026, 11, 25, 7, tzinfo=UTC)
    assert found.settled


def test_the_gap_is_kept_and_its_end_is_named():
    found = look([candidate("a")], [push("old", 0.5)])
    assert found.verdicts["a"] == "not sent: 60 minutes between notifications, none until 12:30"
    assert found.next_at == NOON + HOUR / 2
    assert ids(look([candidate("a")], [push("old", 1)]).send) == ["a"]


def test_a_gap_that_ends_in_quiet_hours_is_looked_at_after_them():
    evening = datetime(2026, 11, 24, 21, 30, tzinfo=UTC)
    sent = [SentPush("old", "old", 0.5, evening - HOUR / 4)]
    found = look([candidate("a")], sent, now=evening, last_run=evening - HOUR)
    assert found.next_at == datetime(2026, 11, 25, 7, tzinfo=UTC)


def test_the_cap_holds_over_24_hours_and_over_the_local_day():
    # The fifth last went at 12:30 yesterday: another may go 24 hours later
    sent = [push(f"old{hours}", hours) for hours in (23.5, 22, 21, 3, 2)]
    found = look([candidate("a")], sent)
    assert found.verdicts["a"] == "not sent: 5 notifications a day at most, none until 12:30"
    assert found.next_at == NOON + HOUR / 2
    assert look([candidate("a")], sent[1:]).send


def test_the_cap_holds_over_a_local_day_of_25_hours():
    # Berlin, 2027-10-31: sent at 00:10 summer time; 24 hours and 10 minutes later it is 23:20 of the same day
    berlin = ZoneInfo("Europe/Berlin")
    sent = [SentPush("old", "old", 0.5, datetime(2027, 10, 30, 22, 10, tzinfo=UTC))]
    now = datetime(2027, 10, 31, 22, 20, tzinfo=UTC)
    settings = replace(DAYTIME, daily_cap=1, quiet_hours=(time(7), time(7)))
    fresh = PushCandidate(Article("a", "Title"), "a", 0.5, now)
    found = look([fresh], sent, now=now, zone=berlin, last_run=now - HOUR, settings=settings)
    assert found.verdicts["a"] == "not sent: 1 notifications a day at most, none until 00:00"
    assert found.next_at == datetime(2027, 10, 31, 23, 0, tzinfo=UTC)


def test_what_was_read_hidden_old_or_sent_is_never_sent():
    found = look(
        [
            candidate("read", is_read=True),
            candidate("hidden", hidden="you muted the source Blaster"),
            candidate("old", age_h=24.1),
            candidate("sent before"),
        ],
        [push("sent before", 30)],
    )
    assert not found.send
    assert found.verdicts == {
        "read": "not sent: you have read it",
        "hidden": "not sent: hidden: you muted the source Blaster",
        "old": "not sent: older than 24 hours",
        "sent before": "not sent: its story was sent 2026-11-23 06:00",
    }


def test_of_a_story_the_likeliest_article_alone_is_sent_and_none_after_it():
    pair = [candidate("a", 0.5, story="s"), candidate("b", 0.6, story="s")]
    found = look(pair)
    assert ids(found.send) == ["b"]
    assert found.verdicts["a"] == "not sent: same story as “Title of b”"
    later = look(pair, found.records, now=NOON + 2 * HOUR, last_run=NOON)
    assert not later.send
    assert later.verdicts["a"] == "not sent: same story as “Title of b”, sent 2026-11-24 12:00"


def test_a_story_whose_name_changed_is_known_by_its_articles():
    # "a" was sent as story "s"; now the story is called "t" and "b" has joined it
    found = look([candidate("a", story="t"), candidate("b", story="t")], [push("a", 5, story="s")])
    assert not found.send


def test_a_story_that_was_read_elsewhere_is_not_sent():
    found = look([candidate("a", story="s", is_read=True), candidate("b", story="s")])
    assert found.verdicts["b"] == "not sent: you have read another article of its story"


def test_a_muted_source_does_not_silence_another_article_of_the_story():
    assert ids(look([candidate("a", 0.9, story="s", hidden="muted"), candidate("b", story="s")]).send) == ["b"]


def test_an_article_that_is_given_twice_is_sent_once_and_its_verdict_is_yes():
    found = look([candidate("a", 0.4), candidate("a", 0.5)], settings=replace(DAYTIME, at_once=5))
    assert ids(found.send) == ["a"]
    assert found.verdicts == {"a": "sent: 50 % likely to be opened"}


def test_an_article_from_the_future_counts_as_new():
    assert look([candidate("a", age_h=-5000)]).send


def test_several_at_once_count_one_by_one_for_the_cap():
    settings = replace(DAYTIME, at_once=3, daily_cap=4)
    first = look([candidate(f"a{n}") for n in range(5)], settings=settings)
    second = look([candidate(f"b{n}") for n in range(5)], first.records, now=NOON + HOUR, settings=settings)
    assert len(first.send) == 3
    assert len(second.send) == 1


def test_a_cap_of_0_switches_notifications_off():
    found = look([candidate("a")], settings=replace(DAYTIME, daily_cap=0))
    assert found.verdicts["a"] == "not sent: notifications are switched off"
    assert found.next_at is None


def test_a_digest_goes_at_its_time_with_the_likeliest_stories_and_counts_as_one():
    settings = replace(DAYTIME, digest_times=(time(12),), digest_size=3, threshold=0.9, daily_cap=2)
    found = look([candidate(f"a{n}", n / 10) for n in range(6)], settings=settings)
    assert ids(found.digest) == ["a5", "a4", "a3"]
    assert found.verdicts["a4"] == "in the digest: 40 % likely to be opened"
    assert found.next_at == NOON + timedelta(days=1)
    after = look([candidate("b", 0.95)], found.records, now=NOON + HOUR, last_run=NOON, settings=settings)
    assert ids(after.send) == ["b"]  # the second notification of the day, not the fourth
    again = look([candidate("b", 0.5)], now=NOON + HOUR, last_run=NOON, settings=settings)
    assert not again.digest


def test_a_digest_that_the_gap_holds_up_goes_later():
    settings = replace(DAYTIME, digest_times=(time(12),))
    held = look([candidate("a")], [push("old", 0.5)], settings=settings)
    assert not held.settled
    assert held.next_at == NOON + HOUR / 2
    found = look([candidate("a")], [push("old", 0.5)], now=NOON + HOUR / 2, settings=settings)
    assert ids(found.digest) == ["a"]


def test_a_digest_that_waits_leaves_log_and_last_run_as_they_were_though_the_clock_was_set():
    # By the clock two hours after the last run, truly one: the push of half an hour before it is 90 minutes old.
    settings = replace(DAYTIME, digest_times=(time(12),), min_gap_minutes=120)
    given = {"sent": [push("old", 2.5)], "last_run": NOON - 2 * HOUR, "settings": settings}
    held = look([candidate("a")], **given, elapsed_s=3600.0)
    assert not held.settled
    assert held.clock_jump_s == 0  # or it would be added again next time
    assert held.next_at == NOON + HOUR / 2
    found = look([candidate("a")], **given, now=NOON + HOUR / 2, elapsed_s=5400.0)
    assert found.digest and found.settled
    assert found.clock_jump_s == 3600


def test_a_digest_that_is_hours_late_is_dropped():
    settings = replace(DAYTIME, digest_times=(time(6),), threshold=1.0)
    assert look([candidate("a")], last_run=NOON - 10 * HOUR, settings=settings, now=NOON - HOUR / 60).digest
    assert not look([candidate("a")], last_run=NOON - 10 * HOUR, settings=settings).digest


def test_all_that_was_missed_while_offline_is_one_digest():
    missed = [candidate(f"a{n:02}", 0.2 + n / 100) for n in range(20)]
    found = look([*missed, candidate("unlikely", 0.01)], last_run=NOON - 72 * HOUR)
    assert ids(found.digest) == ["a19", "a18", "a17", "a16", "a15"]
    assert not found.send
    assert len(found.records) == 20
    assert found.verdicts["a00"] == "in the digest: 20 % likely to be opened"
    assert found.verdicts["unlikely"] == "not sent: 1 % likely to be opened, less than 10 %"
    after = look(missed, found.records, now=NOON + 2 * HOUR, last_run=NOON)
    assert not after.send and not after.digest


def test_a_backlog_found_in_quiet_hours_is_still_one_digest_after_them():
    night, morning = datetime(2026, 11, 25, 3, tzinfo=UTC), datetime(2026, 11, 25, 7, tzinfo=UTC)
    missed = [candidate(f"a{n}") for n in range(3)]
    held = look(missed, now=night, last_run=NOON - 72 * HOUR)
    assert not held.settled
    assert held.next_at == morning
    assert len(look(missed, now=morning, last_run=NOON - 72 * HOUR).digest) == 3


def test_at_the_first_run_there_is_no_backlog():
    assert ids(look([candidate("a")], last_run=None).send) == ["a"]


@pytest.mark.parametrize("year", [1970, 2100, 9999])
def test_with_a_clock_that_cannot_be_right_nothing_is_sent(year):
    found = look([candidate("a")], now=NOON.replace(year=year))
    assert not found.send and not found.settled and found.clock_jump_s == 0
    assert found.verdicts["a"] == f"not sent: the clock says {year}-11-24, which cannot be; set it"


def test_a_clock_set_back_neither_forgets_what_was_sent_nor_blocks_until_it_catches_up():
    # Five pushes in the last hours, then the clock is set back by three days while an hour goes by.
    sent = [push(f"old{hours}", hours) for hours in (6, 5, 4, 3, 2)]
    now = NOON - 72 * HOUR
    found = look([candidate("a", age_h=80)], sent, now=now, last_run=NOON - HOUR, elapsed_s=3600.0)
    # by the clock -71 hours, truly 1 hour: the log moves by -72 hours
    assert found.clock_jump_s == -72 * 3600
    assert "5 notifications a day" in found.verdicts["a"]
    # The oldest of the five was sent 6 hours ago, so another may go in 18 hours: at 06:00, or after quiet hours
    moved = [replace(one, at=one.at + timedelta(seconds=found.clock_jump_s)) for one in sent]
    later = look([candidate("b", age_h=60)], moved, now=now + 19 * HOUR, last_run=now, elapsed_s=19 * 3600.0)
    assert later.clock_jump_s == 0
    assert ids(later.digest) == ["b"]  # 19 hours away


def test_a_clock_set_forward_earns_no_new_cap():
    sent = [push(f"old{hours}", hours) for hours in (6, 5, 4, 3, 2)]
    found = look([candidate("a")], sent, now=NOON + 72 * HOUR, last_run=NOON, elapsed_s=600.0)
    assert found.clock_jump_s == 72 * 3600 - 600
    assert "older than" in found.verdicts["a"]
    found = look([candidate("a", age_h=-72)], sent, now=NOON + 72 * HOUR, last_run=NOON, elapsed_s=600.0)
    assert "5 notifications a day" in found.verdicts["a"]


def test_pushes_from_the_future_without_a_last_run_count_as_sent_just_now():
    found = look([candidate("a")], [push("old", -5000)], last_run=None)
    assert "60 minutes between" in found.verdicts["a"]
    assert found.clock_jump_s == -5000 * 3600


def test_several_future_pushes_count_for_the_cap_though_all_are_just_now():
    sent = [push(f"old{hours}", -hours) for hours in (1, 2, 3, 4, 5)]
    assert "5 notifications a day" in look([candidate("a")], sent).verdicts["a"]


def test_after_more_than_a_week_and_a_restart_ages_grow_from_then_on():
    sent = [SentPush("old", "old", 0.5, NOON - 240 * HOUR)]
    last_run = NOON - 240 * HOUR + HOUR / 2
    first = look([candidate("a")], sent, last_run=last_run)  # half an hour is sure
    assert first.settled and not first.digest
    moved = [replace(one, at=one.at + timedelta(seconds=first.clock_jump_s)) for one in sent]
    assert look([candidate("a")], moved, now=NOON + HOUR / 2, last_run=NOON).send


@pytest.mark.parametrize(
    "change",
    [
        {"threshold": 1.1},
        {"threshold": float("nan")},
        {"daily_cap": -1},
        {"min_gap_minutes": 0},
        {"digest_size": 0},
        {"at_once": 0},
        {"backlog_after_h": 0},
        {"max_age_h": float("nan")},
        {"digest_times": (time(8, tzinfo=UTC),)},
    ],
)
def test_settings_out_of_range_are_refused(change):
    with pytest.raises(ValueError, match="give"):
        replace(DAYTIME, **change)


@pytest.mark.parametrize(
    "change", [{"now": NOON.replace(tzinfo=None)}, {"elapsed_s": -1.0}, {"elapsed_s": float("nan")}]
)
def test_times_that_mean_nothing_are_refused(change):
    with pytest.raises(ValueError, match="give"):
        look([candidate("a")], **change)


@pytest.mark.parametrize("probability", [-0.1, 1.1, float("nan")])
def test_a_candidate_needs_a_probability(probability):
    with pytest.raises(ValueError, match="give a probability"):
        candidate("a", probability)


def test_a_notification_has_the_title_and_the_reason():
    found = look([replace(candidate("a"), reason="New")])
    assert notifications(found) == (Notification("Title of a", "New", "a"),)


def test_a_digest_is_one_notification_that_opens_the_feed():
    found = look([candidate("a", 0.3), candidate("b", 0.2)], last_run=NOON - 72 * HOUR)
    title = "2 worth reading of 2 since yesterday"
    assert notifications(found) == (Notification(title, "Title of a; Title of b", ""),)


def test_a_digest_is_shorter_where_less_is_worth_reading_and_does_not_go_where_nothing_is():
    dull = [replace(candidate(name, 0.3), is_worth_reading=False) for name in "abc"]
    settings = replace(DAYTIME, digest_times=(time(12),), threshold=1.0)
    found = look([*dull, candidate("d", 0.2), candidate("e", 0.1)], settings=settings)
    assert ids(found.digest) == ["d", "e"] and found.digest_title == "2 worth reading of 5 since yesterday"
    assert not look(dull, settings=settings).digest
    # The same of what was missed.
    found = look([*dull, candidate("d", 0.2)], last_run=NOON - 72 * HOUR)
    assert ids(found.digest) == ["d"]


def test_a_digest_of_one_story_is_that_story():
    found = look([replace(candidate("a"), reason="New")], last_run=NOON - 72 * HOUR)
    assert notifications(found) == (Notification("Title of a", "New", "a"),)


def test_a_hostile_title_stays_one_short_line():
    one = candidate("a")
    hostile = replace(one, article=replace(one.article, title="Line\nbreak\x07 and \u202e turned " + "x" * 500))
    (found,) = notifications(look([hostile]))
    assert found.title.startswith("Line break and turned x")
    assert len(found.title) == 120


def test_an_article_without_text_has_a_title_all_the_same():
    one = candidate("a")
    (found,) = notifications(look([replace(one, article=replace(one.article, title=""))]))
    assert found.title == "A new story"
