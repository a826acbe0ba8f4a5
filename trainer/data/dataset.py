"""A prepared click log in memory: articles, and impressions as compressed sparse rows in order of time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from edge_runtime import Article
from trainer.errors import LogError

ARTICLES_FILE = "articles.arrow"
TRAIN_FILE = "train.arrow"
DEV_FILE = "dev.arrow"
FACTS_FILE = "dataset.json"


@dataclass(frozen=True, slots=True)
class Ragged:
    """Rows of different lengths, end to end."""

    values: NDArray[np.int32]
    offsets: NDArray[np.int64]  # (num_rows + 1,)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, row: int) -> NDArray[np.int32]:
        view: NDArray[np.int32] = self.values[self.offsets[row] : self.offsets[row + 1]]
        return view

    def lengths(self) -> NDArray[np.int64]:
        """(num_rows,) length of each row."""
        return np.diff(self.offsets)


@dataclass(frozen=True, slots=True)
class Impressions:
    """Lists that were shown, oldest first; articles are named by their row in the dataset."""

    ids: list[str]
    users: NDArray[np.int32]  # a number for each reader
    times: NDArray[np.int64]  # seconds UTC
    history: Ragged  # clicks before the impression, oldest first
    candidates: Ragged
    clicked: NDArray[np.bool_]  # aligned with candidates.values

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True)
class ClickDataset:
    """What training reads."""

    articles: list[Article]
    train: Impressions
    dev: Impressions
    facts: dict[str, Any]  # counts, name and licence of the data, hash

    def training_rows(self) -> NDArray[np.int32]:
        """Rows of the articles that training may read the text of: all but those first shown on the dev days."""
        seen = np.zeros(len(self.articles), bool)
        seen[self.train.candidates.values] = seen[self.train.history.values] = True
        later = np.zeros(len(self.articles), bool)
        later[self.dev.candidates.values] = True
        return np.flatnonzero(seen | ~later).astype(np.int32)


def load_dataset(path: Path) -> ClickDataset:
    """Open what `prepare` wrote; arrays stay memory-mapped where they can.

    Raises:
        LogError: Not a prepared dataset.
    """
    try:
        facts = json.loads((path / FACTS_FILE).read_text("utf-8"))
        articles, train, dev = (_open(path / name) for name in (ARTICLES_FILE, TRAIN_FILE, DEV_FILE))
    except (OSError, ValueError, pa.ArrowException) as error:
        raise LogError(f"{path}: not a prepared dataset: {error}; run: edge-news-trainer prepare") from error
    return ClickDataset(
        articles=[Article(**row) for row in articles.to_pylist()],
        train=impressions_from(train),
        dev=impressions_from(dev),
        facts=facts,
    )


def impressions_from(table: pa.Table) -> Impressions:
    """Arrays of a table that `trainer.data.log_table` made."""
    table = table.combine_chunks()
    clicked = _ragged(table["clicked"])[0]
    users = table["user_id"].combine_chunks()
    codes = users.dictionary_encode().indices if len(users) else pa.array([], pa.int32())
    return Impressions(
        ids=table["impression_id"].to_pylist(),
        users=codes.to_numpy(zero_copy_only=False).astype(np.int32),
        times=table["time_s"].to_numpy(),
        history=Ragged(*_ragged(table["history"])),
        candidates=Ragged(*_ragged(table["candidates"])),
        clicked=clicked.astype(bool),
    )


def _ragged(column: pa.ChunkedArray) -> tuple[Any, NDArray[np.int64]]:
    array = column.combine_chunks()
    if isinstance(array, pa.ChunkedArray):  # a column without any chunk
        array = pa.array([], column.type)
    lengths = array.value_lengths().to_numpy(zero_copy_only=False)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return array.flatten().to_numpy(zero_copy_only=False), offsets


def _open(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
