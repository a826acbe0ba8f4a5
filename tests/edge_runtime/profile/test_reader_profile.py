"""What was learned keeps in step with the profile: no change is missed, and hardly one makes all be learned again."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pytest import approx

from edge_runtime import (
    Article,
    Reader,
    RuleEffect,
    RuleKind,
    Signal,
    StorageError,
    UnknownArticleError,
    UnknownEntryError,
    demo_articles,
)
from edge_runtime.personal.reader_model import ReaderModel

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
NUM_ARTICLES = 60  # cached to begin with; the rest of the samples comes later
TOPICS = "politics", "food", "travel"
# Sums of many small products, whose order may differ; every other part is the same to the last bit.
SUMS = {"learned", "exploration", "interest", "session", "average", "prior"}


@pytest.fixture(scope="module")
def stocked_dir(tmp_path_factory):
    """A data directory with articles and nothing read."""
    path = tmp_path_factory.mktemp("stocked") / "data"
    now = NOW
    with Reader.open(path) as reader:
        reader.add(demo_articles(now)[:NUM_ARTICLES], now)
    return path


@pytest.fixture
def stocked(stocked_dir, tmp_path):
    with Reader.open(shutil.copytree(stocked_dir, tmp_path / "data")) as reader:
        yield reader


@pytest.fixture
def replays(monkeypatch):
    """Every event that a model learns from now on."""
    learned = []
    record = ReaderModel.record
    monkeypatch.setattr(
        ReaderModel, "record", lambda self, event, *given: (learned.append(event), record(self, event, *given))
    )
    return learned


def refuse(*_: object) -> None:
    """Stands for a part of the storage that fails."""
    raise StorageError("no space")


def assert_same_feed(reader: Reader, other: Reader, now) -> None:
    """Two readers rank alike, part by part, and leave out the same."""
    assert reader.hidden(now) == other.hidden(now)
    assert reader.saved() == other.saved() and reader.profile() == other.profile()
    for mine, theirs in zip(reader.feed(now), other.feed(now), strict=True):
        assert mine.article == theirs.article
        assert {name: value for name, value in mine.parts.items() if name not in SUMS} == {
            name: value for name, value in theirs.parts.items() if name not in SUMS
        }
        assert mine.parts == approx(theirs.parts, abs=1e-5)
        assert (mine.reason, mine.is_read) == (theirs.reason, theirs.is_read)


PLACES = st.integers(0, 9)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.sampled_from(Signal), PLACES),
        st.tuples(st.sampled_from(["wait", "show", "search", "pick", "undo", "forget event", "unjudge"]), PLACES),
        st.tuples(st.just("rule"), st.sampled_from(RuleEffect), st.sampled_from(TOPICS)),
        st.tuples(st.sampled_from(["drop rule"]), st.sampled_from(TOPICS)),
        st.tuples(st.sampled_from(["forget search", "import", "erase", "add"])),
    ),
    min_size=4,
    max_size=14,
)


def do(reader: Reader, step, now):
    """One step of a reader's life; the time after it."""
    match step:
        case "wait", minutes:
            return now + timedelta(minutes=10 * minutes)
        case "record", signal, place:
            article = reader.latest()[place]
            reader.record(article.article_id, signal, now, dwell_s=20.5 if signal is Signal.DWELL else 0.0)
        case "show", place:
            reader.mark_shown(reader.feed(now)[place : place + 5], now)
        case "search", place:
            reader.search(reader.latest()[place].title.split()[0], now)
        case "pick", place:
            reader.pick_topics(TOPICS[: place % 4])
        case "rule", effect, topic:
            reader.set_rule(RuleKind.TOPIC, topic, effect, now)
        case "drop rule", topic:
            reader.drop_rule(RuleKind.TOPIC, topic)
        case "undo", _:
            reader.undo()
        case "forget event", place:
            reader.forget_event(reader.profile().events[place].number)
        case "unjudge", place:
            reader.unjudge(reader.latest()[place].article_id)
        case ("forget search",):
            reader.forget_search(reader.profile().searches[0].number)
        case ("import",):
            reader.import_profile(json.dumps(reader.export_profile()).encode())
        case ("erase",):
            reader.erase()
        case ("add",):
            reader.add(demo_articles(now)[NUM_ARTICLES : NUM_ARTICLES + 5], now)
    return now


@pytest.mark.usefixtures("slow")
def test_a_reader_that_is_kept_up_knows_what_one_that_is_opened_anew_knows(stocked_dir, tmp_path_factory, rounds):
    # A failure is found in seconds; to make it smaller would take minutes.
    phases = [Phase.explicit, Phase.reuse, Phase.generate]

    @settings(max_examples=rounds(15, 300), deadline=None, phases=phases, suppress_health_check=[HealthCheck.too_slow])
    @given(steps=STEPS, looks=st.booleans())
    def live(steps, looks):
        now = NOW
        path = shutil.copytree(stocked_dir, tmp_path_factory.mktemp("life") / "data")
        with Reader.open(path) as reader:
            for step in steps:
                try:
                    now = do(reader, step, now)
                except (IndexError, UnknownEntryError):
                    continue  # there is no such thing now
                if looks:
                    reader.feed(now, limit=1)
            with Reader.open(path) as anew:
                assert_same_feed(reader, anew, now)
        shutil.rmtree(path)

    live()


def test_rules_searches_and_picks_replay_no_event(stocked, now, replays):
    for article in stocked.latest(3):
        stocked.record(article.article_id, Signal.OPEN, now)
    stocked.feed(now)
    assert len(replays) == 3
    replays.clear()
    stocked.set_rule(RuleKind.TOPIC, "food", RuleEffect.FOLLOW, now)
    assert max(scored.parts["followed"] for scored in stocked.feed(now)) > 0
    stocked.set_rule(RuleKind.WORD, "the", RuleEffect.MUTE, now)
    stocked.feed(now)
    stocked.drop_rule(RuleKind.TOPIC, "food")
    assert max(scored.parts["followed"] for scored in stocked.feed(now)) == 0
    stocked.search("travel", now)
    stocked.feed(now)
    stocked.forget_search(stocked.profile().searches[0].number)
    stocked.pick_topics(["food"])
    stocked.feed(now)
    stocked.undo()
    assert stocked.profile().picked_topics == ()
    stocked.feed(now)
    assert replays == []


def test_an_event_is_learned_once_and_one_that_is_taken_back_makes_the_rest_be_learned_again(stocked, now, replays):
    first, second, third = stocked.latest(3)
    for article in (first, second):
        stocked.record(article.article_id, Signal.OPEN, now)
        stocked.feed(now)
    assert [event.article.article_id for event in replays] == [first.article_id, second.article_id]
    replays.clear()
    stocked.undo()
    stocked.record(third.article_id, Signal.LIKE, now)
    stocked.feed(now)
    assert [event.article.article_id for event in replays] == [first.article_id, third.article_id]


def test_what_another_reader_of_the_same_directory_changes_is_seen(tmp_path, stocked, now):
    feed = stocked.feed(now)
    with Reader.open(tmp_path / "data") as other:
        other.record(feed[0].article.article_id, Signal.OPEN, now)
        other.set_rule(RuleKind.TOPIC, "food", RuleEffect.FOLLOW, now)
        other.pick_topics(["travel"])
        other.mark_shown(feed[1:5], now)
        assert_same_feed(stocked, other, now + timedelta(hours=1))
        other.erase()
        assert_same_feed(stocked, other, now)
    assert stocked.feed(now) == feed


def test_after_an_erasing_nothing_that_was_in_memory_is_written_again(stocked, now):
    feed = stocked.feed(now)
    stocked.record(feed[0].article.article_id, Signal.OPEN, now)
    decisions = [stocked.decide_pushes(now, UTC) for _ in range(2)]
    stocked.erase()
    empty = stocked.export_profile()
    stocked.remember_list([scored.article.article_id for scored in feed])
    stocked.mark_shown(feed[1:5], now)
    for decision in decisions:
        stocked.mark_sent(decision, now)
    assert stocked.export_profile() == empty
    again = stocked.feed(now)
    stocked.mark_shown(again[:2], now)
    assert len(stocked.export_profile()["shown"]) == 2


def test_after_an_erasing_by_another_program_nothing_that_was_in_memory_is_written_again(tmp_path, stocked, now):
    feed, decision = stocked.feed(now), stocked.decide_pushes(now, UTC)
    with Reader.open(tmp_path / "data") as other:
        other.erase()
        empty = other.export_profile()
        stocked.remember_list([scored.article.article_id for scored in feed])
        stocked.mark_shown(feed[:5], now)
        stocked.mark_sent(decision, now)
        assert other.export_profile() == empty
        other.record(feed[0].article.article_id, Signal.OPEN, now)  # no erasing
    stocked.mark_shown(stocked.feed(now)[:2], now)
    other_list = stocked.feed(now)[2:4]
    stocked.record(feed[1].article.article_id, Signal.LIKE, now)
    stocked.mark_shown(other_list, now)
    assert len(stocked.export_profile()["shown"]) == 4


LISTS = {
    "feed": lambda reader, now: reader.feed(now),
    "latest": lambda reader, now: reader.latest(),
    "hidden": lambda reader, now: reader.hidden(now),
    "saved": lambda reader, now: reader.saved(),
    "search": lambda reader, now: reader.search("story", now),
}


@pytest.mark.parametrize("made", LISTS)
def test_a_list_from_before_an_erasing_is_not_remembered_and_one_from_after_it_is(tmp_path, stocked, now, made):
    stocked.remember_list(["1"])  # as of a list of an earlier run
    assert stocked.listed(1) == "1"
    stocked.erase()
    assert (
        stocked.add([Article("new", "Owls by night")], now).added == 1
    )  # what is evicted is looked up, and that is no list
    stocked.remember_list(["1"])
    with pytest.raises(UnknownArticleError):
        stocked.listed(1)
    LISTS[made](stocked, now)
    stocked.remember_list(["2"])
    assert stocked.listed(1) == "2"
    with Reader.open(tmp_path / "data") as other:
        other.erase()
        other.remember_list(["3"])
    stocked.remember_list(["2"])
    with pytest.raises(UnknownArticleError):
        stocked.listed(1)


def test_an_erasing_that_could_not_make_the_file_smaller_leaves_nothing_in_memory(stocked, now, monkeypatch):
    feed = stocked.feed(now)
    stocked.record(feed[0].article.article_id, Signal.SAVE, now)
    seen = stocked.feed(now)
    with monkeypatch.context() as full:
        full.setattr("edge_runtime.storage.profile.vacuum", refuse)
        with pytest.raises(StorageError):
            stocked.erase()
    assert stocked.saved() == [] and stocked.feed(now) == feed
    stocked.mark_shown(seen, now)
    assert stocked.export_profile()["shown"] == []


@pytest.mark.parametrize("how", ["undo", "forget_event", "import_profile"])
def test_what_is_gone_is_unlearned_though_an_old_backup_of_it_could_not_be_deleted(stocked, now, monkeypatch, how):
    empty = json.dumps(stocked.export_profile()).encode()
    stocked.record(stocked.feed(now)[0].article.article_id, Signal.SAVE, now)
    assert len(stocked.saved()) == 1
    monkeypatch.setattr("edge_runtime.storage.profile.remove_backups", refuse)
    given = {"undo": (), "forget_event": (stocked.profile().events[0].number,), "import_profile": (empty,)}
    with pytest.raises(StorageError):
        getattr(stocked, how)(*given[how])
    assert stocked.profile().events == () and stocked.saved() == []


def test_articles_that_another_program_fetches_and_evicts_come_and_go(tmp_path, stocked, now):
    gone = [one.article for one in stocked.feed(now)[:3]]
    with Reader.open(tmp_path / "data") as other:
        other._cache.remove([article.article_id for article in gone])
        ids = {article.article_id for article in stocked.latest()}
        assert len(ids) == NUM_ARTICLES - 3 and ids.isdisjoint({article.article_id for article in gone})
        other.add(gone, now)
        assert len(stocked.latest()) == NUM_ARTICLES
        other.add(demo_articles(now)[NUM_ARTICLES:], now)
        stocked.erase_everything()
        assert other.latest() == []


def test_a_list_that_is_shown_twice_a_day_counts_once_as_it_is_kept(stocked, now):
    top = stocked.feed(now, limit=1)
    for at in (now, now + timedelta(hours=1)):
        stocked.mark_shown(top, at)
    later = now + timedelta(hours=3)
    passed = stocked.explain(top[0].article.article_id, later).scored.parts["passed"]
    assert passed == approx(-0.7)  # once: 0.7 * log2(1 + 1)


def test_a_reader_that_writes_nothing_down_learns_nothing(stocked, now):
    before = stocked.feed(now)
    stocked.private = True
    stocked.search("travel", now)
    stocked.record(before[0].article.article_id, Signal.OPEN, now)
    assert stocked.feed(now) == before


@pytest.mark.parametrize("judged", [[Signal.LIKE], [Signal.DISLIKE, Signal.LIKE], [Signal.LIKE, Signal.DISLIKE]])
def test_a_judgement_that_is_taken_back_was_never_given(stocked_dir, tmp_path, judged):
    with (
        Reader.open(shutil.copytree(stocked_dir, tmp_path / "one")) as reader,
        Reader.open(shutil.copytree(stocked_dir, tmp_path / "other")) as never,
    ):
        names = [article.article_id for article in reader.latest(6)]
        for one in (reader, never):
            one.mark_shown(one.feed(NOW)[:10], NOW)
            one.record(names[0], Signal.LIKE, NOW)
            one.record(names[1], Signal.OPEN, NOW)
        before = reader.feed(NOW)
        for signal in judged:
            reader.record(names[2], signal, NOW)
        assert reader.feed(NOW) != before
        reader.unjudge(names[2])
        assert reader.export_profile() == never.export_profile()
        assert_same_feed(reader, never, NOW)
        assert reader.marks(names) == never.marks(names)
        for one in (reader, never):
            one.record(names[3], Signal.DISLIKE, NOW)
        assert [one.score for one in reader.feed(NOW)] == approx([one.score for one in never.feed(NOW)], abs=1e-5)


def test_a_second_like_changes_nothing_and_teaches_nothing_again(stocked, replays):
    (article,) = stocked.latest(1)
    stocked.record(article.article_id, Signal.LIKE, NOW)
    before, learned = stocked.feed(NOW), len(replays)
    stocked.record(article.article_id, Signal.LIKE, NOW + timedelta(hours=1))
    assert stocked.feed(NOW) == before
    assert (len(stocked.profile().events), len(replays)) == (1, learned)
