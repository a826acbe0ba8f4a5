"""The ranking study: each policy lives once, what it found is kept, compared in pairs and put on the page."""

import json
from dataclasses import replace

import numpy as np
import pytest
from pytest import approx

from benchmarks.ranking.figures import figures, share_of_way
from benchmarks.ranking.knowledge import KNOWLEDGE, ORACLE
from benchmarks.ranking.page import LOOKS, fill_page
from benchmarks.ranking.policies import TimeOrder
from benchmarks.ranking.study import directions_of, live, read_results, run_study
from benchmarks.ranking.world import K, World, WorldSettings
from trainer.data.corpus import load_corpus
from trainer.errors import ConfigError

WORLDS = [WorldSettings(readers=12, days=3, seed=seed) for seed in (5, 6)]
EVERY = {
    "time order": TimeOrder,
    "engine": KNOWLEDGE["truth: topics, age"],  # stand-ins
    "engine without age": KNOWLEDGE["truth: topics"],
    ORACLE: KNOWLEDGE[ORACLE],
}
MARKS = ("study", "policies", "knowledge", "against", "switched-off")
PAGE = "Title\n" + "\n".join(f"<!-- {mark} -->\nold\n<!-- end -->" for mark in MARKS)


@pytest.fixture(scope="module")
def articles():
    return load_corpus()[:500]


@pytest.fixture(scope="module")
def out(articles, tmp_path_factory):
    folder = tmp_path_factory.mktemp("study")
    run_study(folder, WORLDS, (), EVERY, articles, lambda line: None)
    return folder


def test_what_is_finished_is_not_done_again(out, articles):
    lines = []
    run_study(out, WORLDS, (), EVERY, articles, lines.append)
    assert lines == []
    run_study(out, [replace(WORLDS[0], seed=9)], ["time order"], EVERY, articles, lines.append)
    assert len(lines) == 1 and lines[0].startswith("time order, world 9: ")


def test_other_settings_are_done_anew(out):
    assert read_results(out, "engine", WORLDS[0]) is not None
    assert read_results(out, "engine", replace(WORLDS[0], days=4)) is None


def test_an_unknown_name_is_refused_before_anything_is_done(tmp_path):
    with pytest.raises(ConfigError, match=r"--only lstm: .*time order.*oracle"):
        run_study(tmp_path / "new", WORLDS, ["lstm", "time order"])
    assert not (tmp_path / "new").exists()


def test_a_damaged_result_is_told(tmp_path):
    (tmp_path / "engine-5.json").write_text("{")
    with pytest.raises(ConfigError, match=r"engine-5\.json: .*delete it"):
        read_results(tmp_path, "engine", WORLDS[0])


def test_measures_of_a_list_are_those_of_its_articles(articles):
    world = World(WORLDS[0], articles)
    directions = directions_of(world.articles)
    found = live(world, TimeOrder, directions)
    end = np.searchsorted(world.published_s, world.times_s[0])
    shown = np.arange(end - K, end)  # of the first session
    assert found["topics"][0] == len({world.articles[row].category for row in shown})
    stories = world.press.stories[shown]
    assert found["story_pairs"][0] == sum(a == b for n, a in enumerate(stories) for b in stories[:n])
    cosines = [directions[a] @ directions[b] for n, a in enumerate(shown) for b in shown[:n]]
    assert found["distance"][0] == approx(1 - np.mean(cosines), abs=1e-5)
    assert found["new_sources"][0] == (~world.knows_source[world.readers[0], world.sources[shown]]).mean()


def test_figures_count_each_reader_once(out):
    found = figures(out, WORLDS, tuple(EVERY))
    rows = {row.name: row for row in found.rows}
    kept = [json.loads((out / f"engine-{world.seed}.json").read_text())["sessions"] for world in WORLDS]
    by_reader = [
        np.mean([clicks for clicks, who in zip(one["clicks"], one["reader"], strict=True) if who == reader])
        for one in kept
        for reader in range(12)
    ]
    assert rows["engine"].means["clicks"].mean == approx(np.mean(by_reader))
    assert found.readers == 24 and found.sessions == sum(len(one["clicks"]) for one in kept)
    assert rows["time order"].way.mean == 0 and rows[ORACLE].way.mean == 1
    assert rows["engine"].to_engine.mean == 0 and rows["engine"].group == "engine"
    assert rows["engine without age"].group == "off"
    assert len(rows["engine"].by_day) == 3


def test_the_share_of_the_way_is_of_the_means():
    # (2 - 1 + 3 - 1) / (4 - 1 + 4 - 1) = 3 / 6
    way = share_of_way(np.array([1.0, 1.0]), np.array([2.0, 3.0]), np.array([4.0, 4.0]))
    # Drawn twice the first: 1 / 3; twice the second: 2 / 3.
    assert (way.mean, way.low, way.high) == approx((3 / 6, 1 / 3, 2 / 3))


def test_without_both_ends_there_is_no_way(tmp_path):
    with pytest.raises(ConfigError, match="oracle, time order is not finished"):
        figures(tmp_path, WORLDS, tuple(EVERY))


def test_the_page_has_its_tables_and_pictures(out, tmp_path):
    page = tmp_path / "ranking.md"
    page.write_text(PAGE)
    fill_page(page, figures(out, WORLDS, tuple(EVERY)))
    text = page.read_text()
    assert "old" not in text and text.startswith("Title\n<!-- study -->\n24 readers in 2 worlds, 3 days, ")
    assert "<!-- switched-off -->\n| switched off | clicks@10 | - engine |" in text
    assert "\n| nothing | " in text and "\n| age | " in text
    assert "\n| oracle | " in text and " | 100% | " in text
    for name in ("clicks", "days"):
        assert (tmp_path / "images" / f"ranking_{name}.png").stat().st_size > 10_000


def test_no_two_lines_of_the_picture_by_day_look_alike():
    # Time order, two simple rules, two engines, the oracle, and the informed learner.
    assert len(set(LOOKS)) == len(LOOKS) >= 7
