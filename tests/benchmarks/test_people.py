"""The study of people with tastes: its arithmetic, its people, and what counts as a false reason."""

from datetime import UTC, datetime

import numpy as np
import pytest
from pytest import approx

from benchmarks.people.figures import after_opens, figures, of_kind
from benchmarks.people.headlines import LABELS, open_world
from benchmarks.people.life import attained, live
from benchmarks.people.page import TABLES, fill_page
from benchmarks.people.people import KINDS, Audience, people_of
from benchmarks.people.rankers import BraveLike, ByScore, Logistic, newest, one_hot
from benchmarks.people.study import StudySettings, read_results, run_study
from benchmarks.people.truth import Memory, Verdict, count_false
from edge_runtime import Article
from trainer.errors import ConfigError

CATEGORIES = ("crime", "media", "politics", "politics", "politics", "sports", "women")


@pytest.fixture(scope="module")
def world():
    names = [CATEGORIES[number % len(CATEGORIES)] for number in range(700)]
    headlines = [
        Article(f"a{n}", f"{name} story number {n}", category=name, published=datetime(2018, 5, 1, tzinfo=UTC))
        for n, name in enumerate(names)
    ]
    return open_world(headlines, days=5, seed=1)


def test_the_attainable_is_what_is_liked_and_unread_at_most_a_list():
    liked = np.zeros(60, bool)
    liked[:30] = True
    unread = np.ones(60, bool)
    # 30 are liked, 20 can be shown, 5 of them are: 5 / 20
    assert attained(liked, np.array([0, 1, 2, 3, 4, 40, 41]), unread) == approx(5 / 20)
    unread[:22] = False
    # 8 are left, 2 of them are shown: 2 / 8
    assert attained(liked, np.array([25, 26, 50]), unread) == approx(2 / 8)
    # only the first 40 have arrived; liked are 22..29 of them
    assert attained(liked, np.array([22]), unread[:40]) == approx(1 / 8)
    unread[:30] = False
    assert np.isnan(attained(liked, np.array([50]), unread))


def test_the_newest_unread_come_newest_first():
    assert newest(np.array([True, True, False, True]), 2).tolist() == [3, 1]


def test_sessions_count_from_their_number_of_opens_until_the_next_one():
    found = {
        "share": np.array([[0.5, 0.4, 0.6, 0.9, 0.3]]),
        "newest": np.array([[0.1, 0.1, 0.1, 0.1, 0.1]]),
        "opens": np.array([[0.0, 3.0, 9.0, 10.0, 29.0]]),
    }
    after_3, after_10, after_30 = after_opens(found)
    assert after_3[0] == approx((0.3 + 0.5) / 2)
    assert after_10[0] == approx((0.8 + 0.2) / 2)
    assert np.isnan(after_30[0])


def test_a_reason_is_false_if_it_names_what_was_never_opened():
    memory = Memory()
    title = "Trump Says He Will Meet Kim"
    memory.take(Article("a", title, category="politics", source="Elm"), "World")
    verdicts = {
        "You often read politics": Verdict.TRUE,
        "You often read world news": Verdict.TRUE,  # so its feed called it
        "You often read this topic": Verdict.FALSE,
        "You often read Fishing": Verdict.FALSE,
        "You often open Elm": Verdict.TRUE,
        "You often open Fir": Verdict.FALSE,
        "Like “Trump Says He…”, which you read": Verdict.TRUE,
        "Like “Fishing”, which you read just now": Verdict.FALSE,
        "Words you pick: Trump, Kim": Verdict.TRUE,
        "Words you pick: Trump, fishing": Verdict.FALSE,
        "New": Verdict.SILENT,
    }
    assert {reason: memory.verdict(reason) for reason in verdicts} == verdicts
    assert count_false(memory, list(verdicts)) == 5


def test_people_are_the_same_again_and_like_what_their_names_say(world):
    for kind in KINDS[:3]:
        people = people_of(kind, 4, world, seed=3)
        assert people == people_of(kind, 4, world, seed=3) != people_of(kind, 4, world, seed=4)
        audience = Audience(people, world)
        for reader, person in enumerate(people):
            likes = {world.articles[row].category for row in np.flatnonzero(audience.liked(reader, 0))}
            assert likes == set(person.tastes) and person.dislikes not in likes
            later = {world.articles[row].category for row in np.flatnonzero(audience.liked(reader, 14))}
            assert later == set(person.later)
            assert (person.later != person.tastes) is (kind == "changing" and later != likes)


def test_chance_does_not_depend_on_the_order(world):
    audience = Audience(people_of("three", 1, world, seed=1), world)
    shown = np.arange(100)
    opens, likes = audience.read(0, 2, shown)
    back, _ = audience.read(0, 2, shown[::-1])
    assert (back[::-1] == opens).all() and not (likes & ~opens).any()
    liked = audience.liked(0, 2)[shown]
    assert opens[liked].mean() > 0.6 > 0.2 > opens[~liked].mean()


def test_categories_are_withheld_mixed_or_given(world):
    withheld, mixed, given = (world.labelled(labels) for labels in LABELS)
    assert {article.category for article in withheld} == {""}
    assert [article.category for article in given] == [article.category for article in world.articles]
    named = [article.category for article in mixed]
    assert 0.15 < named.count("") / len(named) < 0.4
    assert 0.3 < (named.count("World") + named.count("News")) / len(named) < 0.6


def test_what_has_been_learned_heads_the_list(world):
    articles = world.labelled("given")
    audience = Audience(people_of("three", 3, world, seed=1), world)
    learner = Logistic(audience, articles, one_hot(articles))
    first, learned = live(audience, articles, ByScore(audience, articles)), live(audience, articles, learner)
    assert np.nanmean(first["share"]) == approx(np.nanmean(first["newest"]))
    assert np.nanmean(learned["share"][:, 6:]) > 2 * np.nanmean(learned["newest"][:, 6:])


def test_a_study_goes_on_and_fills_its_page(tmp_path, world):
    settings = StudySettings(readers=2, others=0, days=5)
    every = {"time order": ByScore, "engine": BraveLike}  # a stand-in
    lines = []
    run_study(tmp_path, settings, (), LABELS, every, world.articles, lines.append)
    assert len(lines) == 6
    run_study(tmp_path, settings, (), LABELS, every, world.articles, lines.append)
    assert len(lines) == 6
    found = figures(tmp_path, settings, tuple(every))
    assert [row.name for row in found.of("three", "given")] == ["time order", "engine"]
    assert found.of("three", "given", "engine")[0].to_engine is None
    page = tmp_path / "people.md"
    page.write_text("".join(f"<!-- {name} -->\nold\n<!-- end -->\n" for name in TABLES))
    fill_page(page, found)
    assert "old" not in page.read_text() and "three categories" in page.read_text()
    people, measures = read_results(tmp_path, "engine", "given", settings)
    assert len(people) == 2 and of_kind(people, measures, "three")["share"].shape == (2, 15)
    assert of_kind(people, measures, "many") == {}


def test_what_is_wrong_is_told(tmp_path):
    settings = StudySettings()
    with pytest.raises(ConfigError, match=r"--only lstm: .*time order"):
        run_study(tmp_path, settings, ["lstm"], every={"time order": ByScore})
    with pytest.raises(ConfigError, match="without --only"):
        figures(tmp_path, settings, ["engine"])
    (tmp_path / "engine-given.json").write_text("{")
    with pytest.raises(ConfigError, match="delete it"):
        read_results(tmp_path, "engine", "given", settings)
