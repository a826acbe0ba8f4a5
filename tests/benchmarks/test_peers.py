"""The study of other libraries: what is asked, done again or left alone, and what the page shows; none is imported."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from pytest import approx

from benchmarks.marked_page import filled
from benchmarks.peers.adapters.rows import row_name, weights_path, write_row
from benchmarks.peers.budget import EPOCHS, MODELS, RATE, rate_of, write_splits
from benchmarks.peers.figures import default_of_ours, figures, paired
from benchmarks.peers.methods import AT_HOME, METHODS, PEERS, Method, methods_of
from benchmarks.peers.page import TABLES
from benchmarks.peers.study import run_study, start
from trainer.errors import ConfigError

ZEROS = [method for method in METHODS if method.setting == "zeros-80"]


class Machine:
    """Writes rows as adapters do, without training; `broken` libraries cannot be imported."""

    def __init__(self, broken=()):
        self.broken, self.asked = broken, []

    def __call__(self, python, arguments):
        adapter, folder, model, seed, *methods = arguments
        name = adapter.rpartition(".")[2]
        self.asked.append((name, model, int(seed), *methods))
        if name in self.broken:
            return f"ModuleNotFoundError: No module named '{name}'"
        row = {"size_bytes": 100, "gzip_bytes": 80, "form": "tflite", "right": "1101", "versions": {name: "1.0"}}
        if name == "base":
            write_row(weights_path(Path(folder), model, int(seed)).with_suffix(".json"), row | {"right": "1100"})
            np.savez(weights_path(Path(folder), model, int(seed)), weight=np.zeros(1))
        for method in methods:
            setting, made = method.split(":")
            write_row(Path(folder) / row_name(adapter, setting, made, model, int(seed)), row)
        return ""


def run(out, machine, pythons=(), seeds=(0,)):
    return run_study(out, {name: "python" for name in pythons}, seeds, ["zeros-80"], lambda line: None, machine)


def test_each_library_is_asked_once_and_what_failed_is_tried_again(tmp_path):
    first = run(tmp_path, broken := Machine(broken=["tfmot"]), ["tfmot", "torch_prune"])
    assert set(first.values()) == {"ModuleNotFoundError: No module named 'tfmot'"}
    assert [asked[0] for asked in broken.asked] == ["base", "base", *["ours", "tfmot", "torch_prune"] * len(MODELS)]
    again = Machine()
    assert run(tmp_path, again, ["tfmot", "torch_prune"]) == {}
    assert again.asked == [("tfmot", model, 0, "zeros-80:prune_low_magnitude") for model in MODELS]


def test_an_unknown_library_is_refused(tmp_path):
    with pytest.raises(ConfigError, match=r"--python keras2: no such library; known are ours, "):
        run(tmp_path, Machine(), ["keras2"])


def test_the_last_line_of_a_process_that_failed_is_told():
    assert start(sys.executable, ["benchmarks.peers.adapters.nothing"]).endswith(
        "No module named benchmarks.peers.adapters.nothing"
    )


def test_rows_of_all_seeds_are_resampled_together():
    # Row 1: +1 and 0 over the seeds; row 2: 0 and 0. Mean of (0.5, 0).
    one = {0: np.array([1.0, 1.0]), 1: np.array([0.0, 1.0]), 2: np.array([1.0, 1.0])}
    other = {0: np.array([0.0, 1.0]), 1: np.array([0.0, 1.0])}
    found = paired(one, other)
    assert found.mean == approx(0.25)
    assert (found.low, found.high) == (0, 0.5)


def test_others_are_compared_with_our_first_method():
    ours, other = Method("ours", "s", "a"), Method("keras", "s", "b")
    assert default_of_ours([other, ours, Method("ours", "s", "c")]) is ours
    assert default_of_ours([other]) is None


def test_page_has_rows_errors_and_who_is_better(tmp_path):
    run(tmp_path, Machine(broken=["tfmot"]), ["tfmot", "torch_prune"])
    method = next(method for method in ZEROS if method.peer == "torch_prune")
    path = tmp_path / row_name(method.peer, method.setting, method.name, "cnn", 0)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"right": "1111"}))
    found = figures(tmp_path, [0], MODELS)
    page = "".join(f"<!-- {mark} -->\n<!-- end -->\n" for mark in TABLES)
    text = filled(page, found, TABLES)
    assert "| mlp | 100 | 80 | 0.5000 |" in text
    assert "| 80 % zeros | mlp | ours | `Prune` | 100 | 80 | 0.7500 | +0.2500 [+0.0000, +0.7500] |  | 1 |" in text
    assert (
        "| tfmot | zeros-80, prune_low_magnitude | cnn | 1 | `ModuleNotFoundError: No module named 'tfmot'` |" in text
    )
    assert "Not measured in this run." in text
    (better,) = [figure for figure in found.figures if figure.method == method and figure.model == "cnn"]
    assert better.to_ours is not None and better.to_ours.mean == approx(0.25)
    # One row of four more: a resample without it shows no difference.
    assert not better.is_better


def test_splits_are_disjoint_and_the_same_every_time(tmp_path):
    for name in ("one", "two"):
        write_splits(tmp_path / f"{name}.npz")
    one, two = (dict(np.load(tmp_path / f"{name}.npz")) for name in ("one", "two"))
    assert [len(one[f"{part}_y"]) for part in ("train", "dev", "unseen")] == [900, 450, 447]
    assert all(np.array_equal(one[name], two[name]) for name in one)


def test_the_rate_falls_to_a_tenth():
    assert (rate_of(0), rate_of(EPOCHS - 1)) == (RATE, approx(RATE / 10))


def test_names_of_methods_are_unique_and_each_library_has_an_adapter():
    assert len({(method.peer, method.key) for method in METHODS}) == len(METHODS)
    assert all(methods_of(peer) for peer in PEERS) and set(AT_HOME) < set(PEERS)


def test_the_study_imports_no_library_that_it_measures():
    code = "import sys, benchmarks.peers.study, benchmarks.peers.page; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"tensorflow", "keras", "torch", "hgq", "pquant", "tensorflow_model_optimization"} & set(loaded)
