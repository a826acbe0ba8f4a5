"""Examples on disk: a shard for each bucket of readers, train before dev in it; a manifest tells what must be there."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from trainer.data.bucket import EXAMPLE_SCHEMA
from trainer.data.impressions import Impressions, Ragged, Windows
from trainer.data.json_facts import from_json, to_json
from trainer.data.spill import write_table
from trainer.errors import LogError

MANIFEST_FILE = "manifest.json"
SHARD_FOLDER = "shards"
VERSION = 2  # 1 had one file for train and one for dev, and no manifest
SHARD_SCHEMA = EXAMPLE_SCHEMA.remove(EXAMPLE_SCHEMA.get_field_index("is_dev"))


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that must be there."""

    name: str  # with its folder in the dataset
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class ShardFacts:
    """A shard: impressions of some readers, by time, impression id and reader; those of train first."""

    file: FileFacts
    train: int  # impressions
    dev: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All files of a dataset; written when they are whole."""

    version: int
    files: tuple[FileFacts, ...]
    shards: tuple[ShardFacts, ...]


def file_facts(folder: Path, name: str) -> FileFacts:
    """Size and hash of a file of a dataset."""
    path = folder / name
    with path.open("rb") as file:
        return FileFacts(name, path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest())


def shard_name(number: int) -> str:
    """Where a bucket's examples lie in the dataset."""
    return f"{SHARD_FOLDER}/{number:05d}.arrow"


def write_shard(folder: Path, number: int, examples: pa.Table) -> Path:
    """Write the examples of a bucket, whole or not at all."""
    path = folder / shard_name(number)
    write_table(examples.select(SHARD_SCHEMA.names), path)
    return path


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """The last file of a dataset."""
    unfinished = folder / f"{MANIFEST_FILE}.partial"
    unfinished.write_text(json.dumps(to_json(manifest), indent=1) + "\n", "utf-8")
    unfinished.replace(folder / MANIFEST_FILE)


def checked_manifest(folder: Path) -> Manifest:
    """What a dataset holds; every file is there and is what was written.

    Raises:
        LogError: Of another version, or a file is missing or damaged.
        OSError, TypeError, ValueError: There is no manifest, or it is none.
    """
    path = folder / MANIFEST_FILE
    if not path.is_file() and (folder / "train.arrow").is_file():
        raise LogError(f"{folder}: was prepared by an earlier version, in another form; run: edge-news-trainer prepare")
    raw = json.loads(path.read_text("utf-8"))
    if raw.get("version") != VERSION:
        raise LogError(
            f"{folder}: a dataset of version {raw.get('version')}, not {VERSION}; run: edge-news-trainer prepare"
        )
    manifest = from_json(Manifest, raw)
    for expected in [*manifest.files, *(shard.file for shard in manifest.shards)]:
        if not (folder / expected.name).is_file():
            raise LogError(f"{folder}: {expected.name} is missing; run: edge-news-trainer prepare")
        if file_facts(folder, expected.name) != expected:
            raise LogError(f"{folder}: {expected.name} is not what was written; run: edge-news-trainer prepare")
    return manifest


def open_shard(path: Path) -> pa.Table:
    """Examples of SHARD_SCHEMA, mapped into memory."""
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def read_part(folder: Path, manifest: Manifest, *, is_dev: bool) -> Impressions:
    """Train or dev of a dataset, in order of time, impression id and reader."""
    tables = []
    for shard in manifest.shards:
        first, count = (shard.train, shard.dev) if is_dev else (0, shard.train)
        tables.append(open_shard(folder / shard.file.name).slice(first, count))
    return impressions_from(tables)


def impressions_from(tables: Sequence[pa.Table], *, apart: bool = False) -> Impressions:
    """Arrays of examples, those of each table in any order.

    Args:
        tables: Of SHARD_SCHEMA.
        apart: Whether each example gets a history of its own. Else they share what the tables hold, which is copied as
            a whole, also where the tables are small parts of shards.
    """
    tables = [table for table in tables if len(table)]
    rows = pa.concat_tables([SHARD_SCHEMA.empty_table(), *(table.select(SHARD_SCHEMA.names) for table in tables)])
    order = pc.sort_indices(rows, [(name, "ascending") for name in ("time_s", "impression_id", "user_id")])
    rest = rows.select([name for name in SHARD_SCHEMA.names if name != "history"]).take(order).combine_chunks()
    shown, clicked = (_one(rest[name]) for name in ("candidates", "clicked"))
    histories = histories_of(tables) if apart else windows_of(tables)
    lengths = shown.value_lengths().to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Impressions(
        ids=rest["impression_id"].to_pylist(),
        users=_one(rest["user_id"]).dictionary_encode().indices.to_numpy(zero_copy_only=False).astype(np.int32),
        times=_one(rest["time_s"]).to_numpy(zero_copy_only=False),
        history=histories.taken(order.to_numpy()),
        candidates=Ragged(shown.flatten().to_numpy(zero_copy_only=False), offsets),
        clicked=clicked.flatten().to_numpy(zero_copy_only=False).astype(bool),
    )


def windows_of(tables: Sequence[pa.Table]) -> Windows:
    """The histories of examples, in the order of the tables."""
    lines, starts, sizes, before = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)], [np.zeros(0, np.int32)], 0
    for table in tables:
        for chunk in table["history"].chunks:
            lines.append(chunk.values.to_numpy(zero_copy_only=False))
            starts.append(chunk.offsets.to_numpy(zero_copy_only=False).astype(np.int64) + before)
            sizes.append(chunk.sizes.to_numpy(zero_copy_only=False))
            before += len(lines[-1])
    return Windows(np.concatenate(lines), np.concatenate(starts), np.concatenate(sizes))


def histories_of(tables: Sequence[pa.Table]) -> Ragged:
    """The histories of examples end to end, in the order of the tables; of the tables' lines no more is read."""
    found = []
    for chunk in (chunk for table in tables for chunk in table["history"].chunks):
        line, starts, sizes = (one.to_numpy(zero_copy_only=False) for one in (chunk.values, chunk.offsets, chunk.sizes))
        found.append(Windows(line, starts.astype(np.int64), sizes).expanded())
    lengths = np.concatenate([np.zeros(1, np.int64), *(one.lengths() for one in found)])
    return Ragged(np.concatenate([np.zeros(0, np.int32), *(one.values for one in found)]), np.cumsum(lengths))


def _one(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return pa.array([], column.type) if isinstance(whole, pa.ChunkedArray) else whole
