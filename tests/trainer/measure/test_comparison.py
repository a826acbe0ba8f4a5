"""Two models side by side: paired, averaged over seeds, by history; from bundles and from score files."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from edge_runtime import read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from edge_runtime.model.head import PopularityHead
from trainer.cli.command_line import main
from trainer.data.dataset import Impressions, Ragged, load_dataset
from trainer.data.prepare import LogFiles, prepare
from trainer.data.simulate import SimulatorSettings, simulate_to
from trainer.errors import LogError, TrainerError
from trainer.measure.comparison import compare, comparison_text, reliability_lines
from trainer.measure.score_files import is_score_file, read_scores

pytestmark = pytest.mark.usefixtures("slow")


def make_log(lists: list[list[int]], histories: list[int]) -> Impressions:
    """Lists of 0 and 1, 1 = clicked, and how many clicks came before each."""
    sizes = [len(shown) for shown in lists]
    return Impressions(
        ids=[f"i{number}" for number in range(len(lists))],
        users=np.zeros(len(lists), np.int32),
        times=np.arange(len(lists)),
        history=Ragged(np.zeros(sum(histories), np.int32), np.concatenate([[0], np.cumsum(histories)])),
        candidates=Ragged(np.arange(sum(sizes), dtype=np.int32), np.concatenate([[0], np.cumsum(sizes)])),
        clicked=np.concatenate(lists).astype(bool),
    )


def topics(log: Impressions) -> np.ndarray:
    return np.ones(len(log.clicked), np.int64)


@pytest.fixture(scope="module")
def small_log(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    simulate_to(folder, SimulatorSettings(readers=40, seed=5, days=10))
    files = LogFiles([folder / "articles.jsonl"], [folder / "impressions.jsonl"], dev_share=0.3)
    prepare(files, folder / "dataset", "simulated", "CC BY 4.0", workers=1)
    lines = (folder / "impressions.jsonl").read_text().splitlines(keepends=True)
    num_dev = len(load_dataset(folder / "dataset").dev)
    (folder / "before.jsonl").write_text("".join(lines[:-num_dev]))
    (folder / "after.jsonl").write_text("".join(lines[-num_dev:]))
    return folder


def test_each_impression_is_averaged_over_seeds_before_models_are_compared():
    log = make_log([[1, 0, 0], [0, 1, 0]], [0, 0])
    first, second = np.array([3.0, 2, 1, 3, 2, 1]), np.array([2.0, 3, 1, 1, 2, 3])
    # AUC of the first seed: 1, 1/2; of the second: 1/2, 1/2; mean 3/4, 1/2. B: 0, 0.
    found = compare([first, second], [np.array([1.0, 2, 3, 2, 1, 3])], log, topics(log))
    assert (found.impressions, found.seed_auc_a, found.seed_auc_b) == (2, (0.75, 0.5), (0,))
    auc = found.metrics["auc"]
    assert (auc.a.mean, auc.b.mean, auc.difference.mean) == approx((0.625, 0, 0.625))
    assert (auc.difference.low, auc.difference.high) == approx((0.5, 0.75))


def test_auc_is_told_by_how_many_clicks_came_before():
    lengths = [0, 0, 1, 5, 6, 20, 21, 300, 3]
    log = make_log([[0, 1]] * 8 + [[0, 0]], lengths)  # the last list has no click: it counts nowhere
    right = np.array([0.0, 1] * 9)
    mixed = right.copy()
    mixed[:2] = [1, 0]  # wrong for one of the two new readers
    found = compare([mixed], [right], log, topics(log))
    assert {name: group.impressions for name, group in found.by_history.items()} == {
        "0": 2,
        "1-5": 2,
        "6-20": 2,
        "21+": 2,
    }
    differences = [group.metrics["auc"].difference.mean for group in found.by_history.values()]
    assert differences == [-0.5, 0, 0, 0]
    only_new = compare([right[:4]], [right[:4]], make_log([[0, 1]] * 2, [0, 0]), np.ones(4, np.int64))
    assert list(only_new.by_history) == ["0"]


def test_the_table_names_every_measure_and_asks_for_seeds():
    rng = np.random.default_rng(0)
    log = make_log([[1] + [0] * 11 for _ in range(30)], [2] * 30)
    vectors = rng.normal(size=(360, 4)).astype(np.float32)
    scores = [rng.normal(size=360) for _ in range(6)]
    text = comparison_text(compare(scores[:3], scores[3:], log, topics(log), vectors))
    for name in ("30 impressions", "auc", "ndcg10", "1-5 (30)", "expected error", "topics in the top 5", "similarity"):
        assert name in text
    assert "coverage" in text and "Gini" in text and text.count("by seed") == 2
    assert "another training" not in text
    two = compare(scores[:2], scores[3:], log, topics(log))
    assert "give 3 seeds a side" in comparison_text(two)
    assert list(reliability_lines(two)) == ["A1", "A2", "B1", "B2", "B3"]
    assert list(reliability_lines(compare(scores[:1], scores[1:2], log, topics(log)))) == ["A", "B"]


def test_a_log_without_anything_to_compare_on_is_refused():
    log = make_log([[0, 0], [1, 1]], [0, 0])
    with pytest.raises(LogError, match="none of 2 impressions has both a click and an article passed over"):
        compare([np.zeros(4)], [np.zeros(4)], log, topics(log))


def test_score_files_that_do_not_fit_are_explained(tmp_path):
    log = make_log([[0, 1], [1, 0, 0]], [0, 0])
    path = tmp_path / "scores.npy"
    np.save(path, np.arange(5, dtype=np.float32))
    assert is_score_file(path)
    assert read_scores(path, log).tolist() == [0, 1, 2, 3, 4]
    np.save(path, np.arange(4.0))
    with pytest.raises(TrainerError, match=r"float64 of shape \(4,\), but the log's 2 impressions show 5 articles"):
        read_scores(path, log)
    np.save(path, np.arange(5))
    with pytest.raises(TrainerError, match="holds int64"):
        read_scores(path, log)
    np.save(path, np.array([0, 1, 2, np.nan, np.inf]))
    with pytest.raises(TrainerError, match=r"score 3 is nan \(impression 'i1'\), and 2 in all are not finite"):
        read_scores(path, log)
    path.write_bytes(b"\x93NUMPY?")
    with pytest.raises(TrainerError, match=r"not a readable \.npy file"):
        read_scores(path, log)
    with pytest.raises(TrainerError, match=r"nowhere: cannot be read .*; give a bundle or a \.npy file of scores"):
        is_score_file(tmp_path / "nowhere")


@pytest.mark.usefixtures("slow")
def test_compare_reads_bundles_and_score_files_on_a_prepared_dataset(small_log, tmp_path, capsys):
    dev = load_dataset(small_log / "dataset").dev
    for seed in range(3):
        np.save(tmp_path / f"{seed}.npy", np.random.default_rng(seed).normal(size=len(dev.clicked)))
    chance = ",".join(str(tmp_path / f"{seed}.npy") for seed in range(3))
    arguments = ["compare", str(DEFAULT_BUNDLE), chance, "--impressions", str(small_log / "dataset")]
    assert main([*arguments, "--json", "--plot", str(tmp_path / "plot.png")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["auc"]["difference"]["low"] > 0
    assert found["metrics"]["auc"]["b"]["low"] < 0.5 < found["metrics"]["auc"]["b"]["high"]
    assert len(found["calibration"]["bins_b"]) == 3
    assert (tmp_path / "plot.png").stat().st_size > 5_000
    assert main(arguments) == 0
    assert "AUC by clicks before" in capsys.readouterr().out


@pytest.mark.usefixtures("slow")
def test_log_files_with_the_log_before_are_measured_as_the_dataset_made_of_both(small_log, capsys):
    as_files = [str(small_log / name) for name in ("articles.jsonl", "after.jsonl", "before.jsonl")]
    options = [["--impressions", str(small_log / "dataset")]]
    options.append(["--articles", as_files[0], "--impressions", as_files[1], "--before", as_files[2]])
    found = []
    for log in options:
        assert main(["evaluate", "--bundle", str(DEFAULT_BUNDLE), *log, "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1]
    assert sum(group["impressions"] for group in found[0]["by_history"].values()) == found[0]["impressions"]


@pytest.mark.usefixtures("slow")
def test_a_bundle_that_weighs_popularity_is_measured_without_it_and_with_it(small_log, tmp_path, capsys):
    bundle = read_bundle(DEFAULT_BUNDLE)
    weighs = PopularityHead(weight=3.0, usual_rate=0.07, trust=30.0)
    for name, popularity in (("popular", weighs), ("plain", None)):
        head = dataclasses.replace(bundle.head, popularity=popularity)
        write_bundle(tmp_path / f"{name}.bundle", dataclasses.replace(bundle, head=head))
    log = ["--impressions", str(small_log / "dataset")]
    assert main(["compare", str(tmp_path / "popular.bundle"), str(tmp_path / "plain.bundle"), *log, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["metrics"]["auc"]["difference"] == {"mean": 0, "low": 0, "high": 0}
    assert found["with_popularity"]["metrics"]["auc"]["difference"]["mean"] != 0
    assert found["with_popularity"]["metrics"]["auc"]["b"] == found["metrics"]["auc"]["b"]
    assert main(["evaluate", "--bundle", str(tmp_path / "popular.bundle"), *log]) == 0
    assert "with popularity counted from the log before each list:" in capsys.readouterr().out


@pytest.mark.usefixtures("slow")
@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--impressions", "LOG/after.jsonl"], "give the files of its articles as well"),
        (["--impressions", "LOG/dataset", "--articles", "LOG/articles.jsonl"], "leave out the other files"),
        (["--impressions", "LOG/dataset", "--before", "LOG/before.jsonl"], "leave out the other files"),
        (["--impressions", "LOG/dataset", "--vectors", "LOG/simulator.json"], "not a readable .npy file"),
    ],
)
def test_options_that_do_not_go_together_are_explained(small_log, capsys, options, words):
    log = [option.replace("LOG", str(small_log)) for option in options]
    assert main(["compare", str(DEFAULT_BUNDLE), str(DEFAULT_BUNDLE), *log]) == 1
    assert words in capsys.readouterr().err
