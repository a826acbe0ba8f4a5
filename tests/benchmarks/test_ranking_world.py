"""The world that feeds are judged in: its press, its readers, and chance that no policy can change."""

import copy

import numpy as np
import pytest
from pytest import approx

from benchmarks.ranking.knowledge import KNOWLEDGE, ORACLE, Knows
from benchmarks.ranking.policies import POLICIES, BraveLike, DecayedMean, TimeOrder
from benchmarks.ranking.press import LAST_COPY_S, SOURCE_NAMES, open_press, reworded
from benchmarks.ranking.world import REPEAT_LOSS, K, Life, Session, World, WorldSettings
from edge_runtime.model.tokens import split_words
from trainer.data.corpus import load_corpus
from trainer.data.newsroom import DAY_S, WINDOW_S, open_newsroom

SETTINGS = WorldSettings(readers=15, days=4, seed=3)
HOUR_S = 3600


@pytest.fixture(scope="module")
def articles():
    return load_corpus()[:600]


@pytest.fixture(scope="module")
def world(articles):
    return World(SETTINGS, articles)


def live(world, policy):
    """All sessions: what was offered, shown and done."""
    life, done = Life(world), []
    for number, reader in enumerate(world.readers.tolist()):
        session = life.session(number)
        feedback = life.read(session, policy.rank(reader, session))
        policy.observe(reader, session, feedback)
        done.append((reader, session, feedback))
    return done


def unit_vectors(world):
    vectors = np.random.default_rng(0).normal(size=(len(world.articles), 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def policy_of(name, world):
    """A policy of the study; the decayed mean without a bundle."""
    if name == "decayed mean":
        return DecayedMean(world, 0, unit_vectors(world))
    return {**POLICIES, **KNOWLEDGE}[name](world, 0)


def test_the_same_settings_give_the_same_world(articles, world):
    again = World(SETTINGS, articles)
    assert again.articles == world.articles and again.welcomes == world.welcomes
    assert np.array_equal(again.times_s, world.times_s)
    pairs = zip(live(world, TimeOrder(world, 0)), live(again, TimeOrder(again, 0)), strict=True)
    assert all(np.array_equal(one.dwell_s, other.dwell_s) for (_, _, one), (_, _, other) in pairs)


def test_a_copy_comes_from_another_source_within_hours_in_other_words(world):
    press, articles = world.press, world.articles
    assert (np.diff(press.newsroom.published_s) >= 0).all()
    copied = 0
    for story in np.unique(press.stories):
        first, *copies = np.flatnonzero(press.stories == story)
        for row in copies:
            copied += 1
            assert press.newsroom.quality[row] == press.newsroom.quality[first]
            assert 0 < world.published_s[row] - world.published_s[first] <= LAST_COPY_S
            assert articles[row].title != articles[first].title and articles[row].source != articles[first].source
            assert articles[row].abstract == articles[first].abstract
            assert len({articles[row].url, articles[first].url}) == 2
    # 15 % of 600 articles, 2 copies on average: 180; the standard deviation is about 19.
    assert 120 < copied < 240
    assert len({article.article_id for article in articles}) == len(articles)


def test_a_reworded_title_keeps_nearly_all_words():
    rng, title = np.random.default_rng(0), "Five quiet ways to leave a party"
    for _ in range(50):
        changed = reworded(title, "Harbor Post", rng)
        assert changed != title
        assert len(set(split_words(title)) - set(split_words(changed))) <= 1


def test_sources_are_of_unlike_size_and_lean_to_topics(articles):
    newsroom = open_newsroom(articles, 4, 20, np.random.default_rng(0))
    press = open_press(newsroom, np.random.default_rng(1))
    assert press.source_shares.sum() == approx(1)
    assert press.source_shares[0] > 5 * press.source_shares[-1]
    counts = np.zeros((len(press.newsroom.topic_shares), len(SOURCE_NAMES)))
    np.add.at(counts, (press.newsroom.topics, press.sources), 1)
    largest = counts.argmax(axis=1)[np.argsort(-counts.sum(axis=1))[:8]]
    assert len(set(largest)) > 1


def test_candidates_are_of_the_last_two_days_and_not_opened_yet(world):
    opened = {reader: set() for reader in range(SETTINGS.readers)}
    for reader, session, feedback in live(world, TimeOrder(world, 0)):
        ages_s = session.time_s - world.published_s[session.candidates]
        assert (ages_s > 0).all() and (ages_s <= WINDOW_S).all()
        assert opened[reader].isdisjoint(session.candidates.tolist())
        assert np.array_equal(feedback.shown, np.sort(session.candidates)[::-1][:K])
        opened[reader] |= set(feedback.shown[feedback.clicked].tolist())
    assert sum(map(len, opened.values())) > 10


def test_the_parts_add_up_to_the_preference_and_it_is_that_of_the_drifted_readers(world):
    session = Life(world).session(len(world.times_s) - 1)
    reader, rows = int(world.readers[-1]), session.candidates
    parts = world.preference_parts(reader, session.time_s, rows)
    assert np.sum(list(parts.values()), axis=0) == approx(world.preference(reader, session.time_s, rows))
    first, last = (morning.topic_tastes[reader] for morning in (world.mornings[0], world.mornings[-1]))
    assert not np.allclose(first, last) and session.time_s // DAY_S == SETTINGS.days - 1


def test_chance_is_the_same_whatever_was_shown_before(world):
    """One list for all readers in the last session of each: what was opened before does not matter."""
    lives = [Life(world), Life(world)]
    policies = [TimeOrder(world, 0), policy_of("truth: quality, age", world)]
    last_of = {reader: number for number, reader in enumerate(world.readers.tolist())}
    compared = 0
    for number, reader in enumerate(world.readers.tolist()):
        sessions = [life.session(number) for life in lives]
        if last_of[reader] == number:
            common = np.intersect1d(sessions[0].candidates, sessions[1].candidates)
            known = np.union1d(*(np.flatnonzero(life._knows_story[reader]) for life in lives))
            fresh = common[~np.isin(world.press.stories[common], known)][-K:]
            one, other = (life.read(session, fresh) for life, session in zip(lives, sessions, strict=True))
            assert np.array_equal(one.clicked, other.clicked) and np.array_equal(one.dwell_s, other.dwell_s)
            compared += int(one.clicked.sum())
        else:
            for life, policy, session in zip(lives, policies, sessions, strict=True):
                policy.observe(reader, session, life.read(session, policy.rank(reader, session)))
    assert compared > 0


def test_a_second_copy_of_an_opened_story_is_hardly_liked(world):
    """The mean of dwelling falls with the logits: a repeat that is opened nevertheless holds the reader shorter."""
    stories, reader = world.press.stories, int(world.readers[-1])
    session = Life(world).session(len(world.times_s) - 1)
    repeated = [row for row in session.candidates if (stories[session.candidates] == stories[row]).sum() > 1]
    first = next(row for row in repeated)
    copies = session.candidates[stories[session.candidates] == stories[first]][:2]
    others = session.candidates[~np.isin(stories[session.candidates], stories[copies])][: K - 2]
    shown = np.concatenate([copies, others])
    eager, weary = (copy.copy(world) for _ in range(2))
    eager.threshold = world.preference(reader, session.time_s, copies).min() - 50  # opens all it looks at
    weary.threshold = eager.threshold + 50 - REPEAT_LOSS / 2  # likes it once, by 2 logits, and not twice
    assert Life(eager).read(session, shown).clicked[0]  # the first place is always looked at
    assert Life(eager).read(session, shown).clicked.sum() > 4
    opened_twice = 0
    for number in range(200):  # other dice
        weary.settings = WorldSettings(readers=15, days=4, seed=number)
        clicked = Life(weary).read(session, shown).clicked
        opened_twice += int(clicked[0] and clicked[1])
    # 0.88 * 0.78 * 0.12 = 0.08 of 200 is 17 if the two are liked alike; 0.88 * 0.78 * 0.88 = 121 without the loss.
    assert opened_twice < 60


def test_a_list_that_breaks_the_rules_is_refused(world):
    life = Life(world)
    session = life.session(0)
    first = session.candidates[:K]
    for wrong in (first[:-1], np.append(first[:-1], first[0]), np.append(first[:-1], len(world.articles) - 1)):
        with pytest.raises(ValueError, match=r"session 0: .* 10 different candidates"):
            life.read(session, wrong)


def test_new_sources_are_those_neither_known_nor_opened(world):
    life, reader = Life(world), int(world.readers[0])
    session = life.session(0)
    shown = session.candidates[-K:]
    before = life.new_sources(session, shown)
    assert np.array_equal(before, ~world.knows_source[reader, world.sources[shown]])
    clicked = life.read(session, shown).clicked
    assert not life.new_sources(session, shown)[clicked].any()


@pytest.mark.parametrize("name", [*POLICIES, *KNOWLEDGE])
def test_every_policy_gives_ten_different_candidates(world, name):
    for _, _, feedback in live(world, policy_of(name, world)):
        assert len(set(feedback.shown.tolist())) == K
        assert not (feedback.liked & ~feedback.clicked).any() and not (feedback.disliked & feedback.clicked).any()
        assert ((feedback.dwell_s > 0) == feedback.clicked).all()


def test_who_knows_the_truth_gets_the_clicks(world):
    clicks = {
        name: sum(feedback.clicked.sum() for _, _, feedback in live(world, policy_of(name, world)))
        for name in ("time order", "truth: topics", ORACLE)
    }
    assert clicks["time order"] < clicks["truth: topics"] < clicks[ORACLE]


def test_the_oracle_takes_one_copy_of_a_story(world):
    oracle, session = Knows(world, 0), Life(world).session(len(world.times_s) - 1)
    reader, rows = int(world.readers[-1]), session.candidates
    likes = world.preference(reader, session.time_s, rows)
    stories = world.press.stories[rows]
    again = [place for place, story in enumerate(stories) if likes[place] < likes[stories == story].max()]
    likes[again] -= REPEAT_LOSS
    assert set(oracle.rank(reader, session)) == set(rows[np.argsort(-likes)[:K]])


def test_brave_weighs_source_and_age(world):
    policy = BraveLike(world, 0)
    reader = 0
    follows, topics = world.welcomes[reader].sources, world.welcomes[reader].topics
    session = Session(0, int(world.published_s[300]) + 18 * HOUR_S, np.array([300]))
    row = world.articles[300]
    base = 0.2 + 1.0 * (row.source in follows) + 0.2 * (row.category in topics)
    weight, recency, _ = policy.weights(reader, session)
    assert recency == approx(0.5) and weight == approx(0.5 * base)
    policy._visits[reader, world.sources[300]] = 3  # of 3 visits and one that Brave adds: 3 / 4
    assert policy.weights(reader, session)[0] == approx(0.5 * (base + 0.8 * 3 / 4))
    soon = Session(0, int(world.published_s[300]) + 4 * HOUR_S, np.array([300]))
    assert policy.weights(reader, soon)[1] == approx(2 * 0.5 ** (4 / 18))


def test_a_click_counts_half_a_week_later(world):
    vectors = np.zeros((len(world.articles), 2), np.float32)
    vectors[:, 0], vectors[1] = 1, (0, 1)
    policy = DecayedMean(world, 0, vectors)
    feedback = Life(world).read(Life(world).session(0), Life(world).session(0).candidates[:K])
    for day, row in ((0, 0), (7, 1)):
        one = copy.copy(feedback)
        object.__setattr__(one, "shown", np.array([row]))
        object.__setattr__(one, "clicked", np.array([True]))
        policy.observe(0, Session(0, day * DAY_S, np.array([row])), one)
    assert policy._sums[0] == approx([0.5, 1])
