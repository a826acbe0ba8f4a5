"""A catalogue of articles as shards of vectors: a shard for each piece of its files, a manifest when all are there.

What encodes is an `ArticleEncoding`, which each worker loads once. A shard depends on its articles and on the encoding
alone, so its bytes are the same for any runner. A shard that is there and whole is not made again.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from edge_runtime import Article, parse_article
from edge_runtime.model.json_lines import decode_line
from trainer.data import ebnerd, mind
from trainer.data.bad_lines import BadLines, write_rejects
from trainer.data.catalogue_files import (
    VERSION,
    CatalogueManifest,
    CatalogueShard,
    catalogue_shard_name,
    check_encoding,
    is_whole,
    write_catalogue_manifest,
    write_catalogue_shard,
)
from trainer.data.forms import Form, form_of
from trainer.data.lines import Block, read_blocks
from trainer.data.log_files import LogFiles, as_files
from trainer.data.prepare import OpenRunner
from trainer.data.shards import MANIFEST_FILE, SHARD_FOLDER, file_facts
from trainer.errors import CatalogueError, LogError

Encode = Callable[[Sequence[Article]], pa.Table]
BLOCK_BYTES = 1_000_000  # of text in a shard: some thousand articles
ROWS = 4_000  # of parquet in a shard
_TEXTS = ("article_id", "title", "abstract", "category", "language")  # what vectors are made of


class ArticleEncoding(Protocol):
    """How vectors are made; a value that travels to the workers."""

    def __hash__(self) -> int:
        """Of the value: a worker loads an encoding once."""

    @property
    def made_by(self) -> Mapping[str, str]:
        """All that the vectors depend on but the articles, by a name for a person."""

    def load(self) -> Encode:
        """The function that encodes, in a worker; it gives a row for each article, in any columns.

        Raises:
            TrainerError, EdgeError: It would not give here what it gives elsewhere.
        """


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a file of articles, and the shard that it becomes."""

    number: int
    form: Form
    part: Block | Sequence[Article]  # lines, or what a file of parquet has


@dataclass(frozen=True, slots=True)
class _Made:
    """What became of a piece."""

    shard: CatalogueShard
    bad: BadLines
    ids: NDArray[np.uint64]  # (num_articles,) hashes of the ids
    kept: bool  # whether the shard was there already


@dataclass(frozen=True, slots=True)
class EncodedCatalogue:
    """What an encoding left."""

    manifest: CatalogueManifest
    made: int  # shards; the others were there already


def encode_catalogue(
    files: Sequence[Path],
    encoding: ArticleEncoding,
    out: Path,
    open_runner: OpenRunner,
    max_bad_share: float,
    progress: Callable[[int], object] = lambda articles: None,
    block_bytes: int = BLOCK_BYTES,
) -> EncodedCatalogue:
    """Encode all articles of some files.

    Args:
        files: In the forms of docs/data.md; pipes too. Of an id that comes again the last row counts.
        encoding: How.
        out: A folder, where shards that are whole are kept. `rejects.txt` in it lists the lines that were skipped.
        open_runner: Makes what does the work.
        max_bad_share: Of the lines of a file; more stops.
        progress: Told how many articles are done.
        block_bytes: Of text in a shard.

    Raises:
        LogError: A file cannot be read, or too much of it is bad.
        CatalogueError: The folder is not that of this encoding, or cannot be written; or a shard vanished meanwhile.
    """
    out, rejects = out.resolve(), dict[str, BadLines]()
    try:
        check_encoding(out, encoding.made_by)
        shards = out / SHARD_FOLDER
        shards.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            named = as_files(LogFiles(files, (), ()), Path(folder)).articles
            (out / MANIFEST_FILE).unlink(missing_ok=True)
            with open_runner(shards) as runner:
                pieces = _pieces(named, block_bytes, rejects)
                made = [*_told(runner.map(partial(_encode, encoding, out), pieces), rejects, progress)]
        for bad in rejects.values():
            bad.check(max_bad_share)
        if not any(one.shard.articles for one in made):
            raise LogError(f"no article in {', '.join(map(str, files)) or 'no file'}; give files with at least one")
        _remove_others(shards, made)
        write_rejects(list(rejects.values()), out / "rejects.txt")
        manifest = _manifest(encoding, made, rejects)
        write_catalogue_manifest(out, manifest)
    except OSError as error:
        reason = error.strerror or error
        raise CatalogueError(
            f"{out}: cannot be written: {reason}; make room there or choose another folder; finished shards stay usable"
        ) from error
    return EncodedCatalogue(manifest, sum(not one.kept for one in made))


def _pieces(files: Sequence[Path], block_bytes: int, rejects: dict[str, BadLines]) -> Iterator[Piece]:
    number = 0
    for path in files:
        form, bad = form_of(path), rejects.setdefault(str(path), BadLines(str(path)))
        rows = ebnerd.read_articles(path, bad) if form is Form.EBNERD else None
        parts: Iterable[Any] = read_blocks(path, block_bytes) if rows is None else iter(partial(_some, rows), [])
        for part in parts:
            yield Piece(number, form, part)
            number += 1


def _some(rows: Iterator[Article]) -> list[Article]:
    return list(islice(rows, ROWS))


def _told(made: Iterable[_Made], rejects: dict[str, BadLines], progress: Callable[[int], object]) -> Iterator[_Made]:
    for one in made:
        progress(one.shard.articles)
        if one.bad.path:
            rejects[one.bad.path].merge(one.bad)
        yield one


def _remove_others(shards: Path, made: Sequence[_Made]) -> None:
    """Leave nothing of a longer catalogue, or of workers that were killed."""
    needed = {Path(one.shard.file.name).name for one in made}
    for path in shards.iterdir():
        if path.name not in needed:
            path.unlink()


def _manifest(encoding: ArticleEncoding, made: Sequence[_Made], rejects: Mapping[str, BadLines]) -> CatalogueManifest:
    ids = np.concatenate([one.ids for one in made])
    reasons = sum((bad.by_reason for bad in rejects.values()), Counter[str]())
    return CatalogueManifest(
        version=VERSION,
        made_by=dict(encoding.made_by),
        articles=len(ids),
        repeated=len(ids) - len(np.unique(ids)),
        rejected=dict(sorted(reasons.items())),
        shards=tuple(one.shard for one in made),
    )


@lru_cache(maxsize=1)
def _loaded(encoding: ArticleEncoding) -> Encode:
    """Once in a worker."""
    return encoding.load()


def _encode(encoding: ArticleEncoding, out: Path, piece: Piece) -> _Made:
    articles, bad = _articles_of(piece)
    key = _key(encoding.made_by, articles)
    name = catalogue_shard_name(piece.number)
    kept = is_whole(out / name, key)
    if not kept:
        ids = pa.array([article.article_id for article in articles], pa.string())
        write_catalogue_shard(out / name, _loaded(encoding)(articles).add_column(0, "article_id", ids), key)
    hashes = [hashlib.blake2b(_bytes(article.article_id), digest_size=8).digest() for article in articles]
    return _Made(
        CatalogueShard(file_facts(out, name), len(articles)), bad, np.frombuffer(b"".join(hashes), np.uint64), kept
    )


def _articles_of(piece: Piece) -> tuple[list[Article], BadLines]:
    if not isinstance(piece.part, Block):
        return list(piece.part), BadLines("")  # those of a file of parquet are told where it is read
    parse = mind.parse_article if piece.form is Form.MIND else parse_article
    bad, found = BadLines(piece.part.path), []
    for number, line in piece.part.lines():
        if not line.strip():
            continue
        bad.total += 1
        try:
            found.append(parse(decode_line(line)))
        except ValueError as error:
            bad.add(number, "bad article", str(error))
    return found, bad


def _key(made_by: Mapping[str, str], articles: Sequence[Article]) -> str:
    """A hash of all that a shard depends on."""
    digest = hashlib.sha256(json.dumps(sorted(made_by.items())).encode())
    for article in articles:
        for name in _TEXTS:
            text = _bytes(getattr(article, name))
            digest.update(len(text).to_bytes(8, "little") + text)
    return digest.hexdigest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
