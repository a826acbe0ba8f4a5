"""A click log, read once and written down in a form that training can map into memory."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from edge_runtime import Article
from trainer.data import ebnerd
from trainer.data.articles import read_article_files
from trainer.data.bad_lines import BadLines, write_rejects
from trainer.data.dataset import (
    ARTICLES_FILE,
    DEV_FILE,
    FACTS_FILE,
    TRAIN_FILE,
    TRANSLATIONS_FILE,
    DatasetFacts,
    Impressions,
    PartFacts,
    impressions_from,
)
from trainer.data.forms import is_parquet
from trainer.data.json_facts import to_json
from trainer.data.log_table import LogTable, default_workers, read_log, sha256_of
from trainer.data.translations import check_language, read_translations
from trainer.errors import LogError

_ARTICLE_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("article_id", "title", "abstract", "category", "source", "url", "language")),
        ("published", pa.timestamp("s", tz="UTC")),
    ]
)


@dataclass(frozen=True, slots=True)
class LogFiles:
    """Where a log lies and how it is to be read."""

    articles: Sequence[Path]
    train: Sequence[Path]
    dev: Sequence[Path] = ()  # empty: the last `dev_share` of train by time
    dev_share: float = 0.15
    max_bad_share: float = 0.05
    translations: Sequence[tuple[str, Path]] = ()  # language, file; one language may have several files
    original_language: str = "en"  # of the articles that name none


def files_read(files: LogFiles) -> tuple[list[Path], ...]:
    """Every file that reading a log reads, in groups; those that are named and are not there too.

    EB-NeRD keeps the histories in a file of their own beside the log. A log of its form is told by its bytes.
    """
    logs = [*files.train, *files.dev]
    beside = [ebnerd.history_beside(path) for path in logs if is_parquet(path)]
    translations = [path for _, path in files.translations]
    return (list(files.articles), list(files.train), list(files.dev), [p for p in beside if p.is_file()], translations)


def prepare(
    files: LogFiles,
    out: Path,
    name: str,
    licence: str,
    progress: Callable[[int], object] = lambda lines: None,
    workers: int | None = None,
) -> DatasetFacts:
    """Read a log and write the dataset folder; an old dataset is replaced when the new one is whole.

    Args:
        files: What to read.
        out: The dataset's folder; `load_dataset` opens it. `rejects.txt` in it lists the lines that were skipped.
        name: Of the data, for the bundle's manifest.
        licence: Of the data, likewise.
        progress: Told how many lines were read.
        workers: Processes; as many as there are cores, at most 8, if not given.

    Returns:
        The facts that are also in dataset.json.

    Raises:
        LogError: A file is missing, of no known form, or too much of it is bad; nothing is left; or `out` is
            something else than a dataset.
    """
    out = out.resolve()
    if out.exists() and not (out / FACTS_FILE).is_file() and not (out.is_dir() and not any(out.iterdir())):
        raise LogError(f"{out}: is there and no prepared dataset, so it is not replaced; give a new folder")
    if not 0 < files.dev_share < 1:
        raise LogError(f"dev_share is {files.dev_share}; give a share between 0 and 1, such as 0.15")
    check_language(files.original_language)
    articles, article_rejects = read_article_files(files.articles, files.max_bad_share)
    translations, translated, translation_rejects = read_translations(files.translations, articles, files.max_bad_share)
    parts = [(path, False) for path in files.train] + [(path, True) for path in files.dev]
    log = _read_checked(parts, articles, files.max_bad_share, progress, workers)
    is_dev = log.rows["is_dev"] if files.dev else _last_share(log.rows, files.dev_share)
    train, dev = (log.rows.filter(rows).drop_columns(["is_dev"]) for rows in (pc.invert(is_dev), is_dev))
    if not len(train) or not len(dev):
        raise LogError(
            f"{len(train)} impressions to train on and {len(dev)} to measure with; both need at least one: "
            "give more files"
        )
    rejects = [*article_rejects, *translation_rejects, *log.rejects]
    article_rows = [{name: getattr(article, name) for name in _ARTICLE_SCHEMA.names} for article in articles]
    article_table = pa.Table.from_pylist(article_rows, _ARTICLE_SCHEMA)
    facts = DatasetFacts(
        name=name,
        licence=licence,
        articles=len(articles),
        original_language=files.original_language,
        translations=translated,
        train=_part_facts(train),
        dev=_part_facts(dev),
        overlap_s=max(0, pc.max(train["time_s"]).as_py() - pc.min(dev["time_s"]).as_py()),
        rejected={bad.path: dict(bad.by_reason) for bad in rejects if bad.count},
        unknown_history=log.unknown_history,
        repeated_impressions=log.repeated,
        # Without translations, the hash of the versions that knew none.
        sha256=sha256_of((article_table, train, dev, *([translations] if translated else []))),
    )
    partial, old = out.with_name(f"{out.name}.partial"), out.with_name(f"{out.name}.old.partial")
    for leftover in (partial, old):
        shutil.rmtree(leftover, ignore_errors=True)
    partial.mkdir(parents=True)
    _write(article_table, partial / ARTICLES_FILE)
    _write(translations, partial / TRANSLATIONS_FILE)
    _write(train, partial / TRAIN_FILE)
    _write(dev, partial / DEV_FILE)
    write_rejects(rejects, partial / "rejects.txt")
    (partial / FACTS_FILE).write_text(json.dumps(to_json(facts), indent=1) + "\n", "utf-8")
    if out.exists():
        out.rename(old)
    partial.rename(out)
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
    found, rejects = read_article_files(articles, max_bad_share)
    log = _read_checked([(path, True) for path in impressions], found, max_bad_share, progress, 1)
    return found, impressions_from(log.rows), [*rejects, *log.rejects]


def _read_checked(
    parts: Sequence[tuple[Path, bool]],
    articles: Sequence[Article],
    max_bad_share: float,
    progress: Callable[[int], object],
    workers: int | None,
) -> LogTable:
    article_ids = [article.article_id for article in articles]
    with tempfile.TemporaryDirectory() as spill:
        log = read_log(parts, article_ids, Path(spill), workers or default_workers(), progress)
    for bad in log.rejects:
        bad.check(max_bad_share)
    if not len(log.rows):
        named = ", ".join(str(path) for path, _ in parts) or "no file"
        raise LogError(f"no impression in {named}; give a log with some")
    return log


def _last_share(rows: pa.Table, share: float) -> pa.ChunkedArray:
    """Whether an impression is among the last ones; all of one second go to one side."""
    times = rows["time_s"].to_numpy()
    first = times[min(len(times) - 1, int(len(times) * (1 - share)))]
    return pa.chunked_array([pa.array(times >= first)])


def _part_facts(rows: pa.Table) -> PartFacts:
    clicked = rows["clicked"].combine_chunks().flatten().to_numpy(zero_copy_only=False)
    times = rows["time_s"].to_numpy()
    return PartFacts(
        impressions=len(rows),
        readers=len(pc.unique(rows["user_id"])),
        shown=len(clicked),
        clicks=int(clicked.sum()),
        empty_histories=int(np.count_nonzero(rows["history"].combine_chunks().value_lengths().to_numpy() == 0)),
        first_s=int(times.min()),
        last_s=int(times.max()),
    )


def _write(table: pa.Table, path: Path) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table.combine_chunks())
