"""The study of foreign models: what is done is not done again, and a row is of the seeds that it has."""

from __future__ import annotations

import json

import numpy as np
import pytest
from pytest import approx

from benchmarks.foreign_models.figures import figures
from benchmarks.foreign_models.methods import FLOAT, OWN, SQUEEZE
from benchmarks.foreign_models.page import TABLES, fill_page
from benchmarks.foreign_models.study import LATENCY_FILE, run_study
from benchmarks.quality.jobs import Outcome
from trainer.errors import ConfigError

NAME = "digits_mlp"


def finish(out, seed, key, size_bytes, right):
    """What the study leaves of one method."""
    folder = out / f"{NAME}-{seed}"
    folder.mkdir(exist_ok=True)
    (folder / f"{key}.json").write_text(json.dumps({"kind": "int4", "size_bytes": size_bytes, "gzip_bytes": 5}))
    np.save(folder / f"{key}.npy", np.array(right, bool))


@pytest.fixture
def out(tmp_path):
    """Two seeds; the second has no search yet."""
    for seed in (0, 1):
        finish(tmp_path, seed, FLOAT, 800, [1, 1, 1, 0])
        finish(tmp_path, seed, OWN, 200, [1, 1, 1, 0])
        times = {FLOAT: 10.0, OWN: 5.0, SQUEEZE: 2.0}
        (tmp_path / f"{NAME}-{seed}" / LATENCY_FILE).write_text(json.dumps(times))
    finish(tmp_path, 0, SQUEEZE, 50, [1, 1, 0, 0])
    return tmp_path


def test_a_row_is_compared_with_the_dense_model_of_its_own_seeds(out):
    rows = {row.title: row for row in figures(out, range(2))[NAME]}
    own, found = rows["int8 of the converter"], rows["squeeze, 1 % loss"]
    assert (own.seeds, own.smaller, own.change.mean) == (2, approx(800 / 200), 0)
    # One of four rows is lost; 800 / 50 against the float file, 200 / 50 against the converter's own.
    assert (found.seeds, found.change.mean, found.by_seed) == (1, -0.25, (-0.25,))
    assert (found.smaller, found.than_own, found.time) == (approx(16), approx(4), approx(0.2))


def test_a_seed_that_was_left_in_the_middle_does_not_count(out):
    (out / f"{NAME}-1" / LATENCY_FILE).unlink()
    assert [row.seeds for row in figures(out, range(2))[NAME]] == [1, 1, 1]


def test_the_page_takes_every_table(out, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("".join(f"<!-- {mark} -->\n<!-- end -->\n" for mark in TABLES))
    fill_page(page, figures(out, range(2)))
    text = page.read_text()
    assert "| squeeze, 1 % loss | int4 | 50 | 5 | 16.0 | 0.5000 |" in text
    # Every model but one is missing.
    assert text.count("Not measured") == 5


def test_an_unknown_model_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="digits_rnn is no model"):
        run_study(tmp_path, ["digits_rnn"], [0], [])


def test_what_fails_is_told_and_the_rest_is_done(tmp_path):
    asked = []

    def apart(work, folder, name, seed, methods):
        asked.append((name, seed, methods))
        return Outcome(None, "Traceback\nBoom", 0, 0) if seed == 0 else Outcome({"l0": "no gates"}, "", 0, 0)

    failed = run_study(tmp_path, [NAME], [0, 1], ["l0"], lambda line: None, apart)
    assert asked == [(NAME, 0, ["l0"]), (NAME, 1, ["l0"])]
    assert failed == {f"{NAME}-0": "Boom", "l0": "no gates"}
