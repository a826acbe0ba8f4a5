"""Our engine in the simulated world."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.ranking.engine_policy import ENGINES, Engine, audience_rates
from benchmarks.ranking.policies import TimeOrder
from benchmarks.ranking.world import K, Life, World, WorldSettings
from trainer.data.corpus import load_corpus


@pytest.fixture(scope="module")
def world():
    return World(WorldSettings(readers=12, days=6, seed=3), load_corpus()[:900])


def live(world: World, policy) -> tuple[float, list[np.ndarray]]:
    """Clicks, and the lists that were shown."""
    life, clicks, lists = Life(world), 0.0, []
    for number, reader in enumerate(world.readers.tolist()):
        session = life.session(number)
        shown = policy.rank(reader, session)
        feedback = life.read(session, shown)
        policy.observe(reader, session, feedback)
        clicks += feedback.clicked.sum()
        lists.append(shown)
    return clicks, lists


def test_the_engine_gets_more_clicks_than_time_order_and_shows_no_story_twice(world):
    clicks, lists = live(world, Engine(world, 0))
    assert clicks > live(world, TimeOrder(world, 0))[0]
    stories = [world.press.stories[shown] for shown in lists]
    assert all(len(shown) == K for shown in lists)
    assert sum(len(told) - len(set(told.tolist())) for told in stories) < 0.05 * len(lists)


def test_the_same_seed_gives_the_same_lists(world):
    _, lists = live(world, Engine(world, 5))
    _, again = live(world, Engine(world, 5))
    assert all(np.array_equal(one, other) for one, other in zip(lists, again, strict=True))


def test_every_part_can_be_switched_off(world):
    session = Life(world).session(0)
    for name, factory in ENGINES.items():
        assert len(factory(world, 0).rank(0, session)) == K, name


def test_an_audience_opens_what_is_of_quality_more_often(world):
    rates, quality = audience_rates(world, 0), world.press.newsroom.quality
    good, poor = quality > np.quantile(quality, 0.8), quality < np.quantile(quality, 0.2)
    assert rates[good].mean() > rates[poor].mean()
