"""A click log, read once and written down in a form that training can map into memory."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.data.articles import read_article_files
from trainer.data.bad_lines import BadLines, write_rejects
from trainer.data.columns import ranks_of
from trainer.data.dataset import ARTICLES_FILE, FACTS_FILE, TRANSLATIONS_FILE, DatasetFacts, PartFacts
from trainer.data.hashes import HASH_MODULUS, sha256_of
from trainer.data.impressions import Impressions
from trainer.data.json_facts import to_json
from trainer.data.log_files import LogFiles as LogFiles
from trainer.data.log_files import as_files
from trainer.data.log_files import files_read as files_read
from trainer.data.log_table import LogShards, PartCounts, ShardCounts, count_shards, read_log, shard_facts
from trainer.data.runner import LocalRunner, Runner
from trainer.data.shards import SHARD_FOLDER, Manifest, file_facts, impressions_from, write_manifest
from trainer.data.shards import VERSION as MANIFEST_VERSION
from trainer.data.spill import write_table
from trainer.data.translations import check_language, read_translations
from trainer.errors import LogError

OpenRunner = Callable[[Path], AbstractContextManager[Runner]]
_ARTICLE_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("article_id", "title", "abstract", "category", "source", "url", "language")),
        ("published", pa.timestamp("s", tz="UTC")),
    ]
)


def prepare(
    files: LogFiles,
    out: Path,
    name: str,
    licence: str,
    progress: Callable[[int], object] = lambda lines: None,
    workers: int | None = None,
    open_runner: OpenRunner | None = None,
) -> DatasetFacts:
    """Read a log and write the dataset folder; an old dataset is replaced when the new one is whole.

    Args:
        files: What to read.
        out: The dataset's folder; `load_dataset` opens it. `rejects.txt` in it lists the lines that were skipped.
        name: Of the data, for the bundle's manifest.
        licence: Of the data, likewise.
        progress: Told how many lines were read.
        workers: Processes; as many as there are cores, at most 8, if not given.
        open_runner: Makes what does the work, given a folder for its files; processes of this machine if not given.

    Returns:
        The facts that are also in dataset.json.

    Raises:
        LogError: A file is missing, of no known form, or too much of it is bad; nothing is left; or `out` is
            something else than a dataset, or cannot be written.
    """
    out = out.resolve()
    try:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            open_runner = open_runner or partial(LocalRunner, workers=workers)
            return _prepare(as_files(files, Path(folder) / "pipes"), out, name, licence, progress, open_runner)
    except OSError as error:
        reason = error.strerror or error
        raise LogError(f"{out}: cannot be written: {reason}; make room there or choose another folder") from error


def _prepare(
    files: LogFiles,
    out: Path,
    name: str,
    licence: str,
    progress: Callable[[int], object],
    open_runner: OpenRunner,
) -> DatasetFacts:
    if out.exists() and not (out / FACTS_FILE).is_file() and not (out.is_dir() and not any(out.iterdir())):
        raise LogError(f"{out}: is there and no prepared dataset, so it is not replaced; give a new folder")
    if not 0 < files.dev_share < 1:
        raise LogError(f"dev_share is {files.dev_share}; give a share between 0 and 1, such as 0.15")
    check_language(files.original_language)
    articles, article_rejects = read_article_files(files.articles, files.max_bad_share)
    translations, translated, translation_rejects = read_translations(files.translations, articles, files.max_bad_share)
    columns = {name: [getattr(article, name) for article in articles] for name in _ARTICLE_SCHEMA.names}
    article_table = pa.table(columns, _ARTICLE_SCHEMA)
    del articles, columns  # ten times as large as the table
    partial, old = out.with_name(f"{out.name}.partial"), out.with_name(f"{out.name}.old.partial")
    for leftover in (partial, old):
        shutil.rmtree(leftover, ignore_errors=True)
    spill = partial / "spill"
    spill.mkdir(parents=True)
    try:
        with open_runner(spill) as runner:
            ids = article_table["article_id"].combine_chunks()
            log = _read_checked(files, ids, partial, runner, progress)
            first_dev_s = None if files.dev else log.second_of(1 - files.dev_share)
            ranks = ranks_of(ids)
            counted = count_shards(log, runner, first_dev_s, ranks)
        shutil.rmtree(spill)
        for unfinished in (partial / SHARD_FOLDER).glob("*.partial"):  # of workers that were killed
            unfinished.unlink()
        train, dev = (_part_facts([one.parts[number] for one in counted]) for number in (0, 1))
        if not train.impressions or not dev.impressions:
            raise LogError(
                f"{train.impressions} impressions to train on and {dev.impressions} to measure with; both need at "
                "least one: give more files"
            )
        rejects = [*article_rejects, *translation_rejects, *log.rejects]
        facts = DatasetFacts(
            name=name,
            licence=licence,
            articles=len(article_table),
            original_language=files.original_language,
            translations=translated,
            train=train,
            dev=dev,
            overlap_s=max(0, train.last_s - dev.first_s),
            rejected={bad.path: dict(bad.by_reason) for bad in rejects if bad.count},
            unknown_history=sum(one.left.unknown_history for one in log.built),
            repeated_impressions=sum(one.left.repeated for one in log.built),
            repeated_candidates=sum(one.left.repeated_candidates for one in log.built),
            capped_readers=sum(one.left.capped_readers for one in log.built),
            over_cap=sum(one.left.over_cap for one in log.built),
            sha256=_dataset_hash(article_table, translations, counted, ranks),
        )
        write_table(article_table, partial / ARTICLES_FILE)
        write_table(translations, partial / TRANSLATIONS_FILE)
        write_rejects(rejects, partial / "rejects.txt")
        (partial / FACTS_FILE).write_text(json.dumps(to_json(facts), indent=1) + "\n", "utf-8")
        whole = tuple(file_facts(partial, file) for file in (ARTICLES_FILE, TRANSLATIONS_FILE))
        write_manifest(partial, Manifest(MANIFEST_VERSION, whole, shard_facts(counted)))
        if out.exists():
            out.rename(old)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)
    return facts


def read_impressions(
    articles: Sequence[Path],
    impressions: Sequence[Path],
    max_bad_share: float = 0.05,
    progress: Callable[[int], object] = lambda lines: None,
) -> tuple[list[Article], Impressions, list[BadLines]]:
    """The same reading without writing, for measuring on any log.

    Raises:
        LogError: As `prepare`.
    """
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        spill = Path(folder) / "spill"
        spill.mkdir()
        files = as_files(LogFiles(articles, (), impressions, max_bad_share=max_bad_share), Path(folder) / "pipes")
        found, rejects = read_article_files(files.articles, max_bad_share)
        ids = pa.array([article.article_id for article in found], pa.string())
        log = _read_checked(files, ids, Path(folder), LocalRunner(spill, 1), progress)
        return found, impressions_from(list(log.tables())), [*rejects, *log.rejects]


def _read_checked(
    files: LogFiles, article_ids: pa.StringArray, folder: Path, runner: Runner, progress: Callable[[int], object]
) -> LogShards:
    parts = [(path, False) for path in files.train] + [(path, True) for path in files.dev]
    log = read_log(parts, article_ids, folder, runner, progress)
    for bad in log.rejects:
        bad.check(files.max_bad_share)
    if not log.num_rows():
        named = ", ".join(str(path) for path, _ in parts) or "no file"
        raise LogError(f"no impression in {named}; give a log with some")
    return log


def _part_facts(parts: Sequence[PartCounts]) -> PartFacts:
    """Of all shards; the readers of each are its own."""
    sums = ("impressions", "readers", "shown", "clicks", "empty_histories", "readers_without_history")
    return PartFacts(
        **{name: sum(getattr(part, name) for part in parts) for name in sums},
        first_s=min(part.first_s for part in parts),
        last_s=max(part.last_s for part in parts),
    )


def _dataset_hash(
    articles: pa.Table, translations: pa.Table, counted: Sequence[ShardCounts], ranks: NDArray[np.int32]
) -> str:
    """Of articles, translations, train and dev. It depends neither on the order of files nor on the shards."""
    if len(translations):
        by_rank = pa.array(ranks[translations["article"].to_numpy()])
        translations = translations.set_column(0, "article", by_rank)
    tables = (
        articles.sort_by("article_id"),
        translations.sort_by([("language", "ascending"), ("article", "ascending")]),
    )
    digest = hashlib.sha256(sha256_of(tables).encode())
    for number in (0, 1):
        parts = [one.parts[number] for one in counted]
        digest.update(sum(part.impressions for part in parts).to_bytes(8, "little"))
        digest.update((sum(part.sha256_sum for part in parts) % HASH_MODULUS).to_bytes(32, "little"))
    return digest.hexdigest()
