"""A catalogue of vectors is the same for any runner, goes on where it stopped, and never mixes two encodings."""

from __future__ import annotations

import errno
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from edge_runtime import Article
from trainer.data import catalogue_files
from trainer.data.catalogue import Encode, EncodedCatalogue, encode_catalogue
from trainer.data.catalogue_files import read_catalogue
from trainer.data.runner import LocalRunner
from trainer.errors import CatalogueError, LogError


@dataclass(frozen=True, slots=True)
class Lengths:
    """An encoding whose vector is the length of the title; `encoded` counts what it is used on."""

    name: str = "lengths 1"

    @property
    def made_by(self) -> Mapping[str, str]:
        return {"rule": self.name}

    def load(self) -> Encode:
        def encode(articles: Sequence[Article]) -> pa.Table:
            encoded.append(len(articles))
            return pa.table({"length": pa.array([len(article.title) for article in articles], pa.int32())})

        return encode


encoded: list[int] = []


@pytest.fixture(autouse=True)
def nothing_encoded() -> None:
    encoded.clear()


def articles_file(folder: Path, count: int = 40, name: str = "articles.jsonl") -> Path:
    path = folder / name
    rows = [{"article_id": f"a{n}", "title": "x" * (n + 1)} for n in range(count)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


def encode(files: Sequence[Path], out: Path, encoding: Lengths = Lengths(), workers: int = 1) -> EncodedCatalogue:
    return encode_catalogue(files, encoding, out, partial(LocalRunner, workers=workers), 0.1, block_bytes=500)


def bytes_in(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in out.rglob("*") if path.is_file()}


def test_every_article_has_its_row_in_the_order_of_the_files(tmp_path: Path):
    first, second = articles_file(tmp_path, 30), tmp_path / "more.jsonl.gz"
    first.write_text(first.read_text() + '{"article_id": "z"}\n')
    second.write_bytes(gzip.compress(b'{"article_id": "a3", "title": "again"}\n'))
    found = encode([first, second], tmp_path / "out").manifest
    manifest, tables = read_catalogue(tmp_path / "out")
    rows = pa.concat_tables(tables)
    assert manifest == found and len(found.shards) > 2
    assert rows["article_id"].to_pylist() == [*(f"a{n}" for n in range(30)), "a3"]
    assert rows["length"].to_pylist() == [*range(1, 31), 5]
    # "a3" comes again in the second file; "z" has neither title nor abstract.
    assert (found.articles, found.repeated, found.rejected) == (31, 1, {"bad article": 1})
    assert "neither title nor abstract" in (tmp_path / "out" / "rejects.txt").read_text()


def test_bytes_are_the_same_for_any_number_of_processes(tmp_path: Path, slow: None):
    log = articles_file(tmp_path)
    for workers in (1, 3):
        encode([log], tmp_path / f"out{workers}", workers=workers)
    assert bytes_in(tmp_path / "out1") == bytes_in(tmp_path / "out3")


def test_a_run_that_stops_goes_on_with_the_shards_that_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    log, out, write = articles_file(tmp_path), tmp_path / "out", pq.write_table
    written: list[Path] = []

    def full_at_the_third(table: pa.Table, path: Path, **options: object) -> None:
        if len(written) == 2:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        write(table, path, **options)

    monkeypatch.setattr(catalogue_files.pq, "write_table", full_at_the_third)
    with pytest.raises(
        CatalogueError, match=r"No space left on device; make room there .* finished shards stay usable"
    ):
        encode([log], out)
    assert not (out / "manifest.json").exists() and not list(out.rglob("*.partial"))
    with pytest.raises(CatalogueError, match="not finished; encode it"):
        read_catalogue(out)
    monkeypatch.undo()
    found = encode([log], out)
    assert found.made == len(found.manifest.shards) - 2
    encode([log], tmp_path / "other")
    assert bytes_in(out) == bytes_in(tmp_path / "other")


def test_a_shard_that_vanished_or_was_damaged_is_named_and_alone_made_again(tmp_path: Path):
    log, out = articles_file(tmp_path), tmp_path / "out"
    encode([log], out)
    whole = bytes_in(out)
    (out / "shards" / "000001.parquet").unlink()
    damaged = out / "shards" / "000002.parquet"
    damaged.write_bytes(damaged.read_bytes()[:8] + b"?" + damaged.read_bytes()[9:])
    with pytest.raises(CatalogueError, match=r"000001\.parquet: is missing; encode again"):
        list(read_catalogue(out)[1])
    assert encode([log], out).made == 2
    assert bytes_in(out) == whole


def test_a_catalogue_that_grows_or_shrinks_keeps_what_is_the_same(tmp_path: Path):
    out = tmp_path / "out"
    encode([articles_file(tmp_path, 40)], out)
    longer = encode([articles_file(tmp_path, 60)], out)
    assert 0 < longer.made < len(longer.manifest.shards)
    shorter = encode([articles_file(tmp_path, 10)], out)
    assert len(list((out / "shards").iterdir())) == len(shorter.manifest.shards) == 1


def test_another_encoding_and_a_folder_of_something_else_are_refused(tmp_path: Path):
    log, out = articles_file(tmp_path), tmp_path / "out"
    encode([log], out)
    whole = bytes_in(out)
    with pytest.raises(CatalogueError, match="its shards were made with rule lengths 1, not with lengths 2"):
        encode([log], out, Lengths("lengths 2"))
    assert bytes_in(out) == whole
    with pytest.raises(CatalogueError, match="is there and no encoded catalogue, so nothing is written"):
        encode([log], tmp_path)


def test_a_file_that_is_mostly_broken_is_named_with_line_and_reason(tmp_path: Path):
    log = articles_file(tmp_path, 10)
    log.write_text(log.read_text() + '{"article_id": 7, "title": "x"}\n' * 3)
    with pytest.raises(LogError, match=r"articles\.jsonl: 3 of 13 lines .*jsonl:11: bad article: article_id is int"):
        encode([log], tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
    with pytest.raises(LogError, match="no such file"):
        encode([tmp_path / "nowhere.jsonl"], tmp_path / "new")
