"""A prepared click log in memory: articles, and impressions as compressed sparse rows in order of time."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.article_text import text_of
from trainer.data.json_facts import from_json
from trainer.data.translations import TRANSLATION_SCHEMA, speaks
from trainer.errors import LogError

ARTICLES_FILE = "articles.arrow"
TRAIN_FILE = "train.arrow"
DEV_FILE = "dev.arrow"
TRANSLATIONS_FILE = "translations.arrow"
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

    def comparable(self) -> NDArray[np.bool_]:
        """(num_impressions,) whether a list has both a click and an article passed over: others teach no ranking."""
        lists = np.repeat(np.arange(len(self)), self.candidates.lengths())
        clicks = np.bincount(lists, self.clicked, minlength=len(self))
        found: NDArray[np.bool_] = (clicks > 0) & (clicks < self.candidates.lengths())
        return found

    def restricted(self, has_text: NDArray[np.bool_]) -> Impressions:
        """What is left when only some articles can be read, such as those with a text in one language.

        Args:
            has_text: (num_articles,) which articles stay, in the lists and in the histories.

        Returns:
            Without the impressions that no longer have both a click and an article that was not clicked; readers
            keep their numbers.
        """
        stays = has_text[self.candidates.values]
        lists = np.repeat(np.arange(len(self)), self.candidates.lengths())
        num_clicks, num_others = (
            np.bincount(lists[stays & kind], minlength=len(self)) for kind in (self.clicked, ~self.clicked)
        )
        kept = (num_clicks > 0) & (num_others > 0)
        return Impressions(
            ids=[self.ids[row] for row in np.flatnonzero(kept)],
            users=self.users[kept],
            times=self.times[kept],
            history=_part_of(self.history, has_text[self.history.values], kept),
            candidates=_part_of(self.candidates, stays, kept),
            clicked=self.clicked[stays & kept[lists]],
        )


@dataclass(frozen=True, slots=True)
class PartFacts:
    """How much train or dev holds, and from when to when."""

    impressions: int
    readers: int
    shown: int
    clicks: int
    empty_histories: int
    first_s: int
    last_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetFacts:
    """What `prepare` found, as dataset.json holds it."""

    name: str  # of the data
    licence: str
    articles: int
    original_language: str = "en"  # of the articles that name none
    translations: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # counts by language
    train: PartFacts
    dev: PartFacts
    overlap_s: int  # by which train reaches into dev
    rejected: Mapping[str, Mapping[str, int]]  # lines by file and reason
    unknown_history: int  # ids in histories that no article file has
    repeated_impressions: int
    sha256: str  # of all rows


@dataclass(frozen=True, slots=True)
class ClickDataset:
    """A prepared log: articles and impressions, all that training reads."""

    articles: list[Article]
    train: Impressions
    dev: Impressions
    facts: DatasetFacts
    translations: pa.Table  # as `trainer.data.translations.TRANSLATION_SCHEMA`, by language, then article

    @property
    def original_language(self) -> str:
        """The language of the articles that name none."""
        return self.facts.original_language

    def training_rows(self) -> NDArray[np.int32]:
        """Rows of the articles that training may read the text of: all but those first shown on the dev days."""
        seen = np.zeros(len(self.articles), bool)
        seen[self.train.candidates.values] = seen[self.train.history.values] = True
        later = np.zeros(len(self.articles), bool)
        later[self.dev.candidates.values] = True
        return np.flatnonzero(seen | ~later).astype(np.int32)

    def texts(self, languages: Sequence[str]) -> list[tuple[int, Article]]:
        """The articles that have text in some languages, their own title and abstract going before a translation.

        Args:
            languages: Such as `en` and `zh`; `pt` takes `pt-BR` too.

        Returns:
            Rows with articles, by language in the order given, then by row. An article with text in two of the
            languages comes twice. Its language says what the text is in; all but title, abstract and language is
            that of the original.
        """
        return [entry for language in languages for entry in self._texts_in(language)]

    def has_text(self, language: str) -> NDArray[np.bool_]:
        """(num_articles,) whether an article has text in a language, as `Impressions.restricted` takes it."""
        found = np.zeros(len(self.articles), bool)
        found[[row for row, _ in self._texts_in(language)]] = True
        return found

    def _texts_in(self, wanted: str) -> list[tuple[int, Article]]:
        found: dict[int, Article] = {}
        for row, article in enumerate(self.articles):
            language = article.language or self.original_language
            if speaks(language, wanted) and text_of(article):
                found[row] = replace(article, language=language)
        for language in self.translations["language"].unique().to_pylist():
            if speaks(language, wanted):
                texts = self.translations.filter(pc.equal(self.translations["language"], language))
                for entry in texts.to_pylist():
                    row = entry.pop("article")
                    found.setdefault(row, replace(self.articles[row], **entry))
        return sorted(found.items())


def load_dataset(path: Path) -> ClickDataset:
    """Open what `prepare` wrote; arrays stay memory-mapped where they can.

    Raises:
        LogError: Not a prepared dataset.
    """
    try:
        raw = json.loads((path / FACTS_FILE).read_text("utf-8"))
        facts = from_json(DatasetFacts, raw)
        articles, train, dev = (_open(path / name) for name in (ARTICLES_FILE, TRAIN_FILE, DEV_FILE))
        # Folders of earlier versions have neither the file nor the fact.
        translated = "translations" in raw
        translations = _open(path / TRANSLATIONS_FILE) if translated else TRANSLATION_SCHEMA.empty_table()
    except (OSError, TypeError, ValueError, pa.ArrowException) as error:
        raise LogError(f"{path}: not a prepared dataset: {error}; run: edge-news-trainer prepare") from error
    return ClickDataset(
        articles=[Article(**row) for row in articles.to_pylist()],
        train=impressions_from(train),
        dev=impressions_from(dev),
        facts=facts,
        translations=translations,
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


def _part_of(rows: Ragged, stays: NDArray[np.bool_], kept: NDArray[np.bool_]) -> Ragged:
    """The kept rows with those of their values that stay."""
    owners = np.repeat(np.arange(len(rows)), rows.lengths())
    lengths = np.bincount(owners[stays], minlength=len(rows))[kept]
    return Ragged(rows.values[stays & kept[owners]], np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))


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
