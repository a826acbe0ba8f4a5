"""Articles that stay in their file are those of a list."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from edge_runtime.installation import DEFAULT_BUNDLE
from tests.trainer.data.test_prepare import impression, write_articles, write_rows
from trainer.data import stored_articles
from trainer.data.dataset import ClickDataset, load_dataset
from trainer.data.prepare import LogFiles, prepare
from trainer.data.stored_articles import StoredArticles
from trainer.measure.evaluation import score_bundle


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """5,000 articles, which are three blocks."""
    folder = tmp_path_factory.mktemp("log")
    lists = [impression(n, f"u{n % 3}", n, [f"a{n}", f"a{n + 2_040}", f"a{n + 4_090}"], [f"a{n}"]) for n in range(40)]
    files = LogFiles([write_articles(folder / "a.jsonl", 5_000)], [write_rows(folder / "l.jsonl", lists)])
    prepare(files, folder / "out", "made up", "CC0", workers=1)
    return folder / "out"


def in_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ClickDataset:
    monkeypatch.setattr(stored_articles, "HELD", 4_999)
    return load_dataset(folder)


def test_they_are_a_sequence_like_the_list(folder: Path, monkeypatch: pytest.MonkeyPatch):
    held, stored = load_dataset(folder).articles, in_file(folder, monkeypatch).articles
    assert isinstance(held, list) and isinstance(stored, StoredArticles)
    assert list(stored) == held and len(stored) == 5_000
    assert [stored[row] for row in (4_999, 0, 2_047, 2_048, -1)] == [held[row] for row in (4_999, 0, 2_047, 2_048, -1)]
    assert stored[np.int64(7)] == held[7]
    assert stored[4_000:4_010:3] == held[4_000:4_010:3]
    with pytest.raises(IndexError):
        stored[5_000]


def test_figures_are_the_same(folder: Path, monkeypatch: pytest.MonkeyPatch):
    def scores(data: ClickDataset) -> bytes:
        return score_bundle(DEFAULT_BUNDLE, data.articles, data.dev, lambda done: None).tobytes()

    alone = scores(load_dataset(folder))
    data = in_file(folder, monkeypatch)
    assert scores(data) == alone
    assert (data.training_rows() == load_dataset(folder).training_rows()).all()
