"""Text vectors of a catalogue of any size, as int8 in shards: a piece of the article files each, done by a runner.

What a shard holds depends on its piece and on the kind of vectors alone, so it is the same to the byte on any engine. A
job that was killed goes on: shards that are whole and of the same piece are not made again.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from edge_runtime import parse_article
from edge_runtime.model.article_text import text_of
from edge_runtime.model.json_lines import decode_line
from trainer.data import mind
from trainer.data.bad_lines import BadLines
from trainer.data.forms import Form, form_of
from trainer.data.lines import Block, read_blocks
from trainer.data.prepare import OpenRunner
from trainer.data.shards import MANIFEST_FILE, FileFacts, file_facts
from trainer.data.spill import write_table
from trainer.errors import LogError, TextVectorsError
from trainer.text_vectors.packages import package_folder
from trainer.text_vectors.parts import Encode
from trainer.text_vectors.sources import made_by

VERSION = 1
BLOCK_BYTES = 4_000_000  # of article files: some 20,000 titles
DIMS = {"minilm": 384, "usem3": 512, "wordllama": 256}  # of kinds that read a text without knowing the others
_KEY = b"key"  # metadata: what a shard was made of


@dataclass(frozen=True, slots=True)
class Shard:
    """Vectors of one piece."""

    file: FileFacts
    rows: int


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What manifest.json holds; it is written last."""

    version: int
    made_by: str
    dim: int
    rows: int
    shards: tuple[Shard, ...]


def write_catalogue(
    kind: str,
    articles: Sequence[Path],
    out: Path,
    open_runner: OpenRunner,
    progress: Callable[[int], object] = lambda rows: None,
    block_bytes: int = BLOCK_BYTES,
    max_bad_share: float = 0.05,
) -> Catalogue:
    """Encode the articles of text files.

    Args:
        kind: One of DIMS.
        articles: JSON Lines or tab separated, plain or packed; an id that comes again gets a row each time.
        out: The folder; shards that an earlier call left there are used.
        open_runner: Makes what does the work.
        progress: Told how many more articles are done.
        block_bytes: Of a piece.
        max_bad_share: Of the lines of a file; more of them stop the job.

    Raises:
        LogError: A file cannot be read, is of another form, or too much of it is bad.
        TextVectorsError: No such kind, its package is missing, or the folder cannot be written.
    """
    if kind not in DIMS:
        raise TextVectorsError(f"text vectors {kind!r}: not of those that a catalogue can have: {', '.join(DIMS)}")
    package_folder(kind)
    out, work = out.resolve(), out.resolve() / "work"
    try:
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        (out / MANIFEST_FILE).unlink(missing_ok=True)
        rejects = {str(path): BadLines(str(path)) for path in articles}
        shards = []
        with open_runner(work) as runner:
            tasks = enumerate(_pieces(articles, block_bytes))
            for shard, bad in runner.map(partial(_encode_piece, kind, out), tasks):
                shards.append(shard)
                rejects[bad.path].merge(bad)
                progress(shard.rows)
        for bad in rejects.values():
            bad.check(max_bad_share)
        shutil.rmtree(work)
        _remove_others(out, {shard.file.name for shard in shards})
        facts = Catalogue(VERSION, made_by(kind), DIMS[kind], sum(one.rows for one in shards), tuple(shards))
        unfinished = out / f"{MANIFEST_FILE}.partial"
        unfinished.write_text(json.dumps(asdict(facts), indent=1) + "\n", "utf-8")
        unfinished.replace(out / MANIFEST_FILE)
    except OSError as error:
        raise TextVectorsError(f"{out}: cannot be written: {error.strerror or error}; make room there") from error
    return facts


def vectors_of(shard: Path) -> tuple[list[str], NDArray[np.float32]]:
    """Ids and (num_articles, dim) vectors of a shard, each value off by at most half a step of its row."""
    with pa.memory_map(str(shard)) as source:
        rows = pa.ipc.open_file(source).read_all().combine_chunks()
    codes = rows["codes"].combine_chunks()
    steps = rows["step"].to_numpy().astype(np.float32)
    values = codes.flatten().to_numpy().reshape(len(rows), codes.type.list_size)
    return rows["article_id"].to_pylist(), values * steps[:, None]


def _pieces(paths: Sequence[Path], block_bytes: int) -> Iterator[tuple[Block, Form]]:
    for path in paths:
        form = form_of(path)
        if form is Form.EBNERD:
            raise LogError(f"{path}: is parquet; write the articles as JSON Lines, see docs/data.md")
        yield from ((block, form) for block in read_blocks(path, block_bytes))


def _encode_piece(kind: str, out: Path, task: tuple[int, tuple[Block, Form]]) -> tuple[Shard, BadLines]:
    number, (block, form) = task
    ids, texts, bad = _texts(block, form)
    key = hashlib.sha256(repr((VERSION, made_by(kind), ids, texts)).encode("utf-8", "replace")).digest()
    path = out / f"{number:06d}.arrow"
    if not _is_of(path, key):
        vectors = _encoder(kind)(texts, lambda done: None) if texts else np.zeros((0, DIMS[kind]), np.float32)
        peaks = np.abs(vectors).max(axis=1, initial=0.0)
        steps = np.where(peaks > 0, peaks / 127, 1).astype(np.float32)
        codes = np.rint(vectors / steps[:, None]).astype(np.int8)
        columns = {
            "article_id": pa.array(ids, pa.string()),
            "codes": pa.FixedSizeListArray.from_arrays(pa.array(codes.ravel()), DIMS[kind]),
            "step": pa.array(steps),
        }
        write_table(pa.table(columns).replace_schema_metadata({_KEY: key}), path)
    return Shard(file_facts(out, path.name), len(ids)), bad


def _texts(block: Block, form: Form) -> tuple[list[str], list[str], BadLines]:
    parse = mind.parse_article if form is Form.MIND else parse_article
    ids, texts, bad = [], [], BadLines(block.path)
    for number, line in block.lines():
        if not line.strip():
            continue
        bad.total += 1
        try:
            article = parse(decode_line(line))
        except ValueError as error:
            bad.add(number, "bad article", str(error))
            continue
        ids.append(article.article_id)
        texts.append(text_of(article).strip().encode("utf-8", "replace").decode())
    return ids, texts, bad


def _is_of(path: Path, key: bytes) -> bool:
    """Whether a shard is there and was made of this; shards are whole, as they are renamed when they are."""
    try:
        with pa.memory_map(str(path)) as source:
            return bool((pa.ipc.open_file(source).schema.metadata or {}).get(_KEY) == key)
    except (OSError, pa.ArrowException):
        return False


@lru_cache(maxsize=1)
def _encoder(kind: str) -> Encode:
    """The loaded model: once for each process, which does many pieces."""
    if kind == "minilm":
        from trainer.text_vectors import minilm

        return minilm.MiniLm(package_folder(kind) / "model").encode
    if kind == "usem3":
        from trainer.text_vectors import usem3

        return usem3.load()
    from trainer.text_vectors import wordllama

    return wordllama.load()


def _remove_others(out: Path, names: set[str]) -> None:
    """Shards of an earlier catalogue with more pieces, and what killed workers left."""
    for path in (*out.glob("*.arrow"), *out.glob("*.partial")):
        if path.name not in names:
            path.unlink()
