"""A prepared click log in memory: articles, and impressions as compressed sparse rows in order of time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from edge_runtime import Article
from edge_runtime.model.article_text import text_of
from trainer.data.impressions import Impressions as Impressions
from trainer.data.impressions import Ragged as Ragged
from trainer.data.impressions import Source
from trainer.data.json_facts import from_json
from trainer.data.shards import checked_manifest, impressions_from, read_part
from trainer.data.stored_articles import articles_of
from trainer.data.stream import Stream
from trainer.data.translations import speaks
from trainer.errors import LogError

ARTICLES_FILE = "articles.arrow"
TRANSLATIONS_FILE = "translations.arrow"
FACTS_FILE = "dataset.json"
SURVEYED = 100_000  # impressions that are in memory at once where all are only looked through
PART = 20_000  # likewise, in order of time


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
    readers_without_history: int = 0  # readers all of whose histories are empty


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
    capped_readers: int = 0  # with more impressions than are kept of one reader
    over_cap: int = 0  # lines of theirs that were left out
    repeated_candidates: int = 0  # places of lists whose article the list had already, left out
    sha256: str  # of all rows


@dataclass(frozen=True, slots=True)
class ClickDataset:
    """A prepared log: articles and impressions, all that training reads."""

    articles: Sequence[Article]
    train: Impressions  # a sample of it where there is a stream, as dev; none after `open_stream`
    dev: Impressions
    facts: DatasetFacts
    translations: pa.Table  # as `trainer.data.translations.TRANSLATION_SCHEMA`, by language, then article
    stream: Stream | None = None  # all of a log that is larger than a window

    @property
    def source(self) -> Source:
        """All of train, to learn from."""
        return self.stream or self.train

    def in_time(self) -> Iterable[tuple[Impressions, Impressions]]:
        """Train and dev in order of time, some seconds of both at once; all at once if they are in memory."""
        return self.stream.in_time(PART, with_train=True) if self.stream else [(self.train, self.dev)]

    @property
    def original_language(self) -> str:
        """The language of the articles that name none."""
        return self.facts.original_language

    def training_rows(self) -> NDArray[np.int32]:
        """Rows of the articles that training may read the text of: all but those first shown on the dev days."""
        if self.stream:
            seen = np.logical_or(*self.stream.shown(len(self.articles), is_dev=False))
            later, _ = self.stream.shown(len(self.articles), is_dev=True)
            return np.flatnonzero(seen | ~later).astype(np.int32)
        seen = np.zeros(len(self.articles), bool)
        seen[self.train.candidates.values] = seen[self.train.history.used()] = True
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


def load_dataset(path: Path, window: int | None = None) -> ClickDataset:
    """Open what `prepare` wrote.

    Args:
        path: The folder.
        window: Impressions that may be in memory at once; a larger log is streamed. None: there is no bound.

    Raises:
        LogError: Not a prepared dataset, one of an earlier version, a file of it is missing or damaged, or the memory
            has no room for it.
    """
    with _told(path, "stream it: give the settings a smaller window (data: window)"):
        manifest = checked_manifest(path)
        stream = None
        if window and sum(shard.train + shard.dev for shard in manifest.shards) > window:
            stream = Stream(path, manifest, window)
        train, dev = (
            stream.sample(is_dev=is_dev) if stream else read_part(path, manifest, is_dev=is_dev)
            for is_dev in (False, True)
        )
        return _dataset(path, train, dev, stream)


def open_stream(path: Path, *, with_dev: bool = False) -> ClickDataset:
    """Open what `prepare` wrote with articles alone in memory, or with dev: else impressions are read from the stream.

    Raises:
        LogError: As `load_dataset`.
    """
    with _told(path, "give fewer articles"):
        manifest, train = checked_manifest(path), impressions_from([])
        dev = read_part(path, manifest, is_dev=True) if with_dev else train
        return _dataset(path, train, dev, Stream(path, manifest, SURVEYED))


def _dataset(path: Path, train: Impressions, dev: Impressions, stream: Stream | None) -> ClickDataset:
    facts = from_json(DatasetFacts, json.loads((path / FACTS_FILE).read_text("utf-8")))
    articles, translations = (_open(path / name) for name in (ARTICLES_FILE, TRANSLATIONS_FILE))
    return ClickDataset(articles_of(articles), train, dev, facts, translations, stream)


@contextmanager
def _told(path: Path, remedy: str) -> Iterator[None]:
    """What goes wrong with a dataset as an error of the log."""
    try:
        yield
    except MemoryError as error:
        raise LogError(f"{path}: the memory has no room for it ({error}); {remedy}") from error
    except (OSError, TypeError, ValueError, pa.ArrowException) as error:
        raise LogError(f"{path}: not a prepared dataset: {error}; run: edge-news-trainer prepare") from error


def _open(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()
