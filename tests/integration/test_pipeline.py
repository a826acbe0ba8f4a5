"""Log to feed at small size: the stages leave a bundle that the runtime ranks with, and a second run does nothing."""

from __future__ import annotations

import dataclasses
import json
import shutil

import numpy as np
import pytest
from pytest import approx

from edge_runtime import NewsModel, read_bundle
from edge_runtime.model.scoring import relevance_parts, total
from trainer.cli.command_line import main, progress_bar
from trainer.data.json_facts import to_json
from trainer.measure.scores import all_vectors, score_impressions
from trainer.run.stages import Run

HISTORY_LENGTH = 50


@pytest.fixture(scope="module")
def finished(small, tmp_path_factory):
    """A copy of the small run, with the stages that it had not seen; and the log."""
    out = shutil.copytree(small.run.out, tmp_path_factory.mktemp("run") / "run")
    run = Run(out, small.run.settings, progress_bar)
    run.all()
    return run, small.run.out.with_name("log")


def test_the_bundle_is_better_than_chance_and_hardly_worse_than_the_float_student(finished):
    run, _ = finished
    report = json.loads((run.out / "run.json").read_text())
    steps = report["stages"]["compress"]["steps"]
    assert report["auc"]["low"] > 0.5
    # Better, it may be: code books learn once more. Worse by what so few steps of fine-tuning leave: 0.02 here.
    assert report["auc"]["mean"] > steps[0]["auc"]["mean"] - 0.03


def test_each_step_is_measured_and_leaves_its_bundle(finished):
    run, _ = finished
    of_a_former_recipe = run.out / "steps" / "7-distill.npz"
    of_a_former_recipe.touch()
    student, units, tokens, rounded = to_json(run.compress())["steps"]
    assert not of_a_former_recipe.exists()
    assert [step["step"]["method"] for step in (units, tokens)] == ["prune-units", "prune-vocabulary"]
    assert units["weights"]["article/hidden_bias"]["parameters"] == 11  # of 16, two thirds
    assert tokens["weights"]["table"]["parameters"] == 32 * round(student["weights"]["table"]["parameters"] / 32 * 0.75)
    assert rounded["parameters"] == tokens["parameters"] < student["parameters"]
    assert rounded["bytes"] < 0.4 * tokens["bytes"]
    for number, step in enumerate((student, units, tokens, rounded)):
        (bundle,) = (run.out / "steps").glob(f"{number}-*.bundle")
        assert bundle.stat().st_size == step["bytes"]
        assert step["encode_us"] > 0 and step["rank_us"] > 0
    assert rounded["difference"]["ndcg10"]["low"] <= rounded["difference"]["ndcg10"]["mean"]


def test_a_second_run_finds_everything_up_to_date(finished):
    run, _ = finished
    again = Run(run.out, run.settings, progress_bar)
    before = (run.out / "news.bundle").stat().st_mtime_ns
    again.all()
    assert (run.out / "news.bundle").stat().st_mtime_ns == before
    assert "evaluate: up to date" in (run.out / "run.log").read_text().splitlines()[-2]


def test_a_bundle_is_the_same_whatever_else_its_process_has_made(finished):
    run, _ = finished
    bundle = run.out / "news.bundle"
    before = bundle.read_bytes()
    bundle.unlink()
    Run(run.out, run.settings, progress_bar).export()
    assert bundle.read_bytes() == before


def test_keras_and_numpy_score_alike(finished):
    run, _ = finished
    model, dev = run.load_student(run.out / "compressed.npz").model, run.dataset.dev
    scores = score_impressions(model, dev, np.full(len(run.dataset.articles), np.nan), HISTORY_LENGTH)
    vectors, topics, head = all_vectors(model), model.topics.numpy(), model.head.export()
    news = NewsModel(read_bundle(run.out / "news.bundle"))
    for number in range(0, len(dev), max(1, len(dev) // 20)):
        clicks = dev.history[number][-HISTORY_LENGTH:]
        shown = dev.candidates[number]
        state = news.read_clicks(vectors[clicks], topics[clicks].astype(np.int64))
        if len(clicks):
            interests, log_weights = model.user_encoder(vectors[clicks])
            state = dataclasses.replace(state, interests=interests.numpy(), log_weights=log_weights.numpy()[:, 0])
        found = total(relevance_parts(head, state, vectors[shown], topics[shown].astype(np.int64)))
        begin = dev.candidates.offsets[number]
        assert found == approx(scores[begin : begin + len(shown)], abs=2e-3)


def test_evaluate_prints_metrics_and_a_paired_difference(finished, capsys):
    run, log = finished
    bundle = str(run.out / "news.bundle")
    files = ["--articles", str(log / "articles.jsonl"), "--impressions", str(log / "impressions.jsonl")]
    assert main(["evaluate", "--bundle", bundle, *files, "--against", bundle, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["impressions"] > 1000
    assert {"impressions", "auc", "mrr", "ndcg5", "ndcg10", "difference", "by_history"} <= set(found)
    assert found["difference"]["auc"] == {"mean": 0, "low": 0, "high": 0}


def test_a_missing_file_is_explained(tmp_path, capsys):
    arguments = ["run", "--articles", "/nowhere/news.tsv", "--train", "/nowhere/b.tsv", "--out", str(tmp_path)]
    assert main(arguments) == 1
    assert "/nowhere/news.tsv" in capsys.readouterr().err
