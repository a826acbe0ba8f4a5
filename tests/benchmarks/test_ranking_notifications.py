"""Notifications on simulated readers: one look at each article, one mind under all policies, shares of the sends."""

from datetime import time
from types import SimpleNamespace

import numpy as np
import pytest
from pytest import approx

from benchmarks.ranking.notifications import run_study
from benchmarks.ranking.notified_figures import at_share, figures, ratio
from benchmarks.ranking.notified_life import HOUR_S, NEVER_S, Lived, Minds, NotifyingEngine, Offers, chance, load
from benchmarks.ranking.notified_page import TABLES, fill_page
from benchmarks.ranking.notified_policies import NO_LIMITS, Device, first_openings, send_above
from benchmarks.ranking.world import Life, WorldSettings
from edge_runtime.notify.keeping import UNTOLD
from edge_runtime.notify.types import PushSettings
from trainer.data.corpus import load_corpus
from trainer.data.newsroom import DAY_S
from trainer.errors import ConfigError

SETTINGS = WorldSettings(readers=4, days=6, seed=3)


@pytest.fixture(scope="module")
def articles():
    return load_corpus()[:500]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    return tmp_path_factory.mktemp("notifications")


@pytest.fixture(scope="module")
def study(articles, out):
    return run_study(out, SETTINGS, articles, lambda line: None)


def offers_of(*looks_s):
    return SimpleNamespace(rows=np.arange(len(looks_s)), times_s=np.array(looks_s))


def lived_of(stories, read_s):
    empty = np.zeros(0)
    return Lived(empty, np.array(stories), np.array(read_s, np.int32), *[empty] * 4, empty, empty, empty)


def sent_by_decide(study, reader, settings):
    """Places of what goes, and when, in seconds."""
    lived, offers = study.notified, study.offers
    device, sent = Device(study.world, offers, UNTOLD, settings), []
    story_of = dict(zip(offers.rows.tolist(), map(str, lived.stories), strict=True))
    for look_s in np.unique(offers.times_s).tolist():
        at, ages_s = offers.at(look_s), look_s - lived.read_s[reader]
        read = {row: story_of[row] for row in np.flatnonzero((ages_s >= 0) & (ages_s < 2 * DAY_S)) if row in story_of}
        names, probabilities = (
            [str(story) for story in lived.stories[at]],
            lived.probabilities[reader, at].astype(float),
        )
        sent += [(place, look_s) for place in device.choose(look_s, at, probabilities, names, read).tolist()]
    return np.array(sent).T


def test_an_article_is_looked_at_at_the_next_full_hour_and_the_nights_articles_at_seven():
    hours = [8.0, 8.5, 21.5, 23.9, 24 + 3.0, 24 + 20.99, 24 + 21.5]
    world = SimpleNamespace(
        published_s=(np.array(hours) * HOUR_S).astype(int), settings=SimpleNamespace(days=2), articles=hours
    )
    offers = Offers(world)
    # 8:00 itself is over when the article is there; the last one would be looked at on the third day.
    assert (offers.times_s / HOUR_S).tolist() == [9, 9, 31, 31, 31, 45]
    assert offers.rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert offers.at(31 * HOUR_S) == slice(2, 5)


def test_a_story_that_was_opened_before_loses_four_logits():
    assert chance(np.array([0.0, 4.0]), np.array([False, True])) == approx([0.5, 0.5])


def test_minds_are_the_worlds_and_no_policys(study):
    one, other = Minds(study.world, study.offers), Minds(study.world, study.offers)
    assert np.array_equal(one.moods(2), other.moods(2)) and not np.array_equal(one.moods(2), one.moods(1))
    place = 40
    row, at_s = study.offers.rows[place], int(study.offers.times_s[place])
    likes = study.world.preference(1, at_s, np.array([row]))[0] - study.world.threshold
    assert one.liking(1)[place] == approx(likes)


def test_a_part_of_the_cache_scores_new_articles_as_the_whole_does(study):
    world, offers, life = study.world, study.offers, Life(study.world)
    engine = NotifyingEngine(world, offers)
    for number, reader in enumerate(world.readers[:8].tolist()):
        session = life.session(number)
        engine.observe(reader, session, life.read(session, engine.rank(reader, session)))
    look_s = next(int(at_s) for at_s in offers.times_s if at_s > world.times_s[8] + DAY_S)  # the session has faded
    at = offers.at(look_s)
    engine.look(look_s, offers.rows[at])
    scores, _ = engine.judge(0)
    first = len(world.articles)
    names = [world.articles[row].article_id for row in offers.rows[at]]
    places = [engine._cached.article_ids.index(name) for name in names]
    engine._some, engine._new = engine._cached, np.arange(first)
    assert len(engine._cached.article_ids) > 3 * len(names)
    assert engine.judge(0)[0][places] == approx(scores, abs=1e-4)


def test_above_a_threshold_goes_what_push_decide_sends(study):
    lived, world, offers = study.notified, study.world, study.offers
    probabilities = lived.probabilities.astype(float)
    level = float(np.quantile(probabilities, 0.3))
    moods = [(Minds(world, offers).liking(reader), *Minds(world, offers).moods(reader)) for reader in range(4)]
    minds = tuple(np.array(part) for part in zip(*moods, strict=True))
    thresholds = np.broadcast_to(level, (1, *probabilities.shape))
    sent = send_above(probabilities, thresholds, lived, offers, world.press.stories, minds, with_rules=True)[0][0]
    settings = PushSettings(threshold=level, daily_cap=10_000, min_gap_minutes=1, at_once=10_000)
    for reader in range(4):
        places, when = sent_by_decide(study, reader, settings)
        assert (when == offers.times_s[places]).all() and len(places) > 50
        # Of two of a story at one look `decide` takes the likelier one; the stories are the same.
        assert sorted(lived.stories[places]) == sorted(lived.stories[np.flatnonzero(sent[reader])])


def test_the_usual_settings_keep_cap_gap_and_night(study):
    _, when = sent_by_decide(study, 0, PushSettings(threshold=0.05))
    assert len(when) > 5 and len(set(when.tolist())) == len(when)
    # The 6th comes 24 hours after the 1st at the earliest.
    assert (when[5:] - when[:-5] >= DAY_S).all()
    assert all(time(7) <= time(int(at_s) % DAY_S // HOUR_S) < time(22) for at_s in when)


def test_rules_and_repeats_in_a_world_of_four_articles():
    # Articles 0, 1 and 3 tell one story, and the engine sees that. All likings are 1 logit; dice decide.
    offers, stories = offers_of(1, 2, 3, 4), np.array([0, 0, 2, 0])
    lived = lived_of([0, 0, 1, 0], [[NEVER_S, NEVER_S, 2, NEVER_S]])  # the feed told story 2 before its look
    minds = np.ones((1, 4)), np.zeros((1, 4)), np.array([[0.9, 0.5, 0.5, 0.5]])
    # 1 / (1 + e^-1) = 0.73 for what is new, 1 / (1 + e^3) = 0.05 for what is known.
    probabilities, thresholds = np.array([[0.2, 0.4, 0.9, 0.9]]), np.array([0.1, 0.3])[:, None, None] * np.ones((1, 4))
    sent, opened, first = send_above(probabilities, thresholds, lived, offers, stories, minds, with_rules=False)
    assert sent[0, 0].tolist() == [True] * 4 and sent[1, 0].tolist() == [False, True, True, True]
    assert opened[0, 0].tolist() == [False, True, False, False] == first[0, 0].tolist()
    sent, opened, _ = send_above(probabilities, thresholds, lived, offers, stories, minds, with_rules=True)
    # The first that is likely enough takes the story; story 2 was read.
    assert sent[:, 0].tolist() == [[True, False, False, False], [False, True, False, False]]
    assert opened[:, 0].tolist() == [[False] * 4, [False, True, False, False]]


def test_a_story_is_new_once_and_not_after_the_feed_told_it():
    offers, stories = offers_of(10, 20, 30), np.array([0, 0, 2])
    opened = np.ones((2, 3), bool)
    lived = lived_of([0, 0, 1], [[NEVER_S] * 3, [NEVER_S, 15, 40]])
    # The second reader opens copy 1 in the feed at 15: after the notification of 0. Story 2 is told at 40, after 30.
    assert first_openings(opened, lived, offers, stories).tolist() == [[True, False, True]] * 2
    lived = lived_of([0, 0, 1], [[NEVER_S, 5, NEVER_S]] * 2)
    assert first_openings(opened, lived, offers, stories).tolist() == [[False, False, True]] * 2


def test_a_device_fits_and_sets_its_threshold_in_the_morning(study):
    device = Device(study.world, study.offers, UNTOLD, keep=0.5)
    scores = np.array([2.0, 0.0, 0.0])
    known = 1 / (1 + np.exp(-UNTOLD.slope * scores - UNTOLD.intercept))
    assert device.judge(7 * HOUR_S, scores, ["a", "b", "c"]) == approx(known)
    # 0.45 of 0.45 + 0.1 + 0.1 = 0.65 is more than half.
    assert device.settings.threshold == approx(known[0])
    device.learn(np.zeros(50), np.ones(50, bool))
    assert device.judge(8 * HOUR_S, scores, ["d", "e", "f"]) == approx(known)
    assert (device.judge(DAY_S + 7 * HOUR_S, scores, ["g", "h", "i"]) > known).all()
    assert NO_LIMITS.threshold == 0


def test_shares_are_of_sums_over_readers():
    share = ratio(np.array([1.0, 1.0]), np.array([2.0, 4.0]))
    # (1 + 1) / (2 + 4); twice the second: 2 / 8; twice the first: 2 / 4.
    assert (share.mean, share.low, share.high) == approx((1 / 3, 1 / 4, 1 / 2))
    sends, clicks = np.array([[2.0], [8.0]]), np.array([[3.0], [4.0]])
    # 2 of 10 sends bring 3 of 5 clicks, 8 bring 4: half of the sends lies in the middle, 7 / 10.
    assert at_share(sends, clicks, np.array([10.0]), np.array([5.0])).mean == approx(0.7)
    assert at_share(sends, clicks, np.array([10.0]), np.array([5.0]), 0.7, inverse=True).mean == approx(0.5)
    assert np.isnan(at_share(sends, clicks, np.array([10.0]), np.array([5.0]), 0.95, inverse=True).mean)


def test_what_has_lived_does_not_live_again(study, articles, out):
    lines = []
    again = run_study(out, SETTINGS, articles, lines.append)
    assert lines == [] and np.array_equal(again.notified.sent, study.notified.sent)
    assert len(list(out.glob("*.npz"))) == 3


def test_a_damaged_result_is_told(tmp_path):
    path = tmp_path / "notifications-feed-0.npz"
    path.write_bytes(b"PK")
    with pytest.raises(ConfigError, match=r"notifications-feed-0\.npz: .*delete it"):
        load(path)


def test_only_what_is_sent_is_opened_and_the_first_life_sends_nothing(study):
    assert not study.feed.sent.any() and np.isnan(study.feed.probabilities).all()
    for lived in (study.notified, study.usual):
        assert lived.sent.any() and not (lived.opened & ~lived.sent).any()
    days = np.arange(SETTINGS.days)[:, None] == study.offers.times_s // DAY_S
    assert study.usual.sent.astype(int).dot(days.T).max() <= 2 * PushSettings().daily_cap  # by the day of the look
    assert ((study.notified.probabilities > 0) & (study.notified.probabilities < 1)).all()


def test_the_page_has_its_tables_and_picture(study, tmp_path):
    found = figures(study)
    rows = {row.name: row for row in found.rows}
    everything = rows["everything as it comes"]
    assert everything.sends.mean == everything.clicks.mean == everything.stories.mean == 1
    assert rows["a random half"].sends.mean == approx(0.5, abs=0.1)
    assert rows["every story once, nothing read"].sends.mean < 1
    ours, oracle = (next(one for one in found.of_stories if one.name.startswith(name)) for name in ("ours", "oracle"))
    assert ours.at_half.mean < oracle.at_half.mean
    page = tmp_path / "push.md"
    page.write_text("".join(f"<!-- {mark} -->\nbefore\n<!-- end -->\n" for mark in TABLES))
    fill_page(page, found)
    text = page.read_text()
    assert "\nbefore\n" not in text and "4 readers, 6 days" in text and "| a random half | " in text
    assert (tmp_path / "images" / "push_clicks.png").stat().st_size > 10_000
