"""The files of a log. Those that can be read but once, such as standard input and pipes, are copied first."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from trainer.data import ebnerd
from trainer.data.forms import is_parquet
from trainer.errors import ConfigError, LogError
from trainer.settings.config import DataSettings

STANDARD_INPUT = Path("-")


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


def log_files(chosen: DataSettings) -> LogFiles:
    """The log that settings name.

    Raises:
        ConfigError: A translation is not of the form language=FILE.
    """
    articles, train, dev = (tuple(map(Path, paths)) for paths in (chosen.articles, chosen.train, chosen.dev))
    return LogFiles(
        articles,
        train,
        dev,
        dev_share=chosen.dev_share,
        max_bad_share=chosen.max_bad_share,
        translations=tuple(_language_and_path(given) for given in chosen.translations),
        original_language=chosen.original_language,
    )


def _language_and_path(given: str) -> tuple[str, Path]:
    language, mark, path = given.partition("=")
    if not mark or not path:
        raise ConfigError(f"translations: {given!r} is not of the form language=FILE, such as zh=titles_zh.tsv")
    return language, Path(path)


def files_read(files: LogFiles) -> tuple[list[Path], ...]:
    """Every file that reading a log reads, in groups; those that are named and are not there too.

    EB-NeRD keeps the histories in a file of their own beside the log. A log of its form is told by its bytes.
    """
    logs = [*files.train, *files.dev]
    beside = [ebnerd.history_beside(path) for path in logs if is_parquet(path)]
    translations = [path for _, path in files.translations]
    return (list(files.articles), list(files.train), list(files.dev), [p for p in beside if p.is_file()], translations)


def as_files(files: LogFiles, folder: Path) -> LogFiles:
    """The same log in files that can be read again: what comes through a pipe is copied, all else stays where it is.

    Args:
        files: `-` among them is standard input.
        folder: Where copies go; made if there is something to copy.

    Raises:
        LogError: A pipe cannot be read, or is named twice.
    """
    named = [*files.articles, *files.train, *files.dev, *(path for _, path in files.translations)]
    pipes = [path for path in named if path == STANDARD_INPUT or _is_pipe(path)]
    for path in pipes:
        if pipes.count(path) > 1:
            raise LogError(f"{path}: is named twice and can be read but once; write it to a file first")
    if not pipes:
        return files
    copies = {path: _copied(path, folder) for path in pipes}
    return replace(
        files,
        articles=[copies.get(path, path) for path in files.articles],
        train=[copies.get(path, path) for path in files.train],
        dev=[copies.get(path, path) for path in files.dev],
        translations=[(language, copies.get(path, path)) for language, path in files.translations],
    )


def _is_pipe(path: Path) -> bool:
    return path.exists() and not path.is_file() and not path.is_dir()


def _copied(path: Path, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / ("standard-input" if path == STANDARD_INPUT else "-".join(path.parts[1:]))
    try:
        with copy.open("wb") as file:
            if path == STANDARD_INPUT:
                if sys.stdin is None:
                    raise LogError("standard input is closed; give a file")
                shutil.copyfileobj(sys.stdin.buffer, file)
            else:
                with path.open("rb") as pipe:
                    shutil.copyfileobj(pipe, file)
    except OSError as error:
        raise LogError(f"{path}: cannot be copied to {copy}: {error.strerror or error}; give a file") from error
    return copy
