"""Figures of a bundle are equal to the last digit, whoever does the work and however the log is divided."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from edge_runtime.installation import DEFAULT_BUNDLE
from tests.cluster.job import divided
from tests.trainer.data.test_prepare import random_log, write_articles, write_rows
from trainer.cli.command_line import main
from trainer.data.dataset import load_dataset
from trainer.data.json_facts import json_text
from trainer.data.popularity import causal_counts
from trainer.data.prepare import LogFiles, OpenRunner, prepare
from trainer.data.runner import LocalRunner
from trainer.errors import ClusterError
from trainer.measure import evaluation, measured_log, scoring
from trainer.measure.comparison import compare, compare_files
from trainer.measure.evaluation import evaluate_bundles
from trainer.measure.measured_log import MeasuredLog, open_log
from trainer.measure.quality import measure, summary
from trainer.measure.scoring import BundleModel, Share
from trainer.measure.variety import article_topics

ROWS = 400


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("log")
    write_articles(folder / "articles.jsonl")
    write_rows(folder / "log.jsonl", random_log(11, ROWS))
    return folder


def prepared(log: Path, buckets: int) -> Path:
    out = log / f"dataset-{buckets}"
    if not out.exists():
        with divided(buckets):
            prepare(LogFiles([log / "articles.jsonl"], [log / "log.jsonl"]), out, "made up", "CC0", workers=1)
    return out


def silent(title: str, steps: int) -> AbstractContextManager[Callable[[int], object]]:
    return nullcontext(lambda done: None)


def figures(dataset: Path, open_runner: OpenRunner | None = None) -> str:
    with open_log([dataset], (), (), 0.05) as opened:
        found = evaluate_bundles(
            DEFAULT_BUNDLE,
            DEFAULT_BUNDLE,
            opened,
            silent,
            open_runner,
            dataset.parent,
        )
    return json_text(found)


def scores(dataset: Path, share: Share | None = None) -> bytes:
    data = load_dataset(dataset)
    found = evaluation.score_bundle(DEFAULT_BUNDLE, data.articles, data.dev, lambda done: None, share=share)
    return found.tobytes()


def test_buckets_and_tasks_of_any_size_change_no_digit(log: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    alone = scores(prepared(log, 1))
    for buckets, size in ((1, 7), (3, 1), (7, 25)):
        monkeypatch.setattr(scoring, "LISTS", size)
        monkeypatch.setattr(scoring, "ENCODED", 64 * size)
        assert scores(prepared(log, buckets), Share(LocalRunner(tmp_path, 1), tmp_path)) == alone


def test_processes_change_no_digit_of_any_figure(log: Path, monkeypatch: pytest.MonkeyPatch, slow: None):
    alone = figures(prepared(log, 1))
    assert '"auc"' in alone and '"difference"' in alone
    monkeypatch.setattr(evaluation, "SHARED_FROM", 0)
    assert figures(prepared(log, 3), partial(LocalRunner, workers=2)) == alone
    assert not [path for path in log.iterdir() if path.name.startswith("tmp")]


@pytest.mark.parametrize("part", [1, 50])
def test_a_log_that_is_read_in_parts_gives_the_figures_of_a_log_in_memory(
    log: Path, part: int, monkeypatch: pytest.MonkeyPatch
):
    data = load_dataset(prepared(log, 3))
    in_memory = MeasuredLog(data.articles, data.dev, ())
    topics, by_lot = article_topics(data.articles), np.random.default_rng(0).integers(0, 3, len(data.dev.clicked))
    np.save(log / "by-lot.npy", by_lot.astype(np.float32))  # with many ties
    content = evaluation.score_bundle(DEFAULT_BUNDLE, data.articles, data.dev, lambda done: None)
    counted = evaluation.score_bundle(
        DEFAULT_BUNDLE,
        data.articles,
        data.dev,
        lambda done: None,
        counts=causal_counts(data.dev, [data.train]),
    )
    expected = [compare([scores], [by_lot.astype(float)], data.dev, topics) for scores in (content, counted)]
    alone = evaluate_bundles(DEFAULT_BUNDLE, None, in_memory, silent)
    monkeypatch.setattr(measured_log, "PART", part)
    with open_log([prepared(log, 3)], (), (), 0.05) as opened:
        assert len(list(opened.parts())) > 1
        assert compare_files([DEFAULT_BUNDLE], [log / "by-lot.npy"], opened, silent) == expected
        found = evaluate_bundles(DEFAULT_BUNDLE, None, opened, silent)
    assert (found.quality, found.by_history) == (alone.quality, alone.by_history)
    assert found.with_popularity is not None
    assert found.with_popularity.quality == summary(measure(counted, data.dev))


def test_progress_tells_all_lists_and_no_list_has_no_score(log: Path):
    opened, told = load_dataset(prepared(log, 1)), list[int]()
    lists = opened.dev
    assert len(evaluation.score_bundle(DEFAULT_BUNDLE, opened.articles, lists, told.append)) == len(lists.clicked)
    assert sum(told) == len(lists)
    nothing = lists.restricted(np.zeros(len(opened.articles), bool))
    assert len(evaluation.score_bundle(DEFAULT_BUNDLE, opened.articles, nothing, told.append)) == 0


def test_a_worker_with_another_engine_is_refused():
    model = BundleModel.of(DEFAULT_BUNDLE)
    with pytest.raises(
        ClusterError, match=r"computes with numpy .*, not with numpy 0 of edge-news 9; install the same"
    ):
        dataclasses.replace(model, release="numpy 0 of edge-news 9").load()


def test_the_command_line_prints_the_same(
    log: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, slow: None
):
    monkeypatch.setattr(evaluation, "SHARED_FROM", 0)
    arguments = ["evaluate", "--bundle", str(DEFAULT_BUNDLE), "--impressions", str(prepared(log, 3)), "--json"]
    assert main([*arguments, "--processes", "1"]) == 0
    assert json.loads(capsys.readouterr().out)["auc"] == json.loads(figures(prepared(log, 1)))["auc"]
