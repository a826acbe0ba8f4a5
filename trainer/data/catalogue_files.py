"""The folder of an encoded catalogue: shards of Parquet, each with a key to what it was made from, and a manifest."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from trainer.data.json_facts import from_json, json_text
from trainer.data.shards import MANIFEST_FILE, SHARD_FOLDER, FileFacts, file_facts
from trainer.errors import CatalogueError

ENCODING_FILE = "encoding.json"  # what the shards are made by; written before the first of them
VERSION = 1
_KEY = b"edge_news"  # metadata of a shard


@dataclass(frozen=True, slots=True)
class CatalogueShard:
    """Vectors of some articles, in the order of the files."""

    file: FileFacts
    articles: int


@dataclass(frozen=True, slots=True)
class CatalogueManifest:
    """All shards of a catalogue; written when they are whole."""

    version: int
    made_by: Mapping[str, str]
    articles: int  # rows of all shards
    repeated: int  # rows whose article comes again later: of an article the last row counts
    rejected: Mapping[str, int]  # lines of the files that could not be used, by reason
    shards: tuple[CatalogueShard, ...]


def catalogue_shard_name(number: int) -> str:
    """Where the vectors of a piece lie in the folder."""
    return f"{SHARD_FOLDER}/{number:06d}.parquet"


def check_encoding(out: Path, made_by: Mapping[str, str]) -> None:
    """Make a folder, or see that what is in it was made in the same way. Until all is done it has no manifest.

    Raises:
        CatalogueError: It holds something else, or vectors that were made by something else.
        OSError: It cannot be written.
    """
    path = out / ENCODING_FILE
    out.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        if any(one.suffix != ".lock" for one in out.iterdir()):
            raise CatalogueError(f"{out}: is there and no encoded catalogue, so nothing is written; give a new folder")
        _write(path, {"version": VERSION, "made_by": made_by})
    try:
        kept = json.loads(path.read_text("utf-8"))
        version, before = kept["version"], dict(kept["made_by"])
    except (ValueError, KeyError, TypeError) as error:
        raise CatalogueError(f"{path}: is damaged ({error}); delete the folder, or give another one") from error
    if version != VERSION:
        raise CatalogueError(f"{out}: shards of version {version}, not {VERSION}; give another folder")
    for name in sorted({*before, *made_by}):
        if before.get(name) != made_by.get(name):
            raise CatalogueError(
                f"{out}: its shards were made with {name} {before.get(name)}, not with {made_by.get(name)}; "
                "give another folder, or delete this one to begin anew"
            )


def write_catalogue_shard(path: Path, table: pa.Table, key: str) -> None:
    """Write a shard under a temporary name of its own, then rename it: a task may be begun twice."""
    table = table.replace_schema_metadata({_KEY: key})
    unfinished = path.with_name(f"{path.name}.{uuid.uuid4().hex}.partial")
    try:
        # Numbers hardly shrink, ids do. Checksums tell a damaged page when the shard is met again.
        pq.write_table(table, unfinished, compression="zstd", use_dictionary=False, write_page_checksum=True)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def is_whole(path: Path, key: str) -> bool:
    """Whether a shard is there, was made from the same, and holds what was written."""
    try:
        table = pq.read_table(path, page_checksum_verification=True)
    except (OSError, pa.ArrowException):
        return False
    return bool((table.schema.metadata or {}).get(_KEY) == key.encode())


def write_catalogue_manifest(out: Path, manifest: CatalogueManifest) -> None:
    """The last file of a catalogue.

    Raises:
        CatalogueError: A shard vanished since it was made.
    """
    for shard in manifest.shards:
        path = out / shard.file.name
        if not path.is_file() or path.stat().st_size != shard.file.bytes:
            raise CatalogueError(
                f"{path}: vanished or changed while others were made; encode again: this shard alone is made anew"
            )
    _write(out / MANIFEST_FILE, manifest)


def read_catalogue(out: Path) -> tuple[CatalogueManifest, Iterator[pa.Table]]:
    """An encoded catalogue: what is in it, and its shards one after the other, each checked as it is read.

    Raises:
        CatalogueError: None, an unfinished one, or a shard is missing or damaged.
    """
    path = out / MANIFEST_FILE
    try:
        manifest = from_json(CatalogueManifest, json.loads(path.read_text("utf-8")))
    except FileNotFoundError as error:
        raise CatalogueError(f"{out}: no encoded catalogue, or one that is not finished; encode it") from error
    except (OSError, TypeError, ValueError) as error:
        raise CatalogueError(f"{path}: cannot be read: {error}; encode the catalogue again") from error
    return manifest, (_table(out, shard) for shard in manifest.shards)


def _table(out: Path, shard: CatalogueShard) -> pa.Table:
    name = shard.file.name
    again = "encode again: this shard alone is made anew"
    if not (out / name).is_file():
        raise CatalogueError(f"{out / name}: is missing; {again}")
    if file_facts(out, name) != shard.file:
        raise CatalogueError(f"{out / name}: is not what was written; {again}")
    return pq.read_table(out / name)


def _write(path: Path, facts: object) -> None:
    unfinished = path.with_name(f"{path.name}.partial")
    unfinished.write_text(json_text(facts, indent=1) + "\n", "utf-8")
    unfinished.replace(path)
