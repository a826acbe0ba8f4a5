"""A prepared log as the stages of a run see it: what may be read, in which words, and under which topics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from trainer.data.batches import published_seconds
from trainer.data.dataset import ClickDataset, Impressions
from trainer.data.impressions import Source
from trainer.data.languages import languages_of
from trainer.data.popularity import Counts, causal_counts, counts_before
from trainer.data.stream import Stream
from trainer.data.texts import StudentTexts, student_texts
from trainer.data.topics import topic_names, topic_numbers
from trainer.errors import LogError

if TYPE_CHECKING:
    from trainer.models.text_input import FrozenVectors


class RunData:
    """A dataset and everything that several stages work out of it, each once."""

    def __init__(self, dataset: ClickDataset, languages: Sequence[str], topics: Sequence[str] = ()) -> None:
        """Keep them.

        Args:
            dataset: What `prepare` wrote.
            languages: That the bundle shall read, the main one first; those of the log if there are none.
            topics: That the model knows, "" first; if not given, those of the articles of the training days.

        Raises:
            LogError: No article has text in one of the languages.
        """
        self.dataset, self.languages, self._given_topics = dataset, languages_of(dataset, languages), tuple(topics)
        self.frozen: dict[tuple[str, int], FrozenVectors] = {}  # by source and seed; see `trainer.pipeline`

    @cached_property
    def rows(self) -> NDArray[np.int32]:
        """(n,) numbers of the articles of the training days."""
        return self.dataset.training_rows()

    @cached_property
    def topics(self) -> tuple[str, ...]:
        """Names of the topics, "" first."""
        return self._given_topics or topic_names([self.dataset.articles[row] for row in self.rows])

    @cached_property
    def topic_numbers(self) -> NDArray[np.int64]:
        """(num_articles,) number of every article's topic in `topics`."""
        return topic_numbers(self.dataset.articles, self.topics)

    @cached_property
    def published_s(self) -> NDArray[np.float64]:
        """(num_articles,) seconds UTC of publication, NaN where unknown."""
        return published_seconds(self.dataset.articles)

    @cached_property
    def texts(self) -> StudentTexts:
        """The texts that the student reads: titles, and translations of them if there are any."""
        return student_texts(self.dataset, self.languages)

    @cached_property
    def text_rows(self) -> NDArray[np.int32]:
        """(n,) numbers of the texts whose articles are of the training days."""
        return self.texts.training_rows(self.dataset)

    @cached_property
    def text_topics(self) -> NDArray[np.int64]:
        """(num_texts,) number of every text's topic in `topics`."""
        return topic_numbers(self.texts.articles, self.topics)

    @cached_property
    def clicks(self) -> tuple[Impressions, Impressions]:
        """Train and dev as a student has them: lists and histories of the articles that it can read.

        Raises:
            LogError: Nothing is left of one of them.
        """
        data = self.dataset
        if not len(data.translations):
            return data.train, data.dev
        train, dev = self.texts.readable(data.train), self.texts.readable(data.dev)
        if not len(train) or not len(dev):
            raise LogError(
                f"{len(train)} lists of train and {len(dev)} of dev have a click and another article that can be read "
                f"in {' or '.join(self.languages)}: give more translations"
            )
        return train, dev

    @cached_property
    def _stream(self) -> Stream | None:
        stream, is_read_otherwise = self.dataset.stream, len(self.dataset.translations)
        return stream.restricted(self.texts.has_text()) if stream and is_read_otherwise else stream

    @property
    def source(self) -> Source:
        """All of train as a student has it; of a log that is streamed, `clicks` is a sample."""
        return self._stream or self.clicks[0]

    def counts(self, *, is_dev: bool) -> Counts:
        """How often what is shown in `clicks`, train or dev, had been shown and clicked before in all of the log."""
        train, dev = self.clicks
        if not self._stream:
            return causal_counts(dev, [train]) if is_dev else causal_counts(train)
        before = self._stream.pieces(is_dev=False), self._stream.pieces(is_dev=True) if is_dev else ()
        return counts_before(dev if is_dev else train, chain(*before))

    @cached_property
    def main_language(self) -> str:
        """What most of the articles are written in."""
        named = Counter(article.language or self.dataset.original_language for article in self.dataset.articles)
        return named.most_common(1)[0][0]
