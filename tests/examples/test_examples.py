"""The examples run as they stand: each writes a file that gives its golden outputs and knows what it has learned."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from trainer.compression.golden import verify
from trainer.compression.runner import FileRunner

EXAMPLES = Path(__file__).parents[2] / "examples"
NAMES = sorted(path.stem for subject in ("digits", "headlines") for path in EXAMPLES.glob(f"{subject}_*.py"))
QUICK = ("digits_mlp", "headlines_embedding")
# Bytes of a file that rounding alone reaches, so that a search for it ends there.
ROUNDED = {"digits": 70_000, "headlines": 400_000}
# Accuracy far above that of a guess, by the commonest class or one of ten.
LEARNED = {"digits": 0.9, "headlines": 0.35}
MOST_LINES = 40


@pytest.fixture
def script(monkeypatch, slow):
    """An example's module, found as Python finds the files beside a script."""
    monkeypatch.syspath_prepend(EXAMPLES)
    yield importlib.import_module
    for name in (*NAMES, "data"):
        sys.modules.pop(name, None)


def right_share(file, rows):
    return float(np.mean(rows.is_right(lambda x: FileRunner(file.read_bytes()).run([x])[0])))


def run(script, name, folder, minutes=None, **settings):
    """Run an example with a search that ends early; its file."""
    from trainer.compression import Search

    search = Search(ROUNDED[name.partition("_")[0]], minutes, epochs=1, told=lambda title, done, of: None)
    script(name).main(folder=folder, search=search, **settings)
    return folder / f"{name}.tflite"


@pytest.mark.parametrize("name", NAMES)
def test_an_example_can_be_read_at_a_glance(name):
    assert len((EXAMPLES / f"{name}.py").read_text("utf-8").splitlines()) <= MOST_LINES


@pytest.mark.parametrize("name", QUICK)
def test_a_short_run_writes_a_file_that_gives_its_golden_outputs(script, name, tmp_path, capsys):
    file = run(script, name, tmp_path, minutes=0.01, epochs=1)
    assert verify(file).cosine > 0.9
    assert "on rows that were never asked" in capsys.readouterr().out


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize("name", NAMES)
def test_the_file_of_an_example_is_small_and_has_learned(script, name, tmp_path):
    file = run(script, name, tmp_path)
    subject = name.partition("_")[0]
    assert verify(file).cosine > 0.9
    assert file.stat().st_size <= ROUNDED[subject]
    assert right_share(file, getattr(script("data"), subject)()[2]) > LEARNED[subject]


@pytest.mark.parametrize("rows", [0, 1, 2])
def test_parts_of_the_rows_share_none(script, rows):
    data = script("data")
    parts = data.digits()
    others = np.concatenate([part.x for number, part in enumerate(parts) if number != rows])
    known = {image.tobytes() for image in others}
    # scikit-learn's digits have no two equal images.
    assert not any(image.tobytes() in known for image in parts[rows].x)
