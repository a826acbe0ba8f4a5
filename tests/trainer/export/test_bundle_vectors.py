"""`encode --bundle`: what a device would hold, from the command line; another bundle is refused."""

from __future__ import annotations

import dataclasses
import json
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest

from edge_runtime import ArticleEncoder, demo_articles, read_articles, read_bundle, write_bundle
from edge_runtime.installation import DEFAULT_BUNDLE
from trainer.cli.command_line import main
from trainer.data.catalogue_files import read_catalogue
from trainer.errors import CatalogueError
from trainer.export.bundle_vectors import BundleEncoding


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    path = tmp_path / "articles.jsonl"
    some = demo_articles(datetime(2026, 11, 30, tzinfo=UTC))[:80]
    rows = [{"article_id": a.article_id, "title": a.title, "category": a.category} for a in some]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def run(articles: Path, out: Path, *more: str, bundle: Path = DEFAULT_BUNDLE) -> int:
    return main(["encode", "--bundle", str(bundle), "--articles", str(articles), "--out", str(out), *more])


def test_the_vectors_are_those_of_a_device(articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run(articles, tmp_path / "out", "--processes", "1") == 0
    assert capsys.readouterr().out.startswith("80 articles in 1 shards, 1 of them new; 0 articles come again later")
    manifest, tables = read_catalogue(tmp_path / "out")
    rows = pa.concat_tables(tables)
    found = ArticleEncoder(read_bundle(DEFAULT_BUNDLE)).encode(read_articles(articles)[0])
    assert rows["codes"].to_pylist() == [row.tobytes() for row in found.codes]
    assert rows["scale"].to_pylist() == found.scales.tolist()
    assert rows["topic"].to_pylist() == list(found.topics)
    assert manifest.made_by["bundle"] == read_bundle(DEFAULT_BUNDLE).sha256


def test_another_bundle_is_refused_and_names_both(articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    other, out = tmp_path / "other.bundle", tmp_path / "out"
    write_bundle(other, dataclasses.replace(read_bundle(DEFAULT_BUNDLE), card="another"))
    assert run(articles, out, "--processes", "1") == 0
    assert run(articles, out, "--processes", "1", bundle=other) == 1
    said = capsys.readouterr().err
    assert f"with bundle {read_bundle(DEFAULT_BUNDLE).sha256}, not with {read_bundle(other).sha256}" in said


def test_a_worker_with_another_bundle_or_engine_is_refused(tmp_path: Path):
    encoding = BundleEncoding.of(DEFAULT_BUNDLE)
    with pytest.raises(CatalogueError, match=r"computes with numpy .* that gave the order with numpy 0 of edge-news 9"):
        dataclasses.replace(encoding, engine="numpy 0 of edge-news 9").load()
    with pytest.raises(CatalogueError, match="is another bundle than at the start"):
        dataclasses.replace(encoding, sha256="0").load()


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--engine", "ray", "--processes", "2"], "--processes is of the engine local"),
        (["--ray-address", "a:1"], "is an address of Ray, and the engine is local"),
    ],
)
def test_options_of_another_engine_are_refused(
    articles: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch, more: list[str], message: str
):
    monkeypatch.setattr("trainer.clusters.choice.find_spec", lambda name: True)
    assert run(articles, tmp_path / "out", *more) == 1
    assert message in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
