"""The benchmarks of speed run, on little, and their page is filled; nothing here depends on how fast a machine is."""

from __future__ import annotations

import json
from importlib.util import find_spec

import numpy as np
import pytest

from benchmarks import encode_speed, performance_page, ranking_speed, start_speed, timing
from benchmarks.marked_page import filled
from benchmarks.ranking_peers import KERNELS, feed_products
from benchmarks.reader_speed import built
from trainer.data.corpus import load_corpus


def test_titles_are_encoded_beside_the_tokenizers_that_are_there():
    encoders = encode_speed.loaded(["tokenizers (tokens alone)"])
    first, *others = encode_speed.measured(encoders, load_corpus()[:200], rounds=1)
    assert (first["encoder"], first["dim"]) == ("edge-news", 64)
    assert first["alone_new_ratio"] == first["batch_new_ratio"] == 1
    assert [row["dim"] for row in others] == [0]
    assert all(row[name] > 0 for row in (first, *others) for name in row if name.endswith("_us"))


@pytest.mark.parametrize("name", KERNELS)
def test_each_kernel_that_is_there_finds_the_best(name):
    module, factory = KERNELS[name]
    if module and find_spec(module) is None:
        pytest.skip(f"{module} is not installed")
    rng = np.random.default_rng(0)
    vectors = rng.standard_normal((500, 64)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    best = set(np.argsort(-(vectors @ vectors[7]))[:20].tolist())
    found = np.asarray(factory(vectors, 20)(vectors[7])).tolist()
    # Rounded vectors may change the last ones.
    assert len(found) == 20 and 7 in found and len(best & set(found)) >= 18


def test_products_of_a_feed_are_the_same_in_every_way():
    rng = np.random.default_rng(0)
    vectors, directions = (rng.standard_normal(shape).astype(np.float32) for shape in ((300, 64), (4, 64)))
    exact = directions.astype(np.float64) @ vectors.T.astype(np.float64)
    for way, multiply in feed_products(vectors, directions).items():
        found = multiply()
        # int8 rounds a number of a vector by half a step of 3 / 127 at most, which adds up like a random walk.
        assert np.abs(found - exact).max() < (0.6 if "int8" in way else 1e-4), way
        assert found.shape == (4, 300)


def test_kernels_are_measured_beside_ours():
    names = ["edge-news", "numpy float32, argpartition"]
    ours, other = ranking_speed.measured(names, 300, rounds=2, bandwidth=1e10)
    assert (ours["kernel"], ours["articles"], ours["ratio_to_ours"], ours["top20_kept"]) == ("edge-news", 300, 1, 20)
    assert other["top20_kept"] == 20
    # 300 vectors of 64 numbers of 4 bytes, at 10 bytes a nanosecond
    assert ours["bandwidth_share"] == pytest.approx(300 * 64 * 4 / 10 / (ours["us"] * 1e3))


def test_more_vectors_than_headlines_are_of_length_one_and_the_same_each_time():
    once, again = (ranking_speed.headline_vectors(7_000, np.random.default_rng(1)) for _ in range(2))
    assert (once == again).all()
    assert np.linalg.norm(once, axis=1) == pytest.approx(np.ones(7_000), abs=1e-5)


def test_a_process_is_measured_by_itself():
    cpu_ms, rss_mib = timing.of_a_process("-c", "x = bytearray(40 << 20)")
    # Not what the interpreter that runs the tests holds.
    assert cpu_ms > 0 and 40 < rss_mib < 80
    with pytest.raises(SystemExit, match="ended with status 768"):  # 3, as a wait has it
        timing.of_a_process("-c", "raise SystemExit(3)")


@pytest.mark.slow
def test_starts_are_measured(tmp_path):
    rows = start_speed.measured([(1_000, built(tmp_path, 1_000))], rounds=1)
    assert [row["articles"] for row in rows] == [0, 0, 0, 1_000, 1_000]
    assert all(row["cpu_ms"] > 0 and row["rss_mib"] > 0 for row in rows)


REPORTS = {
    "reader": [
        {"name": name, "articles": size, "cpu_ms": size / 1000, "rounds": 1}
        for name in performance_page.GROWING
        for size in (1_000, 5_000)
    ],
    "encode": [
        {"encoder": "edge-news", "dim": 64}
        | {f"{way}_{known}_us": 30.4 for way in ("alone", "batch") for known in ("new", "seen")}
        | {"alone_new_ratio": 1.0, "batch_new_ratio": 1.0}
    ],
    "ranking": [
        {"kernel": "edge-news", "articles": 1_000, "us": 1234.5, "ratio_to_ours": 1.0}
        | {"top20_kept": 20.0, "bandwidth_share": 0.5}
    ],
    "start": [{"start": "import numpy", "articles": 0, "cpu_ms": 70.2, "rss_mib": 29.4}],
}


def test_the_page_has_what_the_reports_say(tmp_path):
    for name, figures in REPORTS.items():
        timing.report(figures, tmp_path / f"{name}.json")
    reports = performance_page.read_reports(tmp_path)
    text = filled(performance_page.PAGE.read_text(encoding="utf-8"), reports, performance_page.TABLES)
    assert "| feed of 20 | 1.0 | 5.0 |" in text
    assert "| edge-news | 30 | 30 | 30 | 30 | 1.00 | 1.00 |" in text
    assert "| edge-news | 1,234 (1.00) | 50% | 20.0 |" in text
    assert "| import numpy |  | 70 | 29 |" in text
    assert json.loads((tmp_path / "start.json").read_text())["figures"] == REPORTS["start"]


def test_a_report_that_is_missing_is_named_with_its_benchmark(tmp_path):
    with pytest.raises(SystemExit, match=r"encode.json: is not there; run python -m benchmarks.encode_speed --json"):
        performance_page.read_reports(tmp_path)


@pytest.mark.slow
def test_the_growth_is_a_small_picture_and_the_same_each_time(tmp_path):
    pytest.importorskip("matplotlib")
    for name in ("once", "again"):
        performance_page.draw_growth(REPORTS["reader"], tmp_path / name)
    once = (tmp_path / "once").read_bytes()
    assert once == (tmp_path / "again").read_bytes()
    assert once.startswith(b"<?xml") and len(once) < 30_000
